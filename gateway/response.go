package gateway

import "slices"

// Response is the complete answer, folded from its chunks. Telemetry, cache and output
// guardrails all read it.
type Response struct {
	AnswerHead
	Choices []Choice
	Usage   *Usage

	// Limit is the number of bytes of the answer that are kept; 0 means 64 MiB.
	Limit int
	// Truncated is true if the answer was longer than Limit, so that its end is missing. Finish
	// reasons and usage are kept.
	Truncated bool

	size      int
	dialect   Dialect
	raw       []byte // a body that arrived complete; it keeps every vendor field
	assembler Assembler
}

// Choice is one choice of an answer.
type Choice struct {
	Index  int
	Finish string // OpenAI's finish reason
	Tools  []ToolCall

	text, reasoning, refusal []byte
}

// ToolCall is a tool call that the model asks for.
type ToolCall struct {
	ID, Name string
	FreeForm bool // of a tool that takes any text; see [ToolDelta]

	index int // the vendor's number of the call
	args  []byte
}

// Text returns the content of the choice.
func (c *Choice) Text() string { return string(c.text) }

// Reasoning returns the reasoning text, if the vendor returns it.
func (c *Choice) Reasoning() string { return string(c.reasoning) }

// Refusal returns the refusal text.
func (c *Choice) Refusal() string { return string(c.refusal) }

// Size returns the number of bytes of content and reasoning.
func (c *Choice) Size() int { return len(c.text) + len(c.reasoning) }

// Args returns the arguments as JSON text.
func (t *ToolCall) Args() string { return string(t.args) }

// maxResponse is the default Limit.
const maxResponse = 64 << 20

// Fold adds c to the answer. It copies what it keeps of events.
func (r *Response) Fold(c Chunk) {
	if c.Usage != nil {
		u := *c.Usage
		r.Usage = &u
	}
	if c.Form == FormBody {
		r.whole(&c)
		return
	}
	fits := r.fits(&c)
	if c.Dialect != nil && len(c.Raw) > 0 && (fits || c.final()) {
		r.assemble(&c)
	}
	for i := range c.Deltas {
		r.fold(&c.Deltas[i], fits)
	}
}

// whole keeps an answer that came in one piece, as it is if that is not too long.
func (r *Response) whole(c *Chunk) {
	raw := c.Raw
	if len(raw) > r.limit() && c.Dialect != nil && len(c.Deltas) == 0 {
		raw = c.Dialect.Recordable(OpEmbeddings, raw)
	}
	fits := len(raw) <= r.limit()
	if fits {
		r.raw, r.dialect = raw, c.Dialect
		if c.Head != nil {
			r.AnswerHead = *c.Head
		}
	}
	r.Truncated = r.Truncated || !fits
	for i := range c.Deltas {
		r.fold(&c.Deltas[i], fits)
	}
}

func (r *Response) assemble(c *Chunk) {
	if r.assembler == nil {
		r.dialect, r.assembler = c.Dialect, c.Dialect.Assemble()
	}
	r.assembler.Add(c)
	r.AnswerHead = r.assembler.Head()
}

func (r *Response) limit() int {
	if r.Limit > 0 {
		return r.Limit
	}
	return maxResponse
}

// fits counts a chunk of a stream, and reports whether it may be kept.
func (r *Response) fits(c *Chunk) bool {
	n := 0
	for i := range c.Deltas {
		n += c.Deltas[i].size()
	}
	if n == 0 && !c.final() && !c.Repeats && c.Form != FormBytes { // a start, a signature, a citation
		n = len(c.Raw)
	}
	if r.Truncated = r.Truncated || r.size+n > r.limit(); !r.Truncated {
		r.size += n
	}
	return !r.Truncated
}

// size is how many bytes the model wrote.
func (d *Delta) size() int {
	n := len(d.Text) + len(d.Reasoning) + len(d.Refusal)
	for i := range d.Tools {
		n += len(d.Tools[i].ID) + len(d.Tools[i].Name) + len(d.Tools[i].Args)
	}
	return n
}

// final reports a chunk that says how the answer ended and nothing of its text.
func (c *Chunk) final() bool {
	final := c.Usage != nil
	for i := range c.Deltas {
		if c.Deltas[i].size() > 0 {
			return false
		}
		final = final || c.Deltas[i].Finish != ""
	}
	return final
}

// fold adds what a chunk says of one choice; fits is false if only its end may be kept.
func (r *Response) fold(d *Delta, fits bool) {
	c := r.choice(d.Choice)
	switch {
	case c == nil:
	case fits:
		c.fold(d)
	case d.Finish != "":
		c.Finish = d.Finish
	}
}

// maxChoices bounds the choices of an answer.
const maxChoices = 1024

// choice finds a choice, or makes one; nil if there are too many.
func (r *Response) choice(index int) *Choice {
	for i := range r.Choices {
		if r.Choices[i].Index == index {
			return &r.Choices[i]
		}
	}
	if len(r.Choices) == maxChoices {
		r.Truncated = true
		return nil
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

// maxTools limits the tool calls of one choice.
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
	call.FreeForm = call.FreeForm || t.FreeForm
	call.args = append(call.args, t.Args...)
}

// Body returns the complete answer in the dialect of its chunks: the original body, or one
// assembled from events. It is nil if there were no chunks.
func (r *Response) Body() []byte {
	switch {
	case r.raw != nil:
		return r.raw
	case r.assembler != nil:
		return r.assembler.Body(r)
	}
	return nil
}

// Recordable returns Body without the parts that must not be logged; see Dialect.Recordable.
func (r *Response) Recordable(op Op) []byte {
	if r.dialect == nil {
		return r.Body()
	}
	return r.dialect.Recordable(op, r.Body())
}
