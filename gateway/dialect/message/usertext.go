package message

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// UserText is the span of the last text of a message in OpenAI's formats, if the user wrote it; base is
// the offset of the message.
func UserText(message []byte, base int) (gateway.Span, bool) {
	user, text := false, gateway.Span{}
	for m := range jsonx.Members(message) {
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
