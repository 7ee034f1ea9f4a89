package openai

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/promptparts"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Prompt implements gateway.PromptFormat. OpenAI caches tools and the schema of the answer with
// the messages behind them.
func (Dialect) Prompt(raw []byte) gateway.Prompt {
	var tools, format, messages gateway.Span
	for m := range jsonx.Members(raw) {
		at := gateway.Span{Start: m.Start, End: m.End}
		switch m.Key {
		case "tools":
			tools = at
		case "response_format":
			format = at
		case "messages":
			messages = at
		}
	}
	b := promptparts.New(raw)
	for e := range jsonx.Elements(raw[tools.Start:tools.End]) {
		b.Tool(gateway.Span{Start: tools.Start + e.Start, End: tools.Start + e.End}, "function")
	}
	if format.End > 0 {
		b.Value(format)
	}
	for e := range jsonx.Elements(raw[messages.Start:messages.End]) {
		b.Message(gateway.Span{Start: messages.Start + e.Start, End: messages.Start + e.End}, "content")
	}
	return b.Prompt()
}
