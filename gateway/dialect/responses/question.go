package responses

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
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
		text, asked = message.UserText(e.Value, input.Start+e.Start)
	}
	return text, asked
}
