package billing_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing"
	"github.com/sluicegate/sluice/gateway/billing/billingtest"
	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/gateway/policy"
)

// clock is one that tests move.
type clock struct{ nanos atomic.Int64 }

func clockAt(text string) *clock {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	c := &clock{}
	c.nanos.Store(at.UnixNano())
	return c
}

func (c *clock) now() time.Time          { return time.Unix(0, c.nanos.Load()) }
func (c *clock) pass(some time.Duration) { c.nanos.Add(int64(some)) }

// budgeted opens a service with budgets, and a caller whose API key has none of its own.
func budgeted(tb testing.TB, c *clock, budgets ...budget.Budget) (*billing.Service, *billingtest.Memory, *gateway.Principal) {
	tb.Helper()
	limits := budget.NewLimits(budget.LimitsConfig{Now: c.now})
	for i := range budgets {
		b := &budgets[i]
		if b.ID = b.Name; b.Period == "" {
			b.Period = budget.Life
		}
	}
	must(tb, limits.Declare(budgets))
	ledger := billingtest.NewMemory()
	s := start(tb, ledger, func(cfg *billing.Config) { cfg.Now, cfg.Limits, cfg.Patience = c.now, limits, time.Minute })
	return s, ledger, &gateway.Principal{Workspace: "w", Role: gateway.RoleMember, APIKey: "k", APIKeyName: "ci", Member: "m1", MemberRef: "ann", Team: "t1", TeamRef: "ml"}
}

// A call that nothing limits does not reach the ledger.
func TestNoBudgetNoLedger(t *testing.T) {
	s, ledger, p := budgeted(t, clockAt("2026-11-29T12:00:00Z"), budget.Budget{Name: "other", Workspace: "v", Limit: 1})
	must(t, call(t, s, p, bounded, gatewaytest.NewHandler().Handle))
	must(t, s.Close(t.Context()))
	if n := ledger.Posts(); n != 0 {
		t.Errorf("%d transactions", n)
	}
}

// A budget concerns what its policy says, and each of its groups has the whole limit.
func TestBudgetsConcernTheirCalls(t *testing.T) {
	is := func(key policy.Attribute, values ...string) []policy.Condition {
		return []policy.Condition{{Key: key, Values: values}}
	}
	by := func(key policy.Attribute) []policy.Group { return []policy.Group{{Key: key}} }
	for name, tc := range map[string]struct {
		budget budget.Budget
		other  func(*gateway.Exchange) // makes a call that the budget does not concern, or another group's
	}{
		"API key":       {budget.Budget{Conditions: is("api_key", "ci")}, func(ex *gateway.Exchange) { ex.Principal.APIKeyName = "cd" }},
		"member":        {budget.Budget{Conditions: is("member", "ann")}, func(ex *gateway.Exchange) { ex.Principal.MemberRef = "bob" }},
		"each member":   {budget.Budget{GroupBy: by("member")}, func(ex *gateway.Exchange) { ex.Principal.Member = "m2" }},
		"team":          {budget.Budget{Conditions: is("team", "ml")}, func(ex *gateway.Exchange) { ex.Principal.TeamRef = "ops" }},
		"each team":     {budget.Budget{GroupBy: by("team")}, func(ex *gateway.Exchange) { ex.Principal.Team = "t2" }},
		"workspace":     {budget.Budget{Workspace: "w"}, func(ex *gateway.Exchange) { ex.Principal.Workspace = "v" }},
		"each end user": {budget.Budget{GroupBy: by("user")}, func(ex *gateway.Exchange) { ex.Envelope.Metadata["_user"] = "u2" }},
		"metadata":      {budget.Budget{Conditions: is("metadata.plan", "trial")}, func(ex *gateway.Exchange) { ex.Envelope.Metadata["plan"] = "paid" }},
		"virtual key":   {budget.Budget{Conditions: is("virtual_key", "prod")}, func(ex *gateway.Exchange) { ex.Plan = planOf("test") }},
		"each vendor": {budget.Budget{GroupBy: by("provider")}, func(ex *gateway.Exchange) {
			ex.Plan = gatewaytest.Plan(&gateway.Target{Path: "config", Provider: "anthropic"})
		}},
		"model": {budget.Budget{Conditions: is("model", "gpt-m*")}, func(ex *gateway.Exchange) {
			ex.Request = gatewaytest.Request(t, strings.Replace(bounded, "gpt-mock", "gpt-served", 1))
		}},
	} {
		tc.budget.Name, tc.budget.Limit = "b", boundedCost+100
		s, ledger, p := budgeted(t, clockAt("2026-11-29T12:00:00Z"), tc.budget)
		spend := func(change func(*gateway.Exchange)) error {
			ex := gatewaytest.Exchange(t, bounded)
			caller := *p
			ex.Principal, ex.Plan = &caller, planOf("prod")
			ex.Envelope.Metadata["_user"], ex.Envelope.Metadata["plan"] = "u1", "trial"
			if change != nil {
				change(ex)
			}
			return drain(pipeline(s, greedy), ex)
		}
		must(t, spend(nil))
		e := wantKind(t, name+": the second call", spend(nil), gateway.Exhausted)
		if !strings.Contains(e.Public, "budget 'b'") || e.Type != "usage_limits_policy_exhaust_error" {
			t.Errorf("%s: %+v", name, e)
		}
		if err := spend(tc.other); err != nil {
			t.Errorf("%s: another call: %v", name, err)
		}
		if v, err := ledger.Verify(t.Context()); err != nil || !v.Sound() {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

// A vendor that bills more than was reserved closes the budget of a key. A budget and a wallet that
// others share are paid from, too: below zero, they refuse whoever calls next, also in another
// process, until there is money again.
func TestOverBoundRefusesSharedBudgets(t *testing.T) {
	c := clockAt("2026-11-29T12:00:00Z")
	const tokens = 50_000
	over, worst := answering(gateway.Usage{Output: tokens}, 0), gateway.Usage{}
	for name, limit := range map[string]func(*budget.Limits) error{
		"budget": func(l *budget.Limits) error {
			return l.Declare([]budget.Budget{{ID: "b", Name: "all", Limit: 2 * boundedCost, Period: budget.Day}})
		},
		"wallet": func(l *budget.Limits) error {
			w, err := l.CreateWallet(t.Context(), budget.Wallet{Name: "all", Workspace: "w"})
			if err == nil {
				_, _, err = l.CreditWallet(t.Context(), w.ID, budget.Credit{Reference: "first", Amount: 2 * boundedCost})
			}
			return err
		},
	} {
		limits, _ := rules(c)
		must(t, limit(limits))
		ledger := billingtest.NewMemory()
		config := billing.Config{Now: c.now, Limits: limits, Patience: time.Minute}
		one, two := startShared(t, ledger, config), startShared(t, ledger, config)
		caller := func(key string) *gateway.Principal { return &gateway.Principal{Workspace: "w", APIKey: key} }
		must(t, call(t, two, caller("b"), bounded, answering(worst, 0))) // it knows the account
		ex, err := run(t, one, caller("a"), bounded, over)
		must(t, err)
		must(t, one.Close(t.Context())) // what was spent is in the ledger
		if spent := ex.Facts.Cost.Nano; !ex.Facts.Cost.OverBound || spent <= 2*boundedCost {
			t.Fatalf("%s: not above its bound: %+v", name, ex.Facts.Cost)
		}
		e := wantKind(t, name, call(t, two, caller("b"), bounded, answering(worst, 0)), gateway.Exhausted)
		if !strings.Contains(e.Public, name+" 'all'") {
			t.Errorf("%s: %q", name, e.Public)
		}
		if v, err := ledger.Verify(t.Context()); err != nil || !v.Sound() {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

func planOf(virtualKey string) *gateway.Plan {
	return gatewaytest.Plan(&gateway.Target{Path: "config", Provider: "mock", VirtualKey: virtualKey})
}

// A budget begins anew with its period, in its time zone. A refusal says when.
func TestBudgetsBeginAnew(t *testing.T) {
	for _, tc := range []struct {
		name   string
		budget budget.Budget
		now    string
		wait   time.Duration
		text   string
	}{
		{"a day", budget.Budget{Period: budget.Day}, "2026-11-29T18:00:00Z", 6 * time.Hour, "a day, is spent. It begins anew at 2026-11-30T00:00:00Z."},
		{"a day in Shanghai", budget.Budget{Period: budget.Day, TimeZone: "Asia/Shanghai"}, "2026-11-29T15:00:00Z", time.Hour, "2026-11-30T00:00:00+08:00"},
		{"23 hours", budget.Budget{Period: budget.Day, TimeZone: "Europe/Berlin"}, "2026-03-28T23:00:00Z", 23 * time.Hour, "2026-03-30T00:00:00+02:00"},
		{"a week", budget.Budget{Period: budget.Week}, "2026-11-29T23:59:59Z", time.Second, "2026-11-30T00:00:00Z"},
		{"a leap month", budget.Budget{Period: budget.Month}, "2028-02-28T12:00:00Z", 36 * time.Hour, "2028-03-01T00:00:00Z"},
	} {
		c := clockAt(tc.now)
		tc.budget.Name, tc.budget.Limit = "b", boundedCost
		s, _, p := budgeted(t, c, tc.budget)
		must(t, call(t, s, p, bounded, greedy))
		e := wantKind(t, tc.name, call(t, s, p, bounded, greedy), gateway.Exhausted)
		if !strings.Contains(e.Public, tc.text) || e.RetryAfter != tc.wait {
			t.Errorf("%s: retry after %v: %s", tc.name, e.RetryAfter, e.Public)
		}
		c.pass(tc.wait - time.Nanosecond)
		wantKind(t, tc.name+", the last instant", call(t, s, p, bounded, greedy), gateway.Exhausted)
		c.pass(time.Nanosecond)
		must(t, call(t, s, p, bounded, greedy))
	}
}

// A call that outlives its period is charged to the one in which it began.
func TestCallOutlivesItsPeriod(t *testing.T) {
	c := clockAt("2026-11-29T23:59:59Z")
	s, ledger, p := budgeted(t, c, budget.Budget{Name: "b", Period: budget.Day, Limit: boundedCost})
	must(t, call(t, s, p, bounded, answeringAfter(func() { c.pass(time.Minute) })))
	must(t, call(t, s, p, bounded, greedy))
	must(t, s.Close(t.Context()))
	for _, day := range []int{29, 30} {
		account := fmt.Sprint("budget/b/", time.Date(2026, 11, day, 0, 0, 0, 0, time.UTC).Unix())
		if spent, open := ledger.State(account); spent == 0 || open != 0 {
			t.Errorf("%s: %d spent, %d reservations", account, spent, open)
		}
	}
}

func answeringAfter(do func()) gateway.Handler {
	return func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
		do()
		return greedy(ctx, ex)
	}
}

// A budget that has ended limits nothing.
func TestBudgetEnds(t *testing.T) {
	c := clockAt("2026-11-29T12:00:00Z")
	s, _, p := budgeted(t, c, budget.Budget{Name: "b", Limit: 1, Ends: c.now().Add(time.Hour)})
	wantKind(t, "before its end", call(t, s, p, bounded, greedy), gateway.Exhausted)
	c.pass(time.Hour)
	must(t, call(t, s, p, bounded, greedy))
}

// 200 calls at once on four accounts with different limits: as many pass as the smallest pays for,
// and rows, accounts and entries have the same sum.
func TestParallelCallsOnSeveralAccounts(t *testing.T) {
	const fit = 40
	s, ledger, p := budgeted(t, clockAt("2026-11-29T12:00:00Z"), budget.Budget{Name: "all", Limit: 50 * boundedCost}, budget.Budget{Name: "day", Workspace: "w", Period: budget.Day, Limit: fit*boundedCost + 1},
		budget.Budget{Name: "each", GroupBy: []policy.Group{{Key: "member"}}, Limit: 45 * boundedCost})
	limit := int64(60 * boundedCost)
	s.SetLimit("k", &limit)
	p.Budgeted = true
	var through, rows atomic.Int64
	var wg sync.WaitGroup
	for range 200 {
		wg.Go(func() {
			ex, err := run(t, s, p, bounded, greedy)
			if rows.Add(ex.Facts.Cost.Nano); err == nil {
				through.Add(1)
				return
			}
			wantKind(t, "a call too many", err, gateway.Exhausted)
		})
	}
	wg.Wait()
	must(t, s.Close(t.Context()))
	sums := ledger.Sums()
	spent, open := ledger.State("k")
	if spent != rows.Load() || spent > fit*boundedCost+1 || open != 0 || sums["provider/mock"] != spent || sums["overlap"] != 3*spent || through.Load() < fit {
		t.Errorf("%d through, the rows cost %d, the key spent %d; entries %v", through.Load(), rows.Load(), spent, sums)
	}
	if v, err := ledger.Verify(t.Context()); err != nil || !v.Sound() || v.Transactions != through.Load() {
		t.Errorf("%+v, %v", v, err)
	}
}
