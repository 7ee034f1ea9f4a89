package responses

import (
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Events implements gateway.AnswerFormat. Each part comes in one piece; an item that only this
// format knows stands whole in the events that open and close it. The usage is always written.
func (Dialect) Events(body []byte, _ bool) ([]gateway.Chunk, error) {
	root := gjson.ParseBytes(body)
	var w eventWriter
	first := begun(body)
	w.response("response.created", first)
	w.response("response.in_progress", first)
	i := -1
	if output := root.Get("output"); output.IsArray() {
		output.ForEach(func(_, item gjson.Result) bool {
			i++
			w.replay(i, item)
			return true
		})
	}
	kind := "response.completed"
	if text(root.Get("status")) == incomplete {
		kind = "response.incomplete"
	}
	w.response(kind, body)
	return w.out, nil
}

// replay writes the events of one item.
func (w *eventWriter) replay(output int, item gjson.Result) {
	raw := []byte(item.Raw)
	w.item("response.output_item.added", output, opened(item))
	for _, s := range itemSays(item, output) {
		at := spot{id: text(item.Get("id")), place: s.place}
		t, complete := textsOf(&s.Delta, s.section)
		part := jsonx.Get(raw, s.path()...)
		if len(t.added) == 0 {
			part = nil
		}
		w.open(at, t, emptied(part, t.value))
		if tokens := jsonx.Get(part, "logprobs"); len(tokens) > 0 && tokens[0] == '[' {
			at.logprobs = tokens
		}
		w.piece(at, t, complete)
		for a := range jsonx.Elements(jsonx.Get(part, "annotations")) {
			w.annotation(at, a.Index, a.Value)
		}
		w.close(at, t, complete, part)
	}
	w.item("response.output_item.done", output, raw)
}

// opened is an item as the event shows it that opens it: nothing is said yet.
func opened(item gjson.Result) []byte {
	raw := []byte(item.Raw)
	name, empty := "", `""`
	switch text(item.Get("type")) {
	case "message":
		name, empty = "content", "[]"
	case "reasoning":
		name, empty = "summary", "[]"
		raw = jsonx.Update(raw, jsonx.Change{Name: "content"})
	case "function_call":
		name = "arguments"
	case "custom_tool_call":
		name = "input"
	default:
		return raw
	}
	changes := []jsonx.Change{{Name: name, Value: []byte(empty)}}
	if item.Get("status").Exists() {
		changes = append(changes, jsonx.Change{Name: "status", Value: jsonx.Quote(inProgress)})
	}
	return jsonx.Update(raw, changes...)
}

// emptied is a part without its text.
func emptied(part []byte, name string) []byte {
	changes := []jsonx.Change{{Name: name, Value: []byte(`""`)}}
	for _, list := range []string{"annotations", "logprobs"} {
		if jsonx.Get(part, list) != nil {
			changes = append(changes, jsonx.Change{Name: list, Value: []byte("[]")})
		}
	}
	return jsonx.Update(part, changes...)
}

// textsOf says which events tell what a delta says, and the text.
func textsOf(d *gateway.Delta, s section) (texts, string) {
	switch {
	case len(d.Tools) > 0 && d.Tools[0].FreeForm:
		return customText, d.Tools[0].Args
	case len(d.Tools) > 0:
		return arguments, d.Tools[0].Args
	case d.Refusal != "":
		return refusal, d.Refusal
	case d.Reasoning != "" && s == inContent:
		return thinking, d.Reasoning
	case s == inSummary:
		return summaryText, d.Reasoning
	}
	return outputText, d.Text
}
