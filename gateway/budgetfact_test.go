package gateway_test

import (
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// TestFullestBudget: of several budgets the one that stops the caller first is told; of spent ones
// the one that does so longest.
func TestFullestBudget(t *testing.T) {
	tomorrow, later := time.Unix(1, 0), time.Unix(2, 0)
	half, most := gateway.BudgetFact{Limit: 10, Spent: 5, Period: "half"}, gateway.BudgetFact{Limit: 10, Spent: 9, Period: "most"}
	day, month := gateway.BudgetFact{Limit: 1, Spent: 1, Period: "day", Resets: tomorrow}, gateway.BudgetFact{Limit: 1, Spent: 2, Period: "month", Resets: later}
	life := gateway.BudgetFact{Limit: 0, Period: "life"}
	for _, c := range []struct {
		budgets []gateway.BudgetFact
		want    string
	}{{nil, ""}, {[]gateway.BudgetFact{half, most}, "most"}, {[]gateway.BudgetFact{most, half}, "most"}, {[]gateway.BudgetFact{most, day}, "day"}, {[]gateway.BudgetFact{day, most}, "day"},
		{[]gateway.BudgetFact{day, month}, "month"}, {[]gateway.BudgetFact{month, day}, "month"}, {[]gateway.BudgetFact{month, life}, "life"}, {[]gateway.BudgetFact{life, month}, "life"}} {
		got := gateway.FullestBudget(c.budgets)
		if c.want == "" && got != nil || c.want != "" && (got == nil || got.Period != c.want) {
			t.Errorf("%v: %v, want %q", c.budgets, got, c.want)
		}
	}
}
