package budget_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/gateway/policy"
)

// TestOwn: the budgets of a key are replaced as a whole, hidden from the list of budgets, and what a
// budget has counted goes on counting as long as its period stays.
func TestOwn(t *testing.T) {
	now, n := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC), 0
	l := budget.NewLimits(budget.LimitsConfig{Store: forgetful{}, Now: func() time.Time { return now }, NewID: func(time.Time) string { n++; return fmt.Sprintf("b%d", n) }})
	owner := policy.Owner{Attribute: "virtual_key", ID: "vk"}
	set := func(budgets ...budget.Budget) {
		t.Helper()
		if err := l.SetOwn(t.Context(), "w1", owner, "vk", budgets); err != nil {
			t.Fatal(err)
		}
	}
	set(budget.Budget{Limit: 5, Period: budget.Month, TimeZone: "Europe/Berlin"}, budget.Budget{Limit: 1, Period: budget.Day})
	own := l.Own("w1", owner)
	if len(own) != 2 || own[0].Period != budget.Day || own[1].Limit != 5 || own[1].TimeZone != "Europe/Berlin" || len(own[0].Conditions) != 0 {
		t.Errorf("%+v", own)
	}
	if len(l.Own("w2", owner)) != 0 || len(l.Budgets("w1")) != 0 {
		t.Error("the budgets of a key are listed elsewhere")
	}
	if _, err := l.Budget("w1", own[0].ID); gateway.AsError(err).Kind != gateway.NotFound {
		t.Errorf("%v", err)
	}
	set(budget.Budget{Limit: 7, Period: budget.Month})
	if after := l.Own("w1", owner); len(after) != 1 || after[0].ID != own[1].ID || after[0].Limit != 7 {
		t.Errorf("%+v", after)
	}
	set()
	if after := l.Own("w1", owner); len(after) != 0 {
		t.Errorf("%+v", after)
	}
}

func TestOwnRefuses(t *testing.T) {
	month := budget.Budget{Limit: 1, Period: budget.Month}
	for name, c := range map[string]struct {
		budgets []budget.Budget
		param   string
	}{
		"zero":      {[]budget.Budget{{Period: budget.Day}}, "budgets[0].credit_limit"},
		"no period": {[]budget.Budget{month, {Limit: 1}}, "budgets[1].period"},
		"no zone":   {[]budget.Budget{{Limit: 1, Period: budget.Day, TimeZone: "Mars/Olympus"}}, "budgets[0].time_zone"},
		"twice":     {[]budget.Budget{month, month}, "budgets[1]"},
	} {
		if e := gateway.AsError(budget.CheckOwn("budgets", c.budgets, time.Now())); e == nil || e.Kind != gateway.Invalid || e.Param != c.param {
			t.Errorf("%s: %v", name, e)
		}
	}
}

// forgetful is a store that keeps nothing.
type forgetful struct{ budget.Store }

func (forgetful) ChangeBudgets(context.Context, []budget.Budget, []string) error { return nil }
