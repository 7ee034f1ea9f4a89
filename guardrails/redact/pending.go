package redact

import (
	"strconv"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// field is one text of a choice.
type field uint8

const (
	content field = iota
	reasoning
	refusal
	arguments // of a tool call
	otherText // any other string of a whole answer
)

// fieldNamed returns the field with a name on the wire.
func fieldNamed(name string) field {
	switch name {
	case "content":
		return content
	case "reasoning", "reasoning_content", "thinking":
		return reasoning
	case "refusal":
		return refusal
	case "arguments":
		return arguments
	}
	return otherText
}

// textID names one text of an answer.
type textID struct {
	choice, tool int
	field        field
}

// pendingText is the end of a text that may become a placeholder.
type pendingText struct {
	textID
	name  string // of the field on the wire
	rest  string
	event []byte // the raw event that brought it
}

// wireName returns the vendor's name of a field, as event spells it.
func wireName(f field, event []byte) string {
	switch f {
	case reasoning:
		if gjson.GetBytes(event, "choices.#.delta.reasoning").Get("#").Int() > 0 {
			return "reasoning"
		}
		return "reasoning_content"
	case refusal:
		return "refusal"
	}
	return "content"
}

// release returns a chunk with the pending text, which is then empty. It is the event that
// brought the text, with nothing else in it.
func (p *pendingText) release() (gateway.Chunk, error) {
	d := gateway.Delta{Choice: p.choice}
	quoted := string(jsonx.Quote(p.rest))
	delta := `{"` + p.name + `":` + quoted + `}`
	switch p.field {
	case content:
		d.Text = p.rest
	case reasoning:
		d.Reasoning = p.rest
	case refusal:
		d.Refusal = p.rest
	case arguments:
		d.Tools = []gateway.ToolDelta{{Index: p.tool, Args: p.rest}}
		delta = `{"tool_calls":[{"index":` + strconv.Itoa(p.tool) + `,"function":{"arguments":` + quoted + `}}]}`
	}
	p.rest = ""
	raw, err := sjson.SetRawBytes(p.event, "choices", []byte(`[{"index":`+strconv.Itoa(p.choice)+`,"delta":`+delta+`,"finish_reason":null}]`))
	if err == nil && gjson.GetBytes(raw, "usage").Exists() {
		raw, err = sjson.DeleteBytes(raw, "usage")
	}
	if err != nil {
		return gateway.Chunk{}, &gateway.Error{Op: "guardrails.restore", Kind: gateway.Internal, Public: "The answer could not be restored.", Err: err}
	}
	return gateway.Chunk{Deltas: []gateway.Delta{d}, Raw: raw, Form: gateway.FormEvent}, nil
}
