package anthropic

import (
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Events implements gateway.AnswerFormat. Each block comes in one piece; a block that only
// this format knows stands whole in the event that opens it. The usage is always written.
func (Dialect) Events(body []byte, _ bool) ([]gateway.Chunk, error) {
	root := gjson.ParseBytes(body)
	var w eventWriter
	w.write(messageEvent(begunMessage(body)))
	index := 0
	if content := root.Get("content"); content.IsArray() {
		content.ForEach(func(_, b gjson.Result) bool {
			w.block(index, b)
			index++
			return true
		})
	}
	usage := orNull(root.Get("usage"))
	if string(usage) == "null" {
		usage = wireUsage(nil)
	}
	w.write(finishEvent(orNull(root.Get("stop_reason")), orNull(root.Get("stop_sequence")), usage))
	w.write(stopEvent)
	return w.out, nil
}

// begunMessage is a message as its first event shows it: nothing is said yet.
func begunMessage(body []byte) []byte {
	usage := jsonx.Get(body, "usage")
	if len(usage) == 0 || usage[0] != '{' {
		usage = wireUsage(nil)
	}
	null := []byte("null")
	return jsonx.Update(body, jsonx.Change{Name: "content", Value: []byte("[]")},
		jsonx.Change{Name: "stop_reason", Value: null}, jsonx.Change{Name: "stop_sequence", Value: null},
		jsonx.Change{Name: "usage", Value: with(usage, "output_tokens", []byte("0"))})
}

func orNull(v gjson.Result) []byte {
	if !v.Exists() {
		return []byte("null")
	}
	return []byte(v.Raw)
}

// eventWriter collects the events of one answer.
type eventWriter struct{ out []gateway.Chunk }

func (w *eventWriter) write(raw []byte) {
	c := gateway.Chunk{Raw: raw, Dialect: Dialect{}}
	c.Read()
	w.out = append(w.out, c)
}

// piece writes one piece of a block, unless value is an empty string.
func (w *eventWriter) piece(index int, kind, key string, value []byte) {
	if string(value) != `""` {
		w.write(pieceEvent(index, kind, key, value))
	}
}

func (w *eventWriter) block(index int, b gjson.Result) {
	if !b.IsObject() {
		return
	}
	start, empty := []byte(b.Raw), []byte(`""`)
	m := lastMembers(b, "type", "text", "citations", "thinking", "signature", "input")
	switch kind := text(m["type"]); {
	case kind == "text" && m["text"].Type == gjson.String:
		start = with(start, "text", empty)
		cited := m["citations"].IsArray()
		if cited {
			start = with(start, "citations", []byte("[]"))
		}
		w.write(startEvent(index, start))
		if cited {
			m["citations"].ForEach(func(_, c gjson.Result) bool {
				w.write(pieceEvent(index, "citations_delta", "citation", []byte(c.Raw)))
				return true
			})
		}
		w.piece(index, "text_delta", "text", jsonx.Quote(m["text"].Str))
	case kind == "thinking" && m["thinking"].Type == gjson.String:
		start = with(start, "thinking", empty)
		if m["signature"].Type == gjson.String {
			start = with(start, "signature", empty)
		}
		w.write(startEvent(index, start))
		w.piece(index, "thinking_delta", "thinking", jsonx.Quote(m["thinking"].Str))
		if m["signature"].Type == gjson.String {
			w.piece(index, "signature_delta", "signature", jsonx.Quote(m["signature"].Str))
		}
	case kind == "tool_use" && m["input"].Exists():
		w.write(startEvent(index, with(start, "input", []byte("{}"))))
		w.piece(index, "input_json_delta", "partial_json", jsonx.Quote(inputText(m["input"])))
	default:
		w.write(startEvent(index, start))
	}
	w.write(endEvent(index))
}

// inputText is the text of a tool's input, as its pieces have it. A call that was cut off
// has it as a string; see inputValue.
func inputText(v gjson.Result) string {
	if v.Type == gjson.String && v.Str != "" && !jsonx.Valid([]byte(v.Str)) {
		return v.Str
	}
	return v.Raw
}
