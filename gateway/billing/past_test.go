package billing_test

import (
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway/billing"
	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/gateway/policy"
)

// TestPastCalls: a call is charged in the period in which it was made, once, to the budgets of its
// caller, whatever their limits are; the ledger adds up.
func TestPastCalls(t *testing.T) {
	c := clockAt("2026-11-29T12:00:00Z")
	s, ledger, p := budgeted(t, c, budget.Budget{Name: "each day", Period: budget.Day, Limit: 100, GroupBy: []policy.Group{{Key: "team"}}},
		budget.Budget{Name: "others", Limit: 100, Conditions: []policy.Condition{{Key: "team", Values: policy.Values{"ops"}}}})
	calls := []billing.PastCall{
		{ID: "a", By: p, At: c.now().Add(-30 * time.Hour), Provider: "mock", Price: 70, Cost: 50},
		{ID: "b", By: p, At: c.now(), Provider: "mock", Price: 60, Cost: 60},
		{ID: "c", By: p, At: c.now(), Provider: "mock", Price: 90, Cost: 60},
	}
	must(t, s.Book(t.Context(), calls))
	must(t, s.Book(t.Context(), nil))
	for after, want := range map[time.Duration]int64{-30 * time.Hour: 220, 0: 150} {
		groups, err := ledger.Groups(t.Context(), "each day", c.now().Add(after), 10)
		sum := int64(0)
		for _, g := range groups {
			sum += g.Spent
		}
		if err != nil || sum != want {
			t.Errorf("spent in periods that end after %s: %d, want %d (%v)", after, sum, want, err)
		}
	}
	if v, err := ledger.Verify(t.Context()); err != nil || !v.Sound() || v.Reservations != 0 {
		t.Errorf("%+v %v", v, err)
	}
}
