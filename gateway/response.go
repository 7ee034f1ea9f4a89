package gateway

import "slices"

// Response is the whole answer, folded from its chunks. Fold is the only definition of
// "the whole answer": telemetry, cache and output guardrails all read this.
type Response struct {
	AnswerHead
	Choices []Choice
	Usage   *Usage

	dialect   Dialect
	raw       []byte // a body that came whole: it keeps every vendor field
	assembler Assembler
}

// Choice is one of the answers.
type Choice struct {
	Index  int
	Finish string // OpenAI's finish reason
	Tools  []ToolCall

	text, reasoning, refusal []byte
}

// ToolCall is a call that the model asks for.
type ToolCall struct {
	ID, Name string

	index int // as the vendor numbers it
	args  []byte
}

// Text is the content of the choice.
func (c *Choice) Text() string { return string(c.text) }

// Reasoning is what the model thought aloud, as far as the vendor shows it.
func (c *Choice) Reasoning() string { return string(c.reasoning) }

// Refusal is the model's refusal.
func (c *Choice) Refusal() string { return string(c.refusal) }

// Args is the JSON text of the arguments.
func (t *ToolCall) Args() string { return string(t.args) }

// Fold adds c to the answer. It copies what it keeps.
func (r *Response) Fold(c Chunk) {
	if c.Usage != nil {
		u := *c.Usage
		r.Usage = &u
	}
	if c.Form == FormBody {
		r.raw = append([]byte(nil), c.Raw...)
	}
	if c.Dialect != nil && len(c.Raw) > 0 {
		if r.assembler == nil {
			r.dialect, r.assembler = c.Dialect, c.Dialect.Assemble()
		}
		r.assembler.Add(&c)
		r.AnswerHead = r.assembler.Head()
	}
	for i := range c.Deltas {
		r.choice(c.Deltas[i].Choice).fold(&c.Deltas[i])
	}
}

func (r *Response) choice(index int) *Choice {
	for i := range r.Choices {
		if r.Choices[i].Index == index {
			return &r.Choices[i]
		}
	}
	r.Choices = append(r.Choices, Choice{Index: index})
	return &r.Choices[len(r.Choices)-1]
}

func (c *Choice) fold(d *Delta) {
	c.text = append(c.text, d.Text...)
	c.reasoning = append(c.reasoning, d.Reasoning...)
	c.refusal = append(c.refusal, d.Refusal...)
	if d.Finish != "" {
		c.Finish = d.Finish
	}
	for _, t := range d.Tools {
		c.tool(t)
	}
}

// maxTools bounds the calls of one choice.
const maxTools = 1024

func (c *Choice) tool(t ToolDelta) {
	i := slices.IndexFunc(c.Tools, func(call ToolCall) bool { return call.index == t.Index })
	if i < 0 {
		if i = len(c.Tools); i == maxTools {
			return
		}
		c.Tools = append(c.Tools, ToolCall{index: t.Index})
	}
	call := &c.Tools[i]
	if t.ID != "" {
		call.ID = t.ID
	}
	if t.Name != "" {
		call.Name = t.Name
	}
	call.args = append(call.args, t.Args...)
}

// Body is the whole answer in the dialect of its chunks: as it came, if it came whole,
// else put together. It is nil for an answer of no chunks.
func (r *Response) Body() []byte {
	switch {
	case r.raw != nil:
		return r.raw
	case r.assembler != nil:
		return r.assembler.Body(r)
	}
	return nil
}

// Recordable is Body without what nobody may read in a log; see Dialect.Recordable.
func (r *Response) Recordable(op Op) []byte {
	if r.dialect == nil {
		return r.Body()
	}
	return r.dialect.Recordable(op, r.Body())
}
