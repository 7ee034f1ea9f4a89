package message

import "encoding/json"

// Part is one piece of a message. Kind says which fields are set.
type Part struct {
	Kind  Kind
	Text  string          // KindText, KindReasoning, KindRefusal
	Media Media           // KindImage, KindAudio, KindFile
	Call  Call            // KindToolCall
	Reply Reply           // KindToolResult
	Sign  Signature       // KindReasoning
	Cache json.RawMessage // cache point behind this part, Anthropic's spelling; nil = none
	// Native is a part that only its own format knows, raw (KindNative): server tools,
	// citations, documents.
	Native json.RawMessage
	Path   string // in the caller's body: "messages[3].content[0]"
}

// Kind is the kind of a part, in requests and answers.
type Kind uint8

// The kinds.
const (
	KindText Kind = iota
	KindReasoning
	KindRefusal
	KindToolCall
	KindToolResult
	KindImage
	KindAudio
	KindFile
	KindNative
)

// Media is binary data, by reference or in place.
type Media struct {
	URL    string // http(s) reference; "" if the data stands here
	Type   string // MIME type of Data
	Data   string // base64
	Format string // of audio: "wav", "mp3"
	Detail string // of an image: "low", "high", "auto"
	Name   string // of a file
	FileID string // an upload at the vendor
}

// Call is a tool call by the model.
type Call struct {
	ID, Name string
	Args     string // JSON text, as the model or the caller wrote it; "" = none
}

// Reply is the result of a tool call.
type Reply struct {
	CallID string
	Parts  []Part
	Error  bool // the tool failed
}

// Signature ties reasoning to the model that produced it.
type Signature struct {
	Value     string // Anthropic's "signature"
	Encrypted string // reasoning that only its model can read (Anthropic's redacted_thinking)
}
