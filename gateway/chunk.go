package gateway

import "slices"

// Form is the kind of wire data that a Chunk holds.
type Form uint8

const (
	// FormEvent is the data of one event of a streamed answer.
	FormEvent Form = iota
	// FormBody is a complete unary answer: a chat completion, a list of embeddings, or a
	// rendered prompt.
	FormBody
	// FormBytes is the next piece of a body that is no text, such as speech.
	FormBytes
)

// Chunk is one part of an answer, both as wire bytes (Raw) and as values that stages read
// (Deltas and Usage). Both have the same content. The Set methods change both.
//
// Raw is JSON without framing. Raw and Deltas are valid until the next call of Next and must
// not be modified; copy them to keep them. Strings, and Raw of a FormBody, may be kept. A
// chunk with empty Raw is not sent: it holds only Usage that the caller did not ask for.
type Chunk struct {
	Head    *AnswerHead // as far as this chunk contains it; nil if it does not. May be kept
	Deltas  []Delta     // empty in a usage-only event, an embeddings body, a keep-alive
	Usage   *Usage      // set on the chunk that reports it; may be kept
	Early   *Usage      // usage of the input that the vendor reports before the answer; its output is not final
	Raw     []byte
	Form    Form
	More    bool    // the next chunk has arrived already, so this one may wait for it
	Dialect Dialect // the dialect of Raw; nil for a rendered prompt
	// ContentType is that of a body of FormBytes.
	ContentType string
	// Repeats is true for an event whose Raw holds complete texts: those that earlier events
	// brought in pieces, or an echo of the request. They are not in Deltas, unless no piece came.
	Repeats bool
	// Cost is what the chunk tells of its cost besides Usage; nil = nothing.
	Cost *ExtraCost
}

// Delta is what a chunk adds to one choice. In a body, it is a complete choice, or one part
// of it in formats that list parts. A Chunk holds a list, because one event may contain
// several choices (n > 1) or parts.
type Delta struct {
	At        int // where the dialect finds it in Raw
	Choice    int // index of the choice
	Part      int // index of the part in formats that number parts; else 0
	Text      string
	Reasoning string
	Refusal   string
	Tools     []ToolDelta
	Finish    string // OpenAI's finish reason; "" until it is known
	Ends      bool   // the event ends this part, in formats with such events
}

// ToolDelta is a part of one tool call.
type ToolDelta struct {
	At    int // where the dialect finds it in Raw
	Index int // index of the call in the choice
	ID    string
	Name  string
	Args  string // part of the arguments' JSON text
	// FreeForm is true for a tool that takes any text: Args is then no JSON.
	FreeForm bool
}

// Read sets Head, Deltas, Usage and Repeats from Raw.
func (c *Chunk) Read() {
	if c.Dialect != nil {
		c.Dialect.Read(c)
	}
}

// Empty reports whether the chunk has no content: no text, tool call, finish reason or
// usage.
func (c *Chunk) Empty() bool {
	if c.Form != FormEvent || c.Usage != nil {
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

// Clone returns a copy of c that stays valid.
func (c Chunk) Clone() Chunk {
	if c.Form != FormBody {
		c.Raw = append([]byte(nil), c.Raw...)
	}
	c.Deltas = append([]Delta(nil), c.Deltas...)
	for i := range c.Deltas {
		c.Deltas[i].Tools = append([]ToolDelta(nil), c.Deltas[i].Tools...)
	}
	return c
}

// SetText replaces the text of delta i, in Deltas and Raw. Like all Set methods, it copies
// what it changes, because a replayed chunk is shared.
func (c *Chunk) SetText(i int, s string) error {
	return c.set(i, FieldText, 0, s, func(d *Delta) { d.Text = s })
}

// SetReasoning replaces the reasoning of delta i.
func (c *Chunk) SetReasoning(i int, s string) error {
	return c.set(i, FieldReasoning, 0, s, func(d *Delta) { d.Reasoning = s })
}

// SetRefusal replaces the refusal of delta i.
func (c *Chunk) SetRefusal(i int, s string) error {
	return c.set(i, FieldRefusal, 0, s, func(d *Delta) { d.Refusal = s })
}

// SetArgs replaces the arguments part of tool t of delta i.
func (c *Chunk) SetArgs(i, t int, s string) error {
	return c.set(i, FieldArgs, t, s, func(d *Delta) {
		d.Tools = slices.Clone(d.Tools)
		d.Tools[t].Args = s
	})
}

// SetName replaces the name of the function that tool t of delta i calls.
func (c *Chunk) SetName(i, t int, s string) error {
	return c.set(i, FieldName, t, s, func(d *Delta) {
		d.Tools = slices.Clone(d.Tools)
		d.Tools[t].Name = s
	})
}

func (c *Chunk) set(i int, field Field, tool int, s string, change func(*Delta)) error {
	const op = "gateway.Chunk.set"
	if c.Dialect == nil {
		return &Error{Op: op, Kind: Internal, Public: "The answer could not be edited."}
	}
	raw, err := c.Dialect.Replace(c, i, field, tool, s)
	if err != nil {
		return &Error{Op: op, Kind: Internal, Public: "The answer could not be edited.", Err: err}
	}
	c.Raw = raw
	c.Deltas = slices.Clone(c.Deltas)
	change(&c.Deltas[i])
	return nil
}
