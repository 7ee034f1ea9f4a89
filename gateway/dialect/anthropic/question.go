package anthropic

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Question implements gateway.RequestFormat: a string content, or the last text block of
// the last message.
func (Dialect) Question(raw []byte) (gateway.Span, bool) {
	var messages jsonx.Member
	for m := range jsonx.Members(raw) {
		if m.Key == "messages" {
			messages = m
		}
	}
	var last turn
	for e := range jsonx.Elements(messages.Value) {
		if last.signed {
			return gateway.Span{}, false
		}
		last = readTurn(e.Value, messages.Start+e.Start)
	}
	ok := last.role == "user" && !last.signed && !last.result && last.text.End > last.text.Start
	if !ok {
		return gateway.Span{}, false
	}
	return last.text, true
}

// turn is what Question needs of one message.
type turn struct {
	role   string
	text   gateway.Span // of a string content, or of its last text block; with quotes
	result bool         // it holds the result of a tool
	signed bool         // it holds signed or encrypted reasoning
}

// readTurn reads one message; base is its offset in the body.
func readTurn(message []byte, base int) turn {
	var t turn
	for m := range jsonx.Members(message) {
		switch m.Key {
		case "role":
			t.role = jsonx.String(m.Value)
		case "content":
			if m.Value[0] == '"' {
				t.text = gateway.Span{Start: base + m.Start, End: base + m.End}
			}
			for e := range jsonx.Elements(m.Value) {
				t.block(e.Value, base+m.Start+e.Start)
			}
		}
	}
	return t
}

func (t *turn) block(block []byte, base int) {
	kind, signature, text := "", "", gateway.Span{}
	for m := range jsonx.Members(block) {
		switch m.Key {
		case "type":
			kind = jsonx.String(m.Value)
		case "signature":
			signature = jsonx.String(m.Value)
		case "text":
			if m.Value[0] == '"' {
				text = gateway.Span{Start: base + m.Start, End: base + m.End}
			}
		}
	}
	switch kind {
	case "text":
		t.text = text
	case "tool_result":
		t.result = true
	case "thinking":
		t.signed = t.signed || signature != ""
	case "redacted_thinking":
		t.signed = true
	}
}
