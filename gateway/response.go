package gateway

import (
	"encoding/json"
	"strings"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// Response is the whole answer, folded from its chunks. Fold is the only definition of
// "the whole answer": telemetry, cache and output guardrails all read this.
type Response struct {
	ID      string
	Model   string
	Created int64
	Choices []Choice
	Usage   *Usage
	// Raw is a body that came whole: it keeps every vendor field. Nil when the answer
	// was folded from events.
	Raw []byte

	fingerprint string
	room        [1]Choice // where Choices begins: most answers are one
}

// Choice is one of the answers.
type Choice struct {
	Index  int
	Finish string
	Tools  []ToolCall

	text, reasoning, refusal pieces
}

// ToolCall is a call that the model asks for.
type ToolCall struct {
	ID, Name string
	Args     string // JSON text
}

// Text is the content of the choice.
func (c *Choice) Text() string { return c.text.whole() }

// Reasoning is what the model thought aloud, as far as the vendor shows it.
func (c *Choice) Reasoning() string { return c.reasoning.whole() }

// Refusal is the model's refusal.
func (c *Choice) Refusal() string { return c.refusal.whole() }

// pieces is a text that comes in pieces. One alone, as a whole body has it, is kept as it
// is.
type pieces struct {
	one  string
	many *strings.Builder // nil: there was one at most
}

func (p *pieces) add(s string) {
	switch {
	case s == "":
	case p.many != nil:
		p.many.WriteString(s)
	case p.one == "":
		p.one = s
	default:
		p.many = &strings.Builder{}
		p.many.WriteString(p.one)
		p.many.WriteString(s)
	}
}

func (p *pieces) whole() string {
	if p.many != nil {
		return p.many.String()
	}
	return p.one
}

// Fold adds c to the answer. All memory that is not c's for good is copied; c may be
// reused.
func (r *Response) Fold(c Chunk) {
	if c.Usage != nil {
		if r.Usage = c.Usage; !c.Lasting {
			u := *c.Usage
			r.Usage = &u
		}
	}
	if c.Form == FormBody {
		if r.Raw = c.Raw; !c.Lasting {
			r.Raw = append([]byte(nil), c.Raw...)
		}
	}
	if r.Model == "" && len(c.Raw) > 0 { // the first event of some vendors names nothing
		r.heading(c.Raw)
	}
	for i := range c.Deltas {
		r.choice(c.Deltas[i].Choice).fold(&c.Deltas[i])
	}
}

// heading reads what the answer says of itself.
func (r *Response) heading(raw []byte) {
	for m := range jsonx.Members(raw) {
		switch m.Key {
		case "id":
			r.ID = jsonx.Text(m.Value)
		case "model":
			r.Model = jsonx.Text(m.Value)
		case "created":
			r.Created = jsonx.Int(m.Value)
		case "system_fingerprint":
			r.fingerprint = jsonx.Text(m.Value)
		}
	}
}

func (r *Response) choice(index int) *Choice {
	for i := range r.Choices {
		if r.Choices[i].Index == index {
			return &r.Choices[i]
		}
	}
	if r.Choices == nil {
		r.Choices = r.room[:0]
	}
	r.Choices = append(r.Choices, Choice{Index: index})
	return &r.Choices[len(r.Choices)-1]
}

func (c *Choice) fold(d *Delta) {
	c.text.add(d.Text)
	c.reasoning.add(d.Reasoning)
	c.refusal.add(d.Refusal)
	if d.Finish != "" {
		c.Finish = d.Finish
	}
	for _, t := range d.Tools {
		for len(c.Tools) <= t.Index && t.Index < maxTools {
			c.Tools = append(c.Tools, ToolCall{})
		}
		if t.Index < 0 || t.Index >= maxTools {
			continue
		}
		call := &c.Tools[t.Index]
		if t.ID != "" {
			call.ID = t.ID
		}
		if t.Name != "" {
			call.Name = t.Name
		}
		call.Args += t.Args
	}
}

// maxTools bounds what a hostile "index" can make us allocate.
const maxTools = 1024

// Body is the answer as an OpenAI chat completion: Raw if it came whole, else encoded.
func (r *Response) Body() []byte {
	if r.Raw != nil {
		return r.Raw
	}
	b, _ := json.Marshal(r.completion()) // plain data always encodes
	return b
}
