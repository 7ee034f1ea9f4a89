package responses

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/promptparts"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Prompt implements gateway.PromptFormat. A request that goes on from an earlier response has no
// parts: the vendor holds what comes before its input.
func (Dialect) Prompt(raw []byte) gateway.Prompt {
	var tools, format, instructions, input gateway.Span
	for m := range jsonx.Members(raw) {
		at := gateway.Span{Start: m.Start, End: m.End}
		switch m.Key {
		case "tools":
			tools = at
		case "text":
			for f := range jsonx.Members(m.Value) {
				if f.Key == "format" {
					format = gateway.Span{Start: m.Start + f.Start, End: m.Start + f.End}
				}
			}
		case "instructions":
			instructions = at
		case "input":
			input = at
		case "previous_response_id", "conversation":
			if m.Value[0] != 'n' {
				return gateway.Prompt{}
			}
		}
	}
	b := promptparts.New(raw)
	for e := range jsonx.Elements(raw[tools.Start:tools.End]) {
		b.Value(gateway.Span{Start: tools.Start + e.Start, End: tools.Start + e.End})
	}
	for _, at := range []gateway.Span{format, instructions} {
		if at.End > 0 {
			b.Value(at)
		}
	}
	if input.End > 0 && raw[input.Start] == '"' {
		b.BeginMessage()
		b.Value(input)
	}
	for e := range jsonx.Elements(raw[input.Start:input.End]) {
		promptItem(b, gateway.Span{Start: input.Start + e.Start, End: input.Start + e.End}, e.Value)
	}
	return b.Prompt()
}

// promptItem adds an item of the input. Only a message has a content of several parts.
func promptItem(b *promptparts.Builder, at gateway.Span, item []byte) {
	if jsonx.Get(item, "role") != nil {
		b.Message(at, "content")
		return
	}
	b.Item(at)
}
