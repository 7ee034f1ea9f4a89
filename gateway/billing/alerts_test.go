package billing_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing"
	"github.com/sluicegate/sluice/gateway/billing/billingtest"
	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/gateway/billing/ledger"
	"github.com/sluicegate/sluice/gateway/policy"
)

// alarms keeps what it was told.
type alarms struct {
	mu   sync.Mutex
	told []billing.Crossing
}

func (a *alarms) Reached(c billing.Crossing) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.told = append(a.told, c)
}

func (a *alarms) percents() []int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	var out []int64
	for _, c := range a.told {
		out = append(out, c.Percent)
	}
	return out
}

// Each share of a budget is told once, when the call that crosses it is settled. A call that
// crosses several tells the highest.
func TestAlertsTellEachShareOnce(t *testing.T) {
	const body = `{"model":"gpt-mock","max_tokens":50,"messages":[{"role":"user","content":"Hi"}]}`
	for _, tc := range []struct {
		name   string
		output []int64 // tokens of each call, of which a budget of 0.001 USD pays 500
		want   []int64
	}{
		{"step by step", []int64{50, 50, 50, 50, 50, 50, 50, 50, 50}, []int64{50, 80}},
		{"over two", []int64{420}, []int64{80}},
		{"over three", []int64{500}, []int64{100}},
		{"to the end", []int64{50, 50, 50, 50, 50, 250}, []int64{50, 100}},
		{"below", []int64{249}, nil},
	} {
		a := &alarms{}
		s := start(t, billingtest.NewMemory(), func(c *billing.Config) { c.Alerts = a })
		for _, output := range tc.output {
			p := key(t, s, "0.001")
			must(t, call(t, s, p, body, answering(gateway.Usage{Output: output}, 0)))
		}
		must(t, s.Close(t.Context()))
		if got := a.percents(); !slices.Equal(got, tc.want) {
			t.Errorf("%s: told %v, want %v", tc.name, got, tc.want)
		}
	}
}

// The next process tells what the one before it did not: of an API key, and of a budget with groups
// and a period. Shares are those of the settings.
func TestRemind(t *testing.T) {
	const body = `{"model":"gpt-mock","max_tokens":50,"messages":[{"role":"user","content":"Hi"}]}`
	ctx, memory := t.Context(), billingtest.NewMemory()
	daily := budget.Budget{ID: "b", Name: "daily", Workspace: "w", GroupBy: []policy.Group{{Key: "member"}}, Limit: 1_000_000, Period: budget.Day}
	limits := budget.NewLimits(budget.LimitsConfig{})
	must(t, limits.Declare([]budget.Budget{daily}))
	silent := start(t, memory, func(c *billing.Config) { c.Limits = limits })
	p := *key(t, silent, "0.001")
	p.Workspace, p.Member = "w", "ann"
	must(t, call(t, silent, &p, body, answering(gateway.Usage{Output: 300}, 0)))
	must(t, silent.Close(ctx))

	a := &alarms{}
	next := start(t, memory, func(c *billing.Config) { c.Limits, c.Alerts, c.AlertShares = limits, a, []int64{90, 25, 60} })
	key(t, next, "0.001")
	must(t, next.Remind(ctx))
	must(t, next.Remind(ctx))
	must(t, next.Close(ctx))
	if len(a.told) != 4 {
		t.Fatalf("told %+v", a.told)
	}
	ofKey, ofBudget := a.told[0], a.told[1]
	if ofKey.Kind != budget.OfAPIKey || ofKey.ID != "k" || ofKey.Percent != 60 || ofKey.Spent != 600_000 || !ofKey.Resets.IsZero() {
		t.Errorf("of the API key: %+v", ofKey)
	}
	if ofBudget.Kind != budget.OfBudget || ofBudget.ID != "b" || ofBudget.Name != "daily" || ofBudget.Percent != 60 || ofBudget.Resets.IsZero() || len(ofBudget.Group) != 1 || ofBudget.Group[0].Value != "ann" {
		t.Errorf("of the budget: %+v", ofBudget)
	}
	if again := a.told[3]; again.Account != ofBudget.Account || again.Limit != ofBudget.Limit {
		t.Errorf("told again as another account: %+v", again)
	}
}

// What a process had reserved when it died is spent at the next start, which tells the shares that
// this crosses.
func TestRecoveredReservationsAreTold(t *testing.T) {
	ctx, memory := t.Context(), billingtest.NewMemory()
	limits := budget.NewLimits(budget.LimitsConfig{})
	must(t, limits.Declare([]budget.Budget{{ID: "b", Name: "all", Limit: 1_000_000, Period: budget.Life}}))
	_, err := memory.Post(ctx, []ledger.Reservation{{ID: "dead", APIKey: "k", Amount: 850_000,
		Claims: []ledger.Claim{{Account: "k", Limit: 1_000_000}, {Account: "budget/b", Budget: "b", Limit: 1_000_000}}}}, nil)
	must(t, err)
	a := &alarms{}
	s := start(t, memory, func(c *billing.Config) { c.Limits, c.Alerts = limits, a })
	key(t, s, "0.001")
	must(t, s.Remind(ctx))
	must(t, s.Close(ctx))
	if len(a.told) != 2 || a.told[0].Account != "k" || a.told[1].ID != "b" || !slices.Equal(a.percents(), []int64{80, 80}) || a.told[1].Spent != 850_000 {
		t.Errorf("told %+v", a.told)
	}
}
