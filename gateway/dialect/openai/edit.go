package openai

import (
	"encoding/json"
	"strconv"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"

	"github.com/sluicegate/sluice/gateway"
)

// Replace implements gateway.AnswerFormat. Reasoning is replaced under the name that the
// vendor uses.
func (Dialect) Replace(c *gateway.Chunk, i int, field gateway.Field, tool int, text string) ([]byte, error) {
	part := ".delta."
	if c.Form == gateway.FormBody {
		part = ".message."
	}
	d := &c.Deltas[i]
	base := "choices." + strconv.Itoa(d.At) + part
	path := base
	switch field {
	case gateway.FieldText:
		path += "content"
	case gateway.FieldReasoning:
		path += reasoningName(gjson.GetBytes(c.Raw, base[:len(base)-1]))
	case gateway.FieldRefusal:
		path += "refusal"
	case gateway.FieldArgs:
		path += toolPath(&d.Tools[tool], "arguments", "input")
	case gateway.FieldName:
		path += toolPath(&d.Tools[tool], "name", "name")
	}
	value, err := json.Marshal(text)
	if err != nil {
		return nil, err
	}
	return sjson.SetRawBytes(c.Raw, path, value)
}

// toolPath is the path of a member of a tool call: inFunction in one of a function, else inCustom.
func toolPath(t *gateway.ToolDelta, inFunction, inCustom string) string {
	path := "tool_calls." + strconv.Itoa(t.At)
	if t.FreeForm {
		return path + ".custom." + inCustom
	}
	return path + ".function." + inFunction
}

// reasoningName is the member in which a delta or message carries reasoning.
func reasoningName(message gjson.Result) string {
	if message.Get("reasoning").Exists() {
		return "reasoning"
	}
	return "reasoning_content"
}

// Event implements gateway.AnswerFormat: like, with d as its only choice.
func (Dialect) Event(like []byte, d *gateway.Delta) ([]byte, error) {
	w := wireDelta{Refusal: d.Refusal}
	if d.Text != "" {
		w.Content = &d.Text
	}
	if d.Reasoning != "" {
		if gjson.GetBytes(like, "choices.#.delta.reasoning").Get("#").Int() > 0 {
			w.ReasoningShort = d.Reasoning
		} else {
			w.Reasoning = d.Reasoning
		}
	}
	for i := range d.Tools {
		t := &d.Tools[i]
		w.Tools = append(w.Tools, streamedTool(t))
	}
	choices, err := json.Marshal([]eventChoice{{Index: d.Choice, Delta: w, Finish: nilable(d.Finish)}})
	if err != nil {
		return nil, err
	}
	raw, err := sjson.SetRawBytes(like, "choices", choices)
	if err == nil && gjson.GetBytes(raw, "usage").Exists() {
		raw, err = sjson.DeleteBytes(raw, "usage")
	}
	return raw, err
}

// FieldNamed implements gateway.AnswerFormat.
func (Dialect) FieldNamed(member string) gateway.Field {
	switch member {
	case "content":
		return gateway.FieldText
	case "reasoning", "reasoning_content", "thinking": // the last in thinking_blocks
		return gateway.FieldReasoning
	case "refusal":
		return gateway.FieldRefusal
	case "arguments":
		return gateway.FieldArgs
	}
	return gateway.FieldOther
}
