package anthropic

import (
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/dialect/message"
)

const (
	defaultMaxTokens = 4096 // the limit of a request that sets none
	leastBudget      = 1024 // the smallest budget that Anthropic takes
)

// budgets are the tokens of thinking for an effort.
var budgets = map[string]int64{"minimal": leastBudget, "low": leastBudget, "medium": 4096, "high": 16384, "xhigh": 24576, "max": 32000}

// effortOf is the effort that a budget stands for.
func effortOf(budget int64) string {
	switch {
	case budget < budgets["medium"]:
		return "low"
	case budget < budgets["high"]:
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
	l := limits{maxTokens: defaultMaxTokens}
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
	if budget <= 0 {
		budget = budgets[effort]
	}
	switch {
	case budgets[effort] == 0: // none, or no word that we know
	case gen.adaptive:
		l.effort = supported(effort, gen)
		l.thinking = []byte(`{"type":"adaptive"}`)
		if gen.newest { // it does not show its reasoning unless asked
			l.thinking = []byte(`{"type":"adaptive","display":"summarized"}`)
		}
	case toolsThink && takesBudget(m.Model):
		budget = max(budget, leastBudget)
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
	if gen.adaptive && budgets[m.Reasoning.Effort] > 0 {
		l.effort = supported(m.Reasoning.Effort, gen)
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
