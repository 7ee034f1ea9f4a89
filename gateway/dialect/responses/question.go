package responses

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Question implements gateway.RequestFormat: an input that is a string, or the last text of the
// last item.
func (Dialect) Question(raw []byte) (gateway.Span, bool) {
	var input jsonx.Member
	for m := range jsonx.Members(raw) {
		if m.Key == "input" {
			input = m
		}
	}
	if len(input.Value) == 0 {
		return gateway.Span{}, false
	}
	if input.Value[0] == '"' {
		return gateway.Span{Start: input.Start, End: input.End}, len(input.Value) > len(`""`)
	}
	text, asked := gateway.Span{}, false
	for e := range jsonx.Elements(input.Value) {
		if len(jsonx.Get(e.Value, "encrypted_content")) > len(`null`) {
			return gateway.Span{}, false
		}
		text, asked = userText(e.Value, input.Start+e.Start)
	}
	return text, asked
}

// userText is the span of the last text of an item, if the user wrote it; base is the item's
// offset.
func userText(item []byte, base int) (gateway.Span, bool) {
	user, text := false, gateway.Span{}
	for m := range jsonx.Members(item) {
		switch m.Key {
		case "role":
			user = jsonx.String(m.Value) == "user"
		case "content":
			text = lastText(m.Value, base+m.Start)
		}
	}
	return text, user && text.End > text.Start
}

// lastText is the span of a content that is a string, or of its last text part; base is the
// content's own offset.
func lastText(content []byte, base int) gateway.Span {
	if content[0] == '"' {
		return gateway.Span{Start: base, End: base + len(content)}
	}
	found := gateway.Span{}
	for e := range jsonx.Elements(content) {
		for m := range jsonx.Members(e.Value) {
			if m.Key == "text" && m.Value[0] == '"' {
				found = gateway.Span{Start: base + e.Start + m.Start, End: base + e.Start + m.End}
			}
		}
	}
	return found
}
