package guardrails

import (
	"slices"
	"strconv"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"

	"github.com/sluicegate/sluice/gateway"
)

// restorer puts originals back into the chunks of one answer.
type restorer struct {
	vault  *vault
	json   bool // the contents are JSON, as the request asked
	lanes  []lane
	deltas []gateway.Delta // of the chunk in hand; what upstream shares is not written to
}

func newRestorer(v *vault, req *gateway.Request) *restorer {
	format := gjson.GetBytes(req.Field("response_format"), "type").String()
	return &restorer{vault: v, json: format == "json_object" || format == "json_schema"}
}

// field is one text of a choice.
type field uint8

const (
	content field = iota
	reasoning
	refusal
	arguments
)

// lane is one text of one choice with the tail that waits for more.
type lane struct {
	choice, tool int
	field        field
	name         string // of the field on the wire
	held         string
	head         []byte // the event that the tail came with
}

// chunk appends c as the caller gets it, after the tails that its finish reasons release.
// What c shares with others is not written to.
func (r *restorer) chunk(dst []gateway.Chunk, c gateway.Chunk) ([]gateway.Chunk, error) {
	if c.Form == gateway.FormBody {
		return append(dst, r.body(c)), nil
	}
	r.deltas = append(r.deltas[:0], c.Deltas...)
	c.Deltas = r.deltas
	for i := range c.Deltas {
		d := &c.Deltas[i]
		final := d.Finish != ""
		if err := r.delta(&c, i, final); err != nil {
			return dst, err
		}
		if final {
			var err error
			if dst, err = r.release(dst, d.Choice); err != nil {
				return dst, err
			}
		}
	}
	return append(dst, c), nil
}

func (r *restorer) delta(c *gateway.Chunk, i int, final bool) error {
	d := &c.Deltas[i]
	head := c.Raw
	if s, ok := r.feed(d.Choice, 0, content, d.Text, final, head); ok {
		if err := c.SetText(i, s); err != nil {
			return err
		}
	}
	if s, ok := r.feed(d.Choice, 0, reasoning, d.Reasoning, final, head); ok {
		if err := c.SetReasoning(i, s); err != nil {
			return err
		}
	}
	if s, ok := r.feed(d.Choice, 0, refusal, d.Refusal, final, head); ok {
		if err := c.SetRefusal(i, s); err != nil {
			return err
		}
	}
	own := false
	for t := range d.Tools {
		s, ok := r.feed(d.Choice, d.Tools[t].Index, arguments, d.Tools[t].Args, final, head)
		if !ok {
			continue
		}
		if !own {
			own, d.Tools = true, slices.Clone(d.Tools)
		}
		if err := c.SetArgs(i, t, s); err != nil {
			return err
		}
	}
	return nil
}

// feed adds text to its lane and tells what comes out, and whether that is another text.
func (r *restorer) feed(choice, tool int, f field, text string, final bool, head []byte) (string, bool) {
	if text == "" {
		return "", false
	}
	l := r.lane(choice, tool, f)
	all := text
	if l != nil {
		all = l.held + text
	}
	out, held := r.vault.reveal(all, final, f == arguments || f == content && r.json)
	if held != "" {
		if l == nil {
			r.lanes = append(r.lanes, lane{choice: choice, tool: tool, field: f, name: wireName(f, head)})
			l = &r.lanes[len(r.lanes)-1]
		}
		l.head = append(l.head[:0], head...)
	}
	if l != nil {
		l.held = string(append([]byte(nil), held...))
	}
	return out, out != text
}

func (r *restorer) lane(choice, tool int, f field) *lane {
	for i := range r.lanes {
		if l := &r.lanes[i]; l.choice == choice && l.tool == tool && l.field == f {
			return l
		}
	}
	return nil
}

func wireName(f field, head []byte) string {
	switch f {
	case reasoning:
		if gjson.GetBytes(head, "choices.#.delta.reasoning").Get("#").Int() > 0 {
			return "reasoning"
		}
		return "reasoning_content"
	case refusal:
		return "refusal"
	}
	return "content"
}

// release lets out the tails of one choice, each in an event of its own.
func (r *restorer) release(dst []gateway.Chunk, choice int) ([]gateway.Chunk, error) {
	for i := range r.lanes {
		if l := &r.lanes[i]; l.choice == choice && l.held != "" {
			c, err := l.event()
			if err != nil {
				return dst, err
			}
			dst = append(dst, c)
		}
	}
	return dst, nil
}

// flush lets out all tails.
func (r *restorer) flush(dst []gateway.Chunk) ([]gateway.Chunk, error) {
	for i := range r.lanes {
		var err error
		if dst, err = r.release(dst, r.lanes[i].choice); err != nil {
			return dst, err
		}
	}
	return dst, nil
}

// event makes a chunk of the tail: the event it came with, with nothing but the tail in it.
func (l *lane) event() (gateway.Chunk, error) {
	d := gateway.Delta{Choice: l.choice}
	text := gateway.AppendQuoted(nil, l.held)
	delta := `{"` + l.name + `":` + string(text) + `}`
	switch l.field {
	case content:
		d.Text = l.held
	case reasoning:
		d.Reasoning = l.held
	case refusal:
		d.Refusal = l.held
	case arguments:
		d.Tools = []gateway.ToolDelta{{Index: l.tool, Args: l.held}}
		delta = `{"tool_calls":[{"index":` + strconv.Itoa(l.tool) + `,"function":{"arguments":` + string(text) + `}}]}`
	}
	l.held = ""
	raw, err := sjson.SetRawBytes(l.head, "choices", []byte(`[{"index":`+strconv.Itoa(l.choice)+`,"delta":`+delta+`,"finish_reason":null}]`))
	if err == nil && gjson.GetBytes(raw, "usage").Exists() {
		raw, err = sjson.DeleteBytes(raw, "usage")
	}
	if err != nil {
		return gateway.Chunk{}, &gateway.Error{Op: "guardrails.restore", Kind: gateway.Internal, Public: "The answer could not be restored.", Err: err}
	}
	return gateway.Chunk{Deltas: []gateway.Delta{d}, Raw: raw, Form: gateway.FormEvent}, nil
}

// body restores a whole answer, in every string of it.
func (r *restorer) body(c gateway.Chunk) gateway.Chunk {
	if !r.vault.stands(view(c.Raw)) {
		return c
	}
	raw := rewrite(view(c.Raw), maxNesting, func(label, value string, number bool) (string, bool) {
		if number {
			return "", false
		}
		text, _ := r.vault.reveal(value, true, label == "arguments" || label == "content" && r.json)
		return text, text != value
	})
	if raw != nil {
		usage := c.Usage
		c.Raw, c.Lasting = raw, true
		c.ReadDeltas(nil)
		c.Usage = usage
	}
	return c
}
