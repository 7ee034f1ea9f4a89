package anthropic

import (
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/catalog"
	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// effortOf is the effort that a budget stands for.
func effortOf(budget int64) string {
	medium, _ := catalog.ThinkingBudget("medium")
	high, _ := catalog.ThinkingBudget("high")
	switch {
	case budget < medium:
		return "low"
	case budget < high:
		return "medium"
	}
	return "high"
}

// limits is how long and how much the model may think and write.
type limits struct {
	maxTokens int64
	thinking  []byte // the "thinking" object, nil for none
	effort    string // of output_config, "" for none
}

// limitsOf maps the caller's limit, effort and budget to what the model takes. A budget is
// part of Anthropic's limit, so it is added to a limit that did not count it. toolsThink
// says that every tool call comes with the reasoning that led to it, which Anthropic
// demands of a request that thinks.
func limitsOf(m *message.Request, gen generation, toolsThink bool) limits {
	l := limits{}
	l.maxTokens, _ = catalog.DefaultMaxTokens("anthropic")
	if m.MaxTokens != nil {
		l.maxTokens = *m.MaxTokens
	}
	r := m.Reasoning
	if r.Native != nil {
		l.native(m, gen)
		return l
	}
	effort, budget := r.Effort, r.Budget
	if effort == "" && budget > 0 {
		effort = effortOf(budget)
	}
	usual, known := catalog.ThinkingBudget(effort)
	if budget <= 0 {
		budget = usual
	}
	switch {
	case !known: // none, or no word that we know
	case gen.adaptive:
		l.effort = supported(effort, gen)
		m.SentEffort(l.effort)
		l.thinking = []byte(`{"type":"adaptive"}`)
		if gen.newest { // it does not show its reasoning unless asked
			l.thinking = []byte(`{"type":"adaptive","display":"summarized"}`)
		}
	case toolsThink && takesBudget(m.Model):
		budget = max(budget, catalog.MinThinkingBudget)
		l.maxTokens += budget
		l.thinking = []byte(`{"type":"enabled","budget_tokens":` + string(number(budget)) + `}`)
	}
	return l
}

// native takes over a "thinking" object in Anthropic's own words. An effort beside a budget
// was derived from it.
func (l *limits) native(m *message.Request, gen generation) {
	own := gjson.ParseBytes(m.Reasoning.Native)
	kind := text(own.Get("type"))
	if kind != "disabled" { // the default, and some models refuse the word
		l.thinking = m.Reasoning.Native
	}
	if kind == "enabled" {
		if m.MaxTokens == nil {
			l.maxTokens += own.Get("budget_tokens").Int()
		}
		return
	}
	if _, known := catalog.ThinkingBudget(m.Reasoning.Effort); gen.adaptive && known {
		l.effort = supported(m.Reasoning.Effort, gen)
		m.SentEffort(l.effort)
	}
}

// supported is the nearest effort that a model takes.
func supported(effort string, gen generation) string {
	switch {
	case effort == "minimal":
		return "low"
	case effort == "xhigh" && !gen.newest:
		return "high"
	}
	return effort
}
