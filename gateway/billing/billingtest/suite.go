package billingtest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway/billing/ledger"
)

// Ledger runs the suite. open returns an empty ledger each time.
func Ledger(t *testing.T, open func(t *testing.T) ledger.Ledger) {
	for _, tc := range []struct {
		name string
		run  func(*testing.T, ledger.Ledger)
	}{
		{"PostAndRecover", postAndRecover}, {"PostAgain", postAgain}, {"PostInParallel", parallelPost}, {"States", states}, {"Limits", limits}, {"AllAccountsOrNone", allOrNone}, {"Groups", groups},
	} {
		t.Run(tc.name, func(t *testing.T) { tc.run(t, open(t)) })
	}
}

var at = time.Date(2026, 11, 22, 10, 0, 0, 123456789, time.UTC)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func post(t *testing.T, s ledger.Ledger, reservations []ledger.Reservation, settlements []ledger.Settlement) ledger.Posted {
	t.Helper()
	out, err := s.Post(t.Context(), reservations, settlements)
	must(t, err)
	if len(out.Granted) != len(reservations) {
		t.Fatalf("%d outcomes of %d reservations", len(out.Granted), len(reservations))
	}
	return out
}

func reservation(id, key string, amount int64) ledger.Reservation {
	return limited(id, key, amount, math.MaxInt64)
}

func limited(id, key string, amount, limit int64) ledger.Reservation {
	return ledger.Reservation{ID: id, APIKey: key, Amount: amount, At: at, Claims: []ledger.Claim{{Account: key, Limit: limit}}}
}

// settlement is one by a provider, who bills amount.
func settlement(id, key string, amount int64) ledger.Settlement {
	return ledger.Settlement{Reservation: id, APIKey: key, Amount: amount, Cost: amount, Provider: "mock"}
}

// recovered are balances after a start.
func recovered(t *testing.T, s ledger.Ledger, accounts ...string) map[string]ledger.Balance {
	t.Helper()
	must(t, s.Recover(t.Context()))
	out, err := s.Balances(t.Context(), accounts...)
	must(t, err)
	sound(t, s)
	return out
}

// sound fails the test unless everything adds up.
func sound(t *testing.T, s ledger.Ledger) {
	t.Helper()
	v, err := s.Verify(t.Context())
	if must(t, err); !v.Sound() {
		t.Errorf("it does not add up: %+v", v)
	}
}

func postAndRecover(t *testing.T, s ledger.Ledger) {
	post(t, s, nil, nil)
	leased := reservation("leased", "k3", 9) // of what goes on when the process has ended
	leased.Lease = time.Hour
	post(t, s, []ledger.Reservation{reservation("x1", "k1", 100), reservation("x2", "k1", 100), reservation("x3", "k2", 50), leased}, nil)
	settle := []ledger.Settlement{settlement("x1", "k1", 30), settlement("x3", "k2", 0)}
	post(t, s, []ledger.Reservation{reservation("x4", "k2", 7)}, settle)
	post(t, s, nil, settle) // again, after a doubtful failure: charges nothing
	post(t, s, nil, []ledger.Settlement{settlement("never", "k1", 1_000)})
	spent := recovered(t, s, "k1", "k2")
	if spent["k1"].Spent != 130 || spent["k2"].Spent != 7 {
		t.Errorf("spent %v, want k1 130 (30 settled, 100 left standing) and k2 7", spent)
	}
	post(t, s, nil, []ledger.Settlement{settlement("x2", "k1", 5)}) // too late
	spent = recovered(t, s, "k1", "k2", "k3")
	if spent["k1"].Spent != 130 || spent["k2"].Spent != 7 || spent["k3"] != (ledger.Balance{Reserved: 9}) {
		t.Errorf("recovered twice: %v", spent)
	}
}

// A reservation that is posted again, after a failure with an unknown outcome, counts once.
func postAgain(t *testing.T, s ledger.Ledger) {
	post(t, s, []ledger.Reservation{reservation("x1", "k1", 10)}, nil)
	out := post(t, s, []ledger.Reservation{reservation("x1", "k1", 10), reservation("x2", "k1", 5)}, nil)
	if !out.Granted[0] || !out.Granted[1] || out.Accounts["k1"].After.Reserved != 15 {
		t.Errorf("posted again: %+v, want 15 reserved", out)
	}
	spent := recovered(t, s, "k1")
	if spent["k1"].Spent != 15 || spent["k1"].Reserved != 0 {
		t.Errorf("recovered %+v, want 15 spent", spent["k1"])
	}
}

// A reservation that does not fit its limit is refused, and leaves nothing behind.
func limits(t *testing.T, s ledger.Ledger) {
	fits := func(id string, amount, limit int64) ledger.Reservation { return limited(id, "k1", amount, limit) }
	out := post(t, s, []ledger.Reservation{fits("x1", 60, 100), fits("x2", 41, 100), fits("x3", 40, 100), fits("x4", 1, 100)}, nil)
	if m := out.Accounts["k1"]; !slices.Equal(out.Granted, []bool{true, false, true, false}) || m.Before.Reserved != 0 || m.After.Reserved != 100 {
		t.Errorf("granted %v, moved %+v; want the first and the third, and 100 reserved", out.Granted, m)
	}
	// A settlement of the same transaction counts first.
	out = post(t, s, []ledger.Reservation{fits("x5", 30, 100)}, []ledger.Settlement{settlement("x1", "k1", 30)})
	if want := (ledger.Balance{Spent: 30, Reserved: 70}); !out.Granted[0] || out.Accounts["k1"].After != want {
		t.Errorf("%+v, want %+v", out, want)
	}
	over := settlement("x5", "k1", 50)
	over.ClosedAt = 200
	out = post(t, s, []ledger.Reservation{fits("x6", 1, 100)}, []ledger.Settlement{over})
	if out.Granted[0] || out.Accounts["k1"].After.ClosedAt != 200 {
		t.Errorf("granted above the limit: %+v", out)
	}
	out = post(t, s, []ledger.Reservation{fits("x7", 1, 200), fits("x8", 1, 201)}, nil)
	if out.Granted[0] || !out.Granted[1] {
		t.Errorf("closed at 200: %+v, want a refusal at 200 and none at 201", out)
	}
	sound(t, s)
}

// A reservation takes of all its accounts or of none, and its settlement charges all of them. The
// provider gets the cost once.
func allOrNone(t *testing.T, s ledger.Ledger) {
	both := func(id string, amount, key, team int64) ledger.Reservation {
		r := limited(id, "k1", amount, key)
		r.Claims = append(r.Claims, ledger.Claim{Account: "team", Limit: team})
		return r
	}
	out := post(t, s, []ledger.Reservation{both("x1", 60, 100, 1_000), both("x2", 60, 1_000, 100), both("x3", 60, 200, 119), both("x4", 60, 120, 120)}, nil)
	if want := (ledger.Balance{Reserved: 120}); !slices.Equal(out.Granted, []bool{true, false, false, true}) || out.Accounts["k1"].After != want || out.Accounts["team"].After != want {
		t.Errorf("%+v, want the first and the fourth", out)
	}
	paid := ledger.Settlement{Reservation: "x1", APIKey: "k1", Amount: 50, Cost: 40, Provider: "mock", ClosedAt: 7}
	out = post(t, s, nil, []ledger.Settlement{paid, settlement("x4", "k1", 0)})
	key, team := out.Accounts["k1"], out.Accounts["team"]
	if (key.After != ledger.Balance{Spent: 50, ClosedAt: 7}) || (team.After != ledger.Balance{Spent: 50}) || team.Before.Reserved != 120 {
		t.Errorf("settled: %+v", out)
	}
	post(t, s, []ledger.Reservation{both("x5", 10, 1_000, 1_000)}, nil)
	all := recovered(t, s, "k1", "team", "unknown")
	if len(all) != 2 || all["k1"].Spent != 60 || all["team"].Spent != 60 {
		t.Errorf("recovered %+v", all)
	}
	v, err := s.Verify(t.Context())
	if must(t, err); v.Transactions != 2 || v.Entries != 9 || v.Accounts != 2 || v.Reservations != 0 {
		t.Errorf("%+v, want two accounts with a transaction of five entries and one of four", v)
	}
}

// The accounts of a budget are listed with the values that they were made for.
func groups(t *testing.T, s ledger.Ledger) {
	of := func(id, user string, amount int64, ends time.Time) ledger.Reservation {
		r := reservation(id, "k1", amount)
		r.Claims = []ledger.Claim{{Account: "budget/b/" + user + ends.String(), Limit: 1_000, Budget: "b", Group: []ledger.GroupValue{{Key: "user", Value: user}}, Ends: ends}}
		return r
	}
	next := at.Add(time.Hour)
	post(t, s, []ledger.Reservation{of("x1", "ann", 10, next), of("x2", "bob", 30, next), of("x3", "cy", 20, time.Time{}), of("x4", "ann", 90, at), reservation("x5", "k2", 5)}, nil)
	post(t, s, nil, []ledger.Settlement{settlement("x1", "k1", 10), settlement("x2", "k1", 30), settlement("x3", "k1", 20), settlement("x4", "k1", 90)})
	for limit, want := range map[int]string{10: "bob cy ann ", 2: "bob cy "} {
		found, err := s.Groups(t.Context(), "b", at, limit)
		must(t, err)
		names := ""
		for _, g := range found {
			names += g.Group[0].Value + " "
		}
		if names != want || !found[0].Ends.Equal(next) || found[0].Spent != 30 || !found[1].Ends.IsZero() {
			t.Errorf("%d: %q %+v, want %q", limit, names, found, want)
		}
	}
}

func parallelPost(t *testing.T, s ledger.Ledger) {
	const n = 20
	var wg sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		wg.Go(func() {
			id := fmt.Sprint("x", i)
			_, reserved := s.Post(context.Background(), []ledger.Reservation{reservation(id, "k1", 100)}, nil)
			_, settled := s.Post(context.Background(), nil, []ledger.Settlement{{Reservation: id, APIKey: "k1", Amount: 3}})
			errs[i] = errors.Join(reserved, settled)
		})
	}
	wg.Wait()
	must(t, errors.Join(errs...))
	spent := recovered(t, s, "k1")
	if spent["k1"].Spent != 3*n {
		t.Errorf("spent %v, want %d", spent, 3*n)
	}
}

// What was counted, and the limit at which a key was closed, survive.
func states(t *testing.T, s ledger.Ledger) {
	post(t, s, []ledger.Reservation{reservation("x1", "k1", 10), reservation("x2", "k1", 10), reservation("x3", "k1", 10)}, nil)
	post(t, s, nil, []ledger.Settlement{{Reservation: "x1", APIKey: "k1", Amount: 3, Cost: 3, Provider: "mock", Counted: true}, {Reservation: "x2", APIKey: "k1", Amount: 40, Cost: 40, Provider: "mock", ClosedAt: 700}})
	post(t, s, nil, []ledger.Settlement{{Reservation: "x3", APIKey: "k1", Amount: 5, Cost: 5, Provider: "mock", ClosedAt: 600}})
	spent := recovered(t, s, "k1")
	if want := (ledger.Balance{Spent: 48, Counted: 3, ClosedAt: 700}); spent["k1"] != want {
		t.Errorf("%+v, want %+v", spent["k1"], want)
	}
}
