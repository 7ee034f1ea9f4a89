package billing_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing"
	"github.com/sluicegate/sluice/gateway/billing/billingtest"
	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/gateway/policy"
)

// ruleStore is a budget.Store in memory that counts its writes.
type ruleStore struct {
	budget.Store
	wallets map[string]budget.Wallet
	credits map[string]int64
	writes  int
}

func (s *ruleStore) ChangeBudgets(context.Context, []budget.Budget, []string) error {
	s.writes++
	return nil
}

func (s *ruleStore) CreateWallet(_ context.Context, w budget.Wallet) error {
	s.writes++
	s.wallets[w.ID] = w
	return nil
}

func (s *ruleStore) CreditWallet(_ context.Context, id string, c budget.Credit) (budget.Wallet, bool, error) {
	s.writes++
	w := s.wallets[id]
	if _, before := s.credits[c.Reference]; before {
		return w, false, nil
	}
	s.credits[c.Reference] = c.Amount
	w.Credited += c.Amount
	s.wallets[id] = w
	return w, true, nil
}

func rules(c *clock) (*budget.Limits, *ruleStore) {
	s := &ruleStore{wallets: map[string]budget.Wallet{}, credits: map[string]int64{}}
	exists := func(_ context.Context, _ string, key policy.Attribute, value string) (bool, error) {
		return key != "api_key" || value == "ci", nil
	}
	return budget.NewLimits(budget.LimitsConfig{Store: s, Now: c.now, Exists: exists, NewID: func(time.Time) string { return "id" }}), s
}

// What cannot be meant is refused by the name of the field, and nothing is saved.
func TestBadBudgets(t *testing.T) {
	good := func() budget.Budget {
		return budget.Budget{Name: "b", Limit: 1, Period: budget.Month, TimeZone: "Europe/Berlin"}
	}
	where := func(conditions ...policy.Condition) func(*budget.Budget) {
		return func(b *budget.Budget) { b.Conditions = conditions }
	}
	c := clockAt("2026-11-29T12:00:00Z")
	for field, edits := range map[string][]func(*budget.Budget){
		"name":                 {func(b *budget.Budget) { b.Name = "" }, func(b *budget.Budget) { b.Name = strings.Repeat("n", 129) }},
		"credit_limit":         {func(b *budget.Budget) { b.Limit = 0 }, func(b *budget.Budget) { b.Limit = -5 }, func(b *budget.Budget) { b.Limit = 9_000_000_000_000_000_001 }},
		"period":               {func(b *budget.Budget) { b.Period = "" }, func(b *budget.Budget) { b.Period = "year" }},
		"time_zone":            {func(b *budget.Budget) { b.TimeZone = "Mars/Olympus" }, func(b *budget.Budget) { b.TimeZone = "Local" }},
		"ends_at":              {func(b *budget.Budget) { b.Ends = c.now() }, func(b *budget.Budget) { b.Ends = c.now().Add(-time.Hour) }},
		"conditions[0].key":    {where(policy.Condition{Key: "planet", Values: policy.Values{"x"}})},
		"conditions[0].value":  {where(policy.Condition{Key: "model"}), where(policy.Condition{Key: "api_key", Values: policy.Values{"nobody"}})},
		"conditions[0].value ": {where(policy.Condition{Key: "address", Values: policy.Values{"10.0.0.0/8"}}), where(policy.Condition{Key: "address", Values: policy.Values{"localhost"}})},
		"conditions[1]": {where(policy.Condition{Key: "model", Values: policy.Values{"a"}}, policy.Condition{Key: "model", Values: policy.Values{"a"}, Excludes: true}),
			where(policy.Condition{Key: "user", Values: policy.Values{"a", "b"}}, policy.Condition{Key: "user", Values: policy.Values{"c"}})},
		"group_by[0].key": {func(b *budget.Budget) { b.GroupBy = []policy.Group{{Key: "planet"}} }},
	} {
		for i, edit := range edits {
			l, store := rules(c)
			b := good()
			edit(&b)
			_, err := l.PutBudget(t.Context(), b)
			if e := wantKind(t, field, err, gateway.Invalid); e.Param != strings.TrimSpace(field) || store.writes != 0 || len(l.Budgets("")) != 0 {
				t.Errorf("%s %d: names %q, %d writes: %v", field, i, e.Param, store.writes, err)
			}
		}
	}
	for _, conditions := range [][]policy.Condition{
		nil,
		{{Key: "address", Values: policy.Values{"10.*", "2001:db8::1"}}},
		{{Key: "user", Values: policy.Values{"a*"}}, {Key: "user", Values: policy.Values{"b", "ann"}}},
		{{Key: "model", Values: policy.Values{"gpt-mock"}}, {Key: "model", Values: policy.Values{"mock/gpt-mock"}}}, // a model has several names
	} {
		l, _ := rules(c)
		b := good()
		b.Conditions = conditions
		b, err := l.PutBudget(t.Context(), b)
		if must(t, err); b.ID != "id" || len(l.Budgets("w")) != 1 {
			t.Errorf("%+v", b)
		}
	}
}

func TestBadCredits(t *testing.T) {
	l, store := rules(clockAt("2026-11-29T12:00:00Z"))
	_, err := l.CreateWallet(t.Context(), budget.Wallet{Workspace: "w"})
	if e := wantKind(t, "a wallet without a name", err, gateway.Invalid); e.Param != "name" {
		t.Error(err)
	}
	w, err := l.CreateWallet(t.Context(), budget.Wallet{Name: "prepaid", Workspace: "w"})
	must(t, err)
	store.writes = 0
	for field, c := range map[string]budget.Credit{"amount": {Reference: "x"}, "amount ": {Reference: "x", Amount: -1}, "reference": {Amount: 1}, "reference ": {Amount: 1, Reference: strings.Repeat("r", 257)}} {
		_, _, err := l.CreditWallet(t.Context(), w.ID, c)
		if e := wantKind(t, field, err, gateway.Invalid); e.Param != strings.TrimSpace(field) || store.writes != 0 {
			t.Errorf("%s: names %q, %d writes", field, e.Param, store.writes)
		}
	}
}

// A wallet pays for its workspace; without money in it calls are refused until it is credited.
func TestWalletPays(t *testing.T) {
	c := clockAt("2026-11-29T12:00:00Z")
	limits, _ := rules(c)
	ledger := billingtest.NewMemory()
	s := start(t, ledger, func(cfg *billing.Config) { cfg.Limits, cfg.Patience = limits, time.Minute })
	p := &gateway.Principal{Workspace: "w", Role: gateway.RoleMember, APIKey: "k"}
	must(t, call(t, s, p, bounded, greedy))
	w, err := limits.CreateWallet(t.Context(), budget.Wallet{Name: "prepaid", Workspace: "w"})
	must(t, err)
	e := wantKind(t, "an empty wallet", call(t, s, p, bounded, greedy), gateway.Exhausted)
	if !strings.Contains(e.Public, "wallet 'prepaid' is empty") || e.RetryAfter != 0 {
		t.Errorf("%+v", e)
	}
	for range 2 {
		_, _, err = limits.CreditWallet(t.Context(), w.ID, budget.Credit{Reference: "first", Amount: 2*boundedCost + 5})
		must(t, err)
	}
	must(t, call(t, s, p, bounded, greedy))
	must(t, call(t, s, p, bounded, greedy))
	if e = wantKind(t, "5 nano-USD", call(t, s, p, bounded, greedy), gateway.Exhausted); !strings.Contains(e.Public, "only 0.000000005 of the") {
		t.Error(e.Public)
	}
	must(t, call(t, s, &gateway.Principal{Workspace: "v", APIKey: "k2"}, bounded, greedy))
	if b, err := s.WalletSpending(t.Context(), w); err != nil || b.Spent != 2*boundedCost || b.Reserved != 0 {
		t.Errorf("%+v, %v", b, err)
	}
}

// Explain tells each account that a key's calls count against, and who has reserved what.
func TestExplain(t *testing.T) {
	s, _, p := budgeted(t, clockAt("2026-11-29T12:00:00Z"),
		budget.Budget{Name: "each-member", GroupBy: []policy.Group{{Key: "member"}}, Period: budget.Week, Limit: 1_000_000_000},
		budget.Budget{Name: "each-user", GroupBy: []policy.Group{{Key: "user"}}, Period: budget.Day, TimeZone: "Asia/Tokyo", Limit: 1_000_000_000},
		budget.Budget{Name: "gpt", Conditions: []policy.Condition{{Key: "model", Values: policy.Values{"gpt-*"}}}, Limit: 1_000_000_000},
		budget.Budget{Name: "others", Conditions: []policy.Condition{{Key: "member", Values: policy.Values{"bob"}}}, Limit: 1},
		budget.Budget{Name: "elsewhere", Workspace: "v", Limit: 1})
	must(t, call(t, s, p, bounded, greedy))
	var all []billing.Explanation
	ex, err := run(t, s, p, bounded, func(ctx context.Context, ex *gateway.Exchange) (_ gateway.Stream, err error) {
		all, err = s.Explain(ctx, p)
		must(t, err)
		return greedy(ctx, ex)
	})
	must(t, err)
	for i, want := range []struct {
		name          string
		each, guessed bool
		resets        string
	}{{"each-member", true, false, "2026-11-30T00:00:00Z"}, {"each-user", true, true, "2026-11-29T15:00:00Z"}, {"gpt", false, false, ""}} {
		if len(all) != 3 || len(all[i].Accounts) != 1 {
			t.Fatalf("%+v", all)
		}
		e, a, resets := all[i], all[i].Accounts[0], ""
		if !a.Ends.IsZero() {
			resets = a.Ends.UTC().Format(time.RFC3339)
		}
		if e.Name != want.name || e.Each != want.each || e.Guessed != want.guessed || resets != want.resets || a.Spent != boundedCost || a.Reserved != boundedCost || len(a.Reservations) != 1 ||
			!strings.HasPrefix(a.Reservations[0].ID, ex.ID+"-") || a.Reservations[0].APIKey != "k" || a.Reservations[0].Amount != boundedCost {
			t.Errorf("%+v, want %+v", e, want)
		}
	}
}
