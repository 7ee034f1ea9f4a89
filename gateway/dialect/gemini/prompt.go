package gemini

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/promptparts"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Prompt implements gateway.PromptFormat. Google does not say in which order it caches; tools
// and the system instruction count before the contents.
func (Dialect) Prompt(raw []byte) gateway.Prompt {
	var tools, system, contents gateway.Span
	for m := range jsonx.Members(raw) {
		at := gateway.Span{Start: m.Start, End: m.End}
		switch camel(m.Key) {
		case "tools":
			tools = at
		case "systemInstruction":
			system = at
		case "contents":
			contents = at
		}
	}
	b := promptparts.New(raw)
	for e := range jsonx.Elements(raw[tools.Start:tools.End]) {
		b.Value(gateway.Span{Start: tools.Start + e.Start, End: tools.Start + e.End})
	}
	if system.End > 0 {
		b.Value(system)
	}
	if contents.End > 0 && raw[contents.Start] == '{' {
		b.Message(contents, "parts")
	}
	for e := range jsonx.Elements(raw[contents.Start:contents.End]) {
		b.Message(gateway.Span{Start: contents.Start + e.Start, End: contents.Start + e.End}, "parts")
	}
	return b.Prompt()
}
