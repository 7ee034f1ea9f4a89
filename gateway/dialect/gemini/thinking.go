package gemini

import (
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// budgets are the thinkingBudgets that Google documents for OpenAI's efforts, of models that
// take a budget.
var budgets = map[string]int64{"none": 0, "minimal": 1_024, "low": 1_024, "medium": 8_192, "high": 24_576, "xhigh": 24_576, "max": 32_768}

// readThinking reads a thinkingConfig. A budget of -1 leaves it to the model.
func readThinking(m *message.Request, f fields) {
	m.Reasoning.Hidden = f["includeThoughts"].Type != gjson.True
	if level := strings.ToLower(f.text("thinkingLevel")); level != "" && level != "thinking_level_unspecified" {
		m.Reasoning.Effort = level
	}
	budget := f["thinkingBudget"]
	switch n := budget.Int(); {
	case !given(budget) || n < 0:
	case n == 0:
		m.Reasoning.Effort = "none"
	default:
		m.Reasoning.Budget = n
		if m.Reasoning.Effort == "" {
			m.Reasoning.Effort = effortOf(n)
		}
	}
}

// effortOf is the effort that a budget stands for.
func effortOf(budget int64) string {
	switch {
	case budget < budgets["medium"]/2:
		return "low"
	case budget < budgets["high"]/2:
		return "medium"
	}
	return "high"
}

// thinkingConfig is how much the model shall think, and whether it shows its thoughts.
type thinkingConfig struct {
	Include bool   `json:"includeThoughts,omitempty"`
	Budget  *int64 `json:"thinkingBudget,omitempty"`
	Level   string `json:"thinkingLevel,omitempty"`
}

// thinkingOf maps the caller's effort and budget to what the model takes; nil leaves it to
// the model. "none" is the least that it can think.
func thinkingOf(r message.Reasoning, model string) *thinkingConfig {
	effort, budget := r.Effort, r.Budget
	usual, known := budgets[effort]
	switch {
	case !known && budget <= 0, !strings.Contains(strings.ToLower(model), "gemini"): // Gemma does not think
		return nil
	case budget <= 0:
		budget = usual
	case effort == "":
		effort = effortOf(budget)
	}
	config := &thinkingConfig{Include: budget > 0}
	v := versionOf(model)
	if v.number >= 300 {
		config.Level = v.level(effort)
		return config
	}
	budget = min(max(budget, v.least()), v.most())
	config.Budget = &budget
	return config
}

// version is what a Gemini model can do, told from its name.
type version struct {
	number int // 205 for 2.5
	pro    bool
}

// versionOf reads "gemini-2.5-flash-lite", "models/gemini-3.1-pro-preview". A model without
// a number counts as the newest.
func versionOf(model string) version {
	_, rest, _ := strings.Cut(strings.ToLower(model), "gemini-")
	v := version{pro: strings.Contains(rest, "pro")}
	major, minor, dot := 0, 0, false
	for _, c := range rest {
		switch {
		case c == '.' && !dot:
			dot = true
			continue
		case c < '0' || c > '9':
		case dot:
			minor = minor*10 + int(c-'0')
			continue
		default:
			major = major*10 + int(c-'0')
			continue
		}
		break
	}
	if v.number = major*100 + minor; v.number == 0 {
		v.number = 999
	}
	return v
}

// level is the nearest thinkingLevel that the model takes.
func (v version) level(effort string) string {
	switch {
	case effort == "none" || effort == "minimal":
		if v.pro {
			return "low"
		}
		return "minimal"
	case effort == "medium" && v.pro && v.number == 300:
		return "high"
	case effort == "xhigh" || effort == "max":
		return "high"
	}
	return effort
}

// least and most are the bounds of a thinkingBudget.
func (v version) least() int64 {
	if v.pro {
		return 128
	}
	return 0
}

func (v version) most() int64 {
	if v.pro {
		return 32_768
	}
	return 24_576
}
