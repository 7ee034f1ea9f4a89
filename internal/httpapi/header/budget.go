package header

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// unified begins the headers in which Claude Code reads how much of its budget is used: those that
// Anthropic sends its subscribers (https://code.claude.com/docs/en/llm-gateway-protocol).
const unified = "Anthropic-Ratelimit-Unified-"

// The parts of a budget from which on Claude Code shows a notice.
var budgetThresholds = []string{"0.95", "0.75"}

// budgetPeriods are the words for periods.
var budgetPeriods = map[string]string{"day": "daily", "week": "weekly", "month": "monthly"}

// setBudget tells the callers of Anthropic's surface the fullest budget of theirs.
func (a Answer) setBudget(to http.Header) {
	b := gateway.FullestBudget(a.Budgets)
	if !a.Anthropic || b == nil {
		return
	}
	set := func(name, value string) { to.Set(unified+name, value) }
	if !b.Resets.IsZero() {
		reset := strconv.FormatInt(b.Resets.Unix(), 10)
		set("Reset", reset)
		set("Overage-Reset", reset)
	}
	if a.Spent {
		// Without the claim and the overage's status, Claude Code shows the error's own message.
		set("Status", "rejected")
		set("Overage-Utilization", "1")
		set("Overage-Surpassed-Threshold", "1")
		set("Overage-Disabled-Reason", "org_spend_cap_reached")
		if period := budgetPeriods[b.Period]; period != "" {
			set("Overage-Period", period)
		}
		return
	}
	used := strconv.FormatFloat(min(float64(int(b.Used()*100))/100, 0.99), 'f', 2, 64)
	status := "allowed"
	for _, threshold := range budgetThresholds {
		if strings.Compare(used, threshold) >= 0 {
			set("Overage-Surpassed-Threshold", threshold)
			status = "allowed_warning"
			break
		}
	}
	set("Status", status)
	set("Overage-Status", status)
	set("Representative-Claim", "overage")
	set("Overage-Utilization", used)
}
