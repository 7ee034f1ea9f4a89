package main

// A testCase is one call of client.mjs, to each format of the server.
type testCase struct {
	name    string
	surface string            // the format of the caller
	finish  map[string]string // the caller's word for each reason of an end, by the server's
	reason  string            // the reason that must come; "" = any
	kind    kind
}

// kind is what a case looks at.
type kind int

const (
	text      kind = iota
	schema         // the text is a JSON object with a city
	tool           // a tool is called, if the model does
	vectors        // of two texts
	unknown        // no such model: 404
	cancelled      // the caller leaves
)

// The words of the formats for the reasons of an end.
var (
	inChat      = map[string]string{"stop": "stop", "length": "length", "tool_calls": "tool_calls"}
	inMessages  = map[string]string{"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use"}
	inGemini    = map[string]string{"stop": "STOP", "length": "MAX_TOKENS", "tool_calls": "STOP"}
	inResponses = map[string]string{"stop": "completed", "length": "max_output_tokens", "tool_calls": "completed"}
)

// cases are all cases, in their order.
var cases = []testCase{
	{name: "chat", surface: "chat", finish: inChat},
	{name: "chat-stream", surface: "chat", finish: inChat},
	{name: "chat-length", surface: "chat", finish: inChat, reason: "length"},
	{name: "chat-stream-length", surface: "chat", finish: inChat, reason: "length"},
	{name: "chat-stop", surface: "chat", finish: inChat, reason: "stop"},
	{name: "chat-turns", surface: "chat", finish: inChat},
	{name: "chat-schema", surface: "chat", finish: inChat, kind: schema},
	{name: "chat-tool", surface: "chat", finish: inChat, kind: tool},
	{name: "chat-tool-stream", surface: "chat", finish: inChat, kind: tool},
	{name: "chat-unknown", surface: "chat", kind: unknown},
	{name: "chat-cancel", surface: "chat", kind: cancelled},
	{name: "completion", surface: "chat", finish: inChat, reason: "length"},
	{name: "embeddings", surface: "chat", kind: vectors},
	{name: "messages", surface: "messages", finish: inMessages},
	{name: "messages-stream", surface: "messages", finish: inMessages},
	{name: "messages-length", surface: "messages", finish: inMessages, reason: "length"},
	{name: "messages-tool", surface: "messages", finish: inMessages, kind: tool},
	{name: "messages-unknown", surface: "messages", kind: unknown},
	{name: "gemini", surface: "gemini", finish: inGemini},
	{name: "gemini-stream", surface: "gemini", finish: inGemini},
	{name: "gemini-length", surface: "gemini", finish: inGemini, reason: "length"},
	{name: "gemini-unknown", surface: "gemini", kind: unknown},
	{name: "responses", surface: "responses", finish: inResponses},
	{name: "responses-stream", surface: "responses", finish: inResponses},
	{name: "responses-length", surface: "responses", finish: inResponses, reason: "length"},
	{name: "responses-unknown", surface: "responses", kind: unknown},
}
