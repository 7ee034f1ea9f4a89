package gateway

import (
	"strings"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// Dialect reads and edits one wire format for the stages, which use no field names of a wire
// format themselves. The packages below gateway/dialect implement it. httpapi sets it on the
// Request; a Chunk holds the dialect of its Raw. All methods are pure and safe for
// concurrent use. None modifies its arguments.
type Dialect interface {
	// Name is "openai", "responses", "anthropic" or "gemini". It is part of cache keys and of recorded
	// rows.
	Name() string
	RequestFormat
	AnswerFormat
}

// RequestFormat reads the body of a request, a valid JSON object.
type RequestFormat interface {
	// Routing reads the fields that routing needs. For a value that no provider could serve,
	// it returns an error that names the field.
	Routing(op Op, raw []byte) (Routing, error)
	// Parameters reads the fields that limit and shape the answer.
	Parameters(raw []byte) Parameters
	// WithMaxOutput returns a copy of raw whose only limit of output tokens is n.
	WithMaxOutput(raw []byte, n int64) []byte
	// Models lists the models that raw names, in any field by which a vendor may choose a
	// model. readable is false if such a field contains anything but names.
	Models(raw []byte) (names []string, readable bool)
	// Attachments counts the parts whose tokens are not in raw.
	Attachments(raw []byte) Attachments
	// Texts lists every string that the caller wrote, in the order in which the model reads
	// them: tools, system, messages, other fields. It omits base64 data in parts that are
	// declared as binary.
	Texts(raw []byte) []Text
	// Question returns the text of the last message if the user wrote it. The message's
	// other parts then count as context. ok is false if the answer depends on more than a
	// question: on a tool result or signed reasoning.
	Question(raw []byte) (text Span, ok bool)
	// Join merges a rendered template with the call that asked for it. The call's fields
	// override the template's. The call's system texts and messages follow the template's.
	Join(template, call []byte) []byte
	// Field returns the purpose of a top-level field.
	Field(name string) FieldTraits
	// Binary lists base64 data, with its quotes, in parts that are declared as binary. It is
	// not searched as text.
	Binary(raw []byte) []Span
	// IsWord reports whether s is a word of the format: a key, or a value that the format
	// defines, such as a type or a role. Such words are not the caller's own text.
	IsWord(s string) bool
	// Signed lists the strings that Text.Signed is set for, with their quotes.
	Signed(raw []byte) []Span
}

// ParameterPlacer is implemented by a Dialect whose parameters have other names than OpenAI's,
// or stand inside of an object. Configs name parameters as OpenAI does.
type ParameterPlacer interface {
	// Place returns the path of a parameter in a body, and its value there. A name that it does
	// not know stays where it is.
	Place(name string, value []byte) (path []string, placed []byte)
}

// VolatileFormat is implemented by a Dialect some of whose clients write something else into each
// call, on which no answer depends.
type VolatileFormat interface {
	// Volatile lists the ranges of raw that hold it. Two bodies that are equal without them ask
	// for the same answer.
	Volatile(raw []byte) []Span
}

// AnswerFormat reads and writes answers. Raw of a chunk is one event's data or a complete
// body.
type AnswerFormat interface {
	// Read sets Head, Deltas, Usage and Repeats from Raw.
	Read(c *Chunk)
	// Replace returns Raw with one text of delta i replaced. For FieldArgs, tool is the
	// index in the delta's Tools.
	Replace(c *Chunk, i int, field Field, tool int, text string) ([]byte, error)
	// Event writes an event that contains only d. like is another event of the same answer.
	Event(like []byte, d *Delta) ([]byte, error)
	// FieldNamed returns the delta field that a member of a complete answer holds, or
	// FieldOther.
	FieldNamed(member string) Field
	// Assemble returns an Assembler for a streamed answer.
	Assemble() Assembler
	// Events writes a complete answer as the events of a streamed one. usage tells whether
	// the caller asked for token counts.
	Events(body []byte, usage bool) ([]Chunk, error)
	// ModelOutput returns the part of a complete answer that the model wrote, or the whole body if
	// it cannot be found.
	ModelOutput(body []byte) []byte
	// Recordable returns a body without embedding vectors: they reveal the text and are of
	// no use in a log.
	Recordable(op Op, body []byte) []byte
}

// Assembler builds a complete answer from events. It is for one answer and not safe for
// concurrent use.
type Assembler interface {
	Add(c *Chunk)
	// Head returns the answer's id, model and creation time as far as known.
	Head() AnswerHead
	// Body writes the complete answer; r holds its texts and tool calls.
	Body(r *Response) []byte
}

// AnswerHead identifies an answer.
type AnswerHead struct {
	ID, Model   string
	Created     int64  // Unix seconds; 0 if the format has no such field
	Fingerprint string // OpenAI's system_fingerprint; "" if the format has no such field
	Tier        string // OpenAI's service_tier, as the vendor names it; "" if it is not told here
}

// Span is a range of bytes.
type Span struct{ Start, End int }

// FieldOf is the top-level field that a path leads into.
func FieldOf(path string) string {
	if i := strings.IndexAny(path, ".["); i >= 0 {
		return path[:i]
	}
	return path
}

// SignedSpans are the places of the texts that are signed.
func SignedSpans(texts []Text) []Span {
	var spans []Span
	for i := range texts {
		if texts[i].Signed {
			spans = append(spans, texts[i].At)
		}
	}
	return spans
}

// Routing holds the request fields that routing needs.
type Routing struct {
	Model      string // "" if absent
	Stream     bool
	WantsUsage bool // the caller wants token counts in the stream
}

// ReadField reads "model" or "stream", which the formats have in common. invalid makes the error for
// a value of another type.
func (r *Routing) ReadField(name string, value []byte, invalid func(field, what string) *Error) error {
	null := value[0] == 'n'
	switch name {
	case "model":
		if value[0] != '"' && !null {
			return invalid(name, "must be a string")
		}
		r.Model = jsonx.String(value)
	case "stream":
		if r.Stream = value[0] == 't'; !r.Stream && !null && value[0] != 'f' {
			return invalid(name, "must be true or false")
		}
	}
	return nil
}

// Parameters holds the request fields that limit and shape the answer.
type Parameters struct {
	MaxOutput int64 // the body's highest limit of output tokens per answer; 0: none
	Bounded   bool  // every vendor obeys MaxOutput: the body sets no limit that is not a positive number
	Thinking  int64 // limit of thinking tokens in addition to MaxOutput
	Effort    bool  // the body sets a reasoning effort
	Choices   int64 // number of answers, at least 1
	// BadChoices names the field that asks for a number of answers and is no positive
	// number: vendors may read it as any number. "" if there is none.
	BadChoices string
	JSON       bool // the answer's text is JSON
	Logprobs   bool
	User       string // the caller's id of the end user
	// Temperature is nil if the body names none.
	Temperature *float64
	Background  bool // the answer may be written after the call has ended
	// Size and Quality of images, as Terms names them; "" leaves them to the vendor.
	Size, Quality string
}

// Attachments counts parts of a request whose tokens are not in its bytes.
type Attachments struct {
	Images int  // in the body or by reference: billed by their size in pixels
	Files  int  // by reference, or compressed, such as PDF
	Hosted int  // tools that the vendor runs: their results are input
	Tools  bool // tools are defined, for which vendors add a system prompt
}

// FieldTraits describes the purpose of a top-level field of a request.
type FieldTraits struct {
	Use  FieldUse
	Key  KeyRule
	Rank int // position in the model's reading order: tools, system, messages, other fields
}

// FieldUse tells which party uses a field.
type FieldUse uint8

// The uses.
const (
	UsePrompt   FieldUse = iota // the model reads it
	UseIdentity                 // it identifies the caller to the vendor
	UseModel                    // it chooses a model
	UseSeed                     // a random seed
)

// KeyRule tells how a field enters the cache key.
type KeyRule uint8

// The rules.
const (
	KeySorted  KeyRule = iota // the order of members does not matter
	KeyOrdered                // the order of members matters: models follow the order of a schema
	KeyIgnored                // the field does not change the answer
)

// Field names one text of a delta.
type Field uint8

// The fields.
const (
	FieldText Field = iota
	FieldReasoning
	FieldRefusal
	FieldArgs  // a tool call's arguments, JSON text
	FieldName  // a tool call's name
	FieldOther // any other string
)
