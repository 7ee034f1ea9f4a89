package gateway

import "github.com/sluicegate/sluice/internal/jsonx"

// Form says what one Chunk is on the wire.
type Form uint8

const (
	// FormEvent is the data of one SSE event of a streamed answer.
	FormEvent Form = iota
	// FormBody is a whole unary answer: a chat completion, a list of embeddings,
	// a rendered prompt.
	FormBody
)

// Dialect is the wire format of a request or a chunk. OpenAI's is the canonical
// one: codecs translate to and from it.
type Dialect uint8

// The dialects.
const (
	OpenAI Dialect = iota
)

// Chunk is one piece of an answer, as it goes over the wire (Raw) and as stages
// read it (the other fields). Both say the same; an editor changes both, with
// the Set methods.
//
// Raw is JSON without SSE framing, valid until the next call of Next. The list of
// Deltas shares that lifetime; the strings in it may be kept. An empty Raw is not to be sent: only Usage is news, and the
// caller did not ask for it.
//
// A Raw that is Lasting is valid for good, and the Usage with it: no memory is ever used
// twice for them, and nobody writes to them. Whoever wants to keep them, telemetry and the
// cache for one, need not copy them.
type Chunk struct {
	Deltas  []Delta // empty in a usage-only event, an embeddings body, a keep-alive
	Usage   *Usage  // set on the chunk that reports it
	Raw     []byte
	Lasting bool
	Form    Form
	Dialect Dialect
}

// Delta is what a chunk adds to one choice. In a body it is the whole choice.
// One wire unit may carry several choices (n > 1), so a Chunk holds a list.
type Delta struct {
	At        int // position in Raw's "choices" array
	Choice    int // the choice's own "index"
	Text      string
	Reasoning string
	Refusal   string
	Tools     []ToolDelta
	Finish    string // OpenAI's finish_reason, "" until it is known
}

// ToolDelta is a piece of one tool call.
type ToolDelta struct {
	At    int // position in the "tool_calls" array
	Index int // which call of the choice
	ID    string
	Name  string
	Args  string // a piece of the JSON text of the arguments
}

// Usage counts tokens. Input includes CacheRead and CacheWrite, Output includes
// Reasoning, as in the OpenTelemetry GenAI conventions.
type Usage struct {
	Input, Output         int64
	CacheRead, CacheWrite int64
	Reasoning             int64
}

// Names gives the answer's id and the model that it names, "" where it has none.
func (c *Chunk) Names() (id, model string) {
	for m := range jsonx.Members(c.Raw) {
		switch m.Key {
		case "id":
			id = jsonx.Text(m.Value)
		case "model":
			model = jsonx.Text(m.Value)
		}
	}
	return id, model
}

// Empty reports whether the chunk says nothing at all to a reader of the answer.
func (c *Chunk) Empty() bool {
	if c.Form == FormBody || c.Usage != nil {
		return false
	}
	for i := range c.Deltas {
		d := &c.Deltas[i]
		if d.Text != "" || d.Reasoning != "" || d.Refusal != "" || len(d.Tools) > 0 || d.Finish != "" {
			return false
		}
	}
	return true
}
