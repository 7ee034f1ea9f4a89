package gateway

import (
	"encoding/json"
	"strings"

	"github.com/tidwall/gjson"
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
}

// Choice is one of the answers.
type Choice struct {
	Index  int
	Finish string
	Tools  []ToolCall

	text, reasoning, refusal strings.Builder
}

// ToolCall is a call that the model asks for.
type ToolCall struct {
	ID, Name string
	Args     string // JSON text
}

// Text is the content of the choice.
func (c *Choice) Text() string { return c.text.String() }

// Reasoning is what the model thought aloud, as far as the vendor shows it.
func (c *Choice) Reasoning() string { return c.reasoning.String() }

// Refusal is the model's refusal.
func (c *Choice) Refusal() string { return c.refusal.String() }

// Fold adds c to the answer. Everything is copied; c may be reused.
func (r *Response) Fold(c Chunk) {
	if c.Usage != nil {
		u := *c.Usage
		r.Usage = &u
	}
	if c.Form == FormBody {
		r.Raw = append([]byte(nil), c.Raw...)
	}
	if r.Model == "" && len(c.Raw) > 0 { // the first event of some vendors names nothing
		head := gjson.GetManyBytes(c.Raw, "id", "model", "created", "system_fingerprint")
		r.ID, r.Model = strings.Clone(head[0].String()), strings.Clone(head[1].String())
		r.Created, r.fingerprint = head[2].Int(), strings.Clone(head[3].String())
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
	grown := make([]Choice, len(r.Choices)+1) // builders must not be copied once used
	for i := range r.Choices {
		grown[i].take(&r.Choices[i])
	}
	r.Choices = grown
	c := &r.Choices[len(grown)-1]
	c.Index = index
	return c
}

func (c *Choice) take(o *Choice) {
	c.Index, c.Finish, c.Tools = o.Index, o.Finish, o.Tools
	c.text.WriteString(o.text.String())
	c.reasoning.WriteString(o.reasoning.String())
	c.refusal.WriteString(o.refusal.String())
}

func (c *Choice) fold(d *Delta) {
	c.text.WriteString(d.Text)
	c.reasoning.WriteString(d.Reasoning)
	c.refusal.WriteString(d.Refusal)
	if d.Finish != "" {
		c.Finish = strings.Clone(d.Finish)
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
			call.ID = strings.Clone(t.ID)
		}
		if t.Name != "" {
			call.Name = strings.Clone(t.Name)
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
