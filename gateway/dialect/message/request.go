package message

import "encoding/json"

// Request is one chat request.
type Request struct {
	Model    string
	Messages []Message // system messages stand where the caller wrote them
	Tools    []Tool
	Choice   ToolChoice

	MaxTokens     *int64 // nil: the caller set no limit
	N             int64  // answers asked for; 0 and 1 mean one
	Stop          []string
	Temperature   json.Number // "" = unset; the caller's spelling
	TopP          json.Number
	TopK          json.Number
	Seed          json.Number
	ParallelTools *bool // nil: the vendor's default
	Format        Format
	Reasoning     Reasoning

	PresencePenalty  json.Number // "" = unset
	FrequencyPenalty json.Number
	Logprobs         bool  // the answer shall list the probability of each token
	TopLogprobs      int64 // and of so many alternatives to it

	User        string // who the end user is, for the vendor's abuse detection
	ServiceTier string // OpenAI's words: auto, default, flex, priority
	Stream      bool
	WantsUsage  bool // the caller wants token counts in the stream

	// AnswerID is a unique id for the answer, in formats whose callers refer to an answer and its
	// parts later; "" = the target's.
	AnswerID string
	// Source is the caller's body, for the writer of the answer: some formats echo the request.
	Source json.RawMessage
	// Dropped names the caller's fields that no other format has room for and that are hints:
	// the answer is the same kind of answer without them.
	Dropped []string

	// Extra holds top-level fields that only the caller's dialect knows, raw.
	Extra map[string]json.RawMessage
}

// Role says who speaks.
type Role string

// The roles. A tool result is a part of a RoleUser or RoleTool message.
const (
	RoleSystem    Role = "system"
	RoleDeveloper Role = "developer"
	RoleUser      Role = "user"
	RoleAssistant Role = "assistant"
	RoleTool      Role = "tool"
)

// Message is one turn of the conversation.
type Message struct {
	Role  Role
	Parts []Part
	Name  string // of the speaker, where the format has one
	Path  string // in the caller's body: "messages[3]"
}

// ChatRole returns the role of a message for a target whose roles are system, user, assistant and tool.
func (m *Message) ChatRole(refuse Refusal) (Role, error) {
	switch m.Role {
	case RoleDeveloper:
		return RoleSystem, nil
	case RoleSystem, RoleUser, RoleAssistant, RoleTool:
		return m.Role, nil
	}
	return "", refuse(m.Path+".role", "names a role that this target does not have")
}

// Tool is a function the model may call, or a tool that the vendor itself runs.
type Tool struct {
	Name        string
	Description string
	Schema      json.RawMessage // JSON schema of the arguments; nil = no arguments
	Strict      bool
	Cache       json.RawMessage // cache point behind this tool, Anthropic's spelling; nil = none
	Native      json.RawMessage // a vendor's own tool, raw: the other fields are then empty
	WebSearch   bool            // the vendor's search in the web; every format with one has its own Native
	Path        string          // in the caller's body: "tools[0]"
}

// ToolChoice says whether and which tool must be called.
type ToolChoice struct {
	Mode ChoiceMode
	Name string // of ChoiceNamed
}

// ChoiceMode is how free the model is to call tools.
type ChoiceMode string

// The modes. The zero value leaves it to the vendor.
const (
	ChoiceDefault  ChoiceMode = ""
	ChoiceAuto     ChoiceMode = "auto"
	ChoiceNone     ChoiceMode = "none"
	ChoiceRequired ChoiceMode = "required"
	ChoiceNamed    ChoiceMode = "named"
)

// Format is the shape that the answer's text must have. The zero value is free text.
type Format struct {
	Type   FormatType
	Name   string          // of the schema
	Schema json.RawMessage // of FormatSchema
	Strict bool
}

// FormatType names a Format.
type FormatType string

// The formats.
const (
	FormatText   FormatType = ""
	FormatObject FormatType = "json_object"
	FormatSchema FormatType = "json_schema"
)

// Reasoning is how much the model shall think before it answers. The zero value leaves it
// to the vendor.
type Reasoning struct {
	Effort string // "none", "minimal", "low", "medium", "high", "xhigh", "max"; "" = unset
	Budget int64  // tokens, where the caller gave a number; 0 = unset
	Hidden bool   // the caller reads no reasoning, and may take it for the answer
	// Native is Anthropic's "thinking" object as the caller wrote it, nil if absent: a
	// writer of that format uses it unchanged.
	Native json.RawMessage
}

// Word is the effort, also of a caller who gave only a number of tokens; "" = unset.
func (r *Reasoning) Word() string {
	switch {
	case r.Effort != "" || r.Budget <= 0:
		return r.Effort
	case r.Budget < 4_000:
		return "low"
	case r.Budget < 16_000:
		return "medium"
	}
	return "high"
}

// SentEffort notes that a target gets the nearest effort that it knows in place of the caller's.
func (r *Request) SentEffort(effort string) {
	if asked := r.Reasoning.Effort; asked != "" && effort != "" && asked != effort {
		r.Dropped = append(r.Dropped, "effort "+asked+" (sent as "+effort+")")
	}
}
