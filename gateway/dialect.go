package gateway

// Dialect is one wire format, as stages read and edit it. The packages below
// gateway/dialect implement it. httpapi sets it on the Request, and a Chunk carries the
// one that its Raw is written in. Stages name no field of a wire format: they ask here.
// All methods are pure and safe for concurrent use; none writes to the bytes it is given.
type Dialect interface {
	// Name is "openai" or "anthropic". It is part of cache keys and of recorded rows.
	Name() string
	RequestFormat
	AnswerFormat
}

// RequestFormat reads the body of a request, which is a valid JSON object.
type RequestFormat interface {
	// Routing reads the fields that routing needs and refuses, naming the field, values
	// that no provider could serve.
	Routing(op Op, raw []byte) (Routing, error)
	// Parameters reads what bounds and shapes the answer.
	Parameters(raw []byte) Parameters
	// WithMaxOutput returns a copy of raw whose only limit of output tokens is n.
	WithMaxOutput(raw []byte, n int64) []byte
	// Models lists the models that raw names, in any field by which a vendor may choose
	// one. readable is false if such a field holds something that is no name.
	Models(raw []byte) (names []string, readable bool)
	// Attachments counts the parts whose tokens raw does not hold.
	Attachments(raw []byte) Attachments
	// Texts lists every string that the caller wrote, in the order in which the model
	// reads them: tools, system, messages, the rest. Base64 data in parts that declare
	// themselves binary is left out.
	Texts(raw []byte) []Text
	// Question finds the text of the last message if it is the user's own words; its other
	// parts then belong to the context. ok is false where the answer depends on more than
	// a question: a tool's result, signed reasoning.
	Question(raw []byte) (text Span, ok bool)
	// Join puts a request together of a rendered template and the call that asked for it.
	// The call's fields beat the template's; its system texts and messages follow them.
	Join(template, call []byte) []byte
	// Field says what a top-level field is for.
	Field(name string) FieldTraits
	// Binary lists base64 data in parts that declare themselves binary, with its quotes. It
	// is no text: nothing is looked for in it.
	Binary(raw []byte) []Span
	// IsWord reports a word of the format: a key, or a value that the format defines, such
	// as a type or a role. It says nothing of the caller's own.
	IsWord(s string) bool
	// Signed lists the strings that Text.Signed is set for, with their quotes.
	Signed(raw []byte) []Span
}

// AnswerFormat reads and writes answers. Raw of a chunk is one event's data or a whole body.
type AnswerFormat interface {
	// Read fills Deltas and Usage from Raw.
	Read(c *Chunk)
	// Replace returns Raw with one text of delta i replaced. tool is the position in the
	// delta's Tools, for FieldArgs.
	Replace(c *Chunk, i int, field Field, tool int, text string) ([]byte, error)
	// Event writes an event that says d and nothing else; like is another event of the
	// same answer.
	Event(like []byte, d *Delta) ([]byte, error)
	// FieldNamed is the field that a member of a whole answer holds, FieldOther for members
	// that hold no text of a delta.
	FieldNamed(member string) Field
	// Assemble starts the folding of an answer that comes in events.
	Assemble() Assembler
	// Events writes a whole answer as the events of a streamed one; usage says whether the
	// caller asked for token counts.
	Events(body []byte, usage bool) ([]Chunk, error)
	// Said is the part of a whole answer that the model wrote. Where it is not found, it is
	// the whole body.
	Said(body []byte) []byte
	// Recordable is a body without vectors, which give the text away and which nobody
	// reads in a log.
	Recordable(op Op, body []byte) []byte
}

// Assembler makes a whole answer of events. It is for one answer and one goroutine.
type Assembler interface {
	Add(c *Chunk)
	// Head is what the answer says of itself so far.
	Head() AnswerHead
	// Body writes the whole answer; r holds its texts and tool calls.
	Body(r *Response) []byte
}

// AnswerHead is what an answer says of itself.
type AnswerHead struct {
	ID, Model string
	Created   int64 // Unix seconds, 0 where the format has none
}

// Span is a range of bytes.
type Span struct{ Start, End int }

// Routing is what routing needs of a request.
type Routing struct {
	Model      string // "" if absent
	Stream     bool
	WantsUsage bool // the caller wants token counts in the stream
}

// Parameters is what bounds and shapes the answer to a request.
type Parameters struct {
	MaxOutput int64 // the highest limit of output tokens, for each answer, that the body sets; 0: none
	Bounded   bool  // every vendor obeys MaxOutput: the body sets no limit that is not a positive number
	Thinking  int64 // tokens of thinking that may come on top of MaxOutput
	Effort    bool  // an effort of reasoning is asked for
	Choices   int64 // answers asked for, at least 1
	// BadChoices names the field that asks for a number of answers and is no positive
	// number: vendors may read it as any number. "" if there is none.
	BadChoices string
	JSON       bool // the answer's text is JSON
	Logprobs   bool
	User       string // who the caller says the end user is
}

// Attachments counts parts of a request whose tokens are not in its bytes.
type Attachments struct {
	Images int  // in the body or by reference: billed by their size in pixels
	Files  int  // by reference, or compressed, such as PDF
	Hosted int  // tools that the vendor runs: their results are input
	Tools  bool // tools are defined, for which vendors add a system prompt
}

// FieldTraits is what a top-level field of a request is for.
type FieldTraits struct {
	Use  FieldUse
	Key  KeyRule
	Rank int // when the model reads it: tools, system, messages, the rest
}

// FieldUse is who a field is for.
type FieldUse uint8

// The uses.
const (
	UsePrompt   FieldUse = iota // the model reads it
	UseIdentity                 // it identifies the caller to the vendor
	UseModel                    // it chooses a model
	UseSeed                     // a number that means nothing
)

// KeyRule is how a field enters the key under which an answer is cached.
type KeyRule uint8

// The rules.
const (
	KeySorted  KeyRule = iota // the order of members does not matter
	KeyOrdered                // it does: models answer in the order of a schema
	KeyIgnored                // the field does not change the answer
)

// Field is one text of a delta.
type Field uint8

// The fields.
const (
	FieldText Field = iota
	FieldReasoning
	FieldRefusal
	FieldArgs  // of a tool call, JSON text
	FieldName  // of a tool call
	FieldOther // any other string
)
