package anthropic

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/promptparts"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Prompt implements gateway.PromptFormat. Anthropic caches tools, then system, then messages; a
// change of tool_choice or of the budget for thinking loses what is cached of the messages. The
// billing line of Claude Code is no part: Anthropic takes it out of the prompt, and other servers
// do not get it.
func (Dialect) Prompt(raw []byte) gateway.Prompt {
	var tools, system, choice, thinking, messages gateway.Span
	for m := range jsonx.Members(raw) {
		at := gateway.Span{Start: m.Start, End: m.End}
		switch m.Key {
		case "tools":
			tools = at
		case "system":
			system = at
		case "tool_choice":
			choice = at
		case "thinking":
			thinking = at
		case "messages":
			messages = at
		}
	}
	b := promptparts.New(raw)
	for e := range jsonx.Elements(raw[tools.Start:tools.End]) {
		b.Tool(gateway.Span{Start: tools.Start + e.Start, End: tools.Start + e.End}, "")
	}
	promptSystem(b, raw, system)
	if choice.End > 0 {
		b.Value(choice)
	}
	for m := range jsonx.Members(raw[thinking.Start:thinking.End]) {
		if m.Key == "type" || m.Key == "budget_tokens" {
			b.Value(gateway.Span{Start: thinking.Start + m.Start, End: thinking.Start + m.End})
		}
	}
	for e := range jsonx.Elements(raw[messages.Start:messages.End]) {
		b.Message(gateway.Span{Start: messages.Start + e.Start, End: messages.Start + e.End}, "content")
	}
	return b.Prompt()
}

func promptSystem(b *promptparts.Builder, raw []byte, system gateway.Span) {
	if system.End == 0 {
		return
	}
	if raw[system.Start] != '[' {
		b.Value(system)
		return
	}
	for e := range jsonx.Elements(raw[system.Start:system.End]) {
		if e.Index > 0 || !isBillingLine(e.Value) {
			b.Block(gateway.Span{Start: system.Start + e.Start, End: system.Start + e.End})
		}
	}
}
