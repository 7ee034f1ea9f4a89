package billingtest

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway/billing/ledger"
)

// SharedLedger runs the suite of ledgers that several processes use. open returns as many views
// of one empty ledger as it is asked for.
func SharedLedger(t *testing.T, open func(t *testing.T, processes int) []ledger.Shared) {
	t.Run("Together", func(t *testing.T) { together(t, open(t, 3)) })
	t.Run("Leases", func(t *testing.T) { leases(t, open(t, 3)) })
	t.Run("First", func(t *testing.T) { first(t, open(t, 3)) })
	t.Run("Balances", func(t *testing.T) { balances(t, open(t, 1)[0]) })
}

// Processes that reserve and settle at the same time never exceed the limit, and nothing is lost.
func together(t *testing.T, processes []ledger.Shared) {
	const calls, amount, limit = 60, 10, 200
	var granted atomic.Int64
	var wg sync.WaitGroup
	for p, s := range processes {
		for i := range calls {
			wg.Go(func() {
				r := limited(fmt.Sprint("x", p, "-", i), "k1", amount, limit)
				r.Lease = time.Hour
				r.Claims = append(r.Claims, ledger.Claim{Account: "budget", Limit: 2 * limit})
				other := reservation(fmt.Sprint("y", p, "-", i), "k2", 1) // locks in another order would deadlock
				out, err := s.Post(t.Context(), []ledger.Reservation{r, other}, nil)
				if err != nil {
					t.Error(err)
					return
				}
				if b := out.Accounts["k1"].After; b.Spent+b.Reserved > limit {
					t.Errorf("%d spent and %d reserved of %d", b.Spent, b.Reserved, limit)
				}
				settlements := []ledger.Settlement{settlement(other.ID, "k2", 1)}
				if out.Granted[0] {
					granted.Add(1)
					settlements = append(settlements, settlement(r.ID, "k1", amount))
				}
				if _, err := s.Post(t.Context(), nil, settlements); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	all, err := processes[0].Balances(t.Context(), "k1", "k2", "budget")
	must(t, err)
	if want := (ledger.Balance{Spent: limit}); granted.Load() != limit/amount || all["k1"] != want || all["budget"] != want || all["k2"].Spent != int64(calls*len(processes)) {
		t.Errorf("%d granted, balances %+v; want %d and %+v", granted.Load(), all, limit/amount, want)
	}
	sound(t, processes[0])
}

// A reservation stands while its lease is extended. Once it has ended, whoever sweeps turns it
// into spending, once.
func leases(t *testing.T, processes []ledger.Shared) {
	ctx, s := t.Context(), processes[0]
	brief := func(id string, lease time.Duration) ledger.Reservation {
		r := reservation(id, "k1", 10)
		r.Lease = lease
		return r
	}
	post(t, s, []ledger.Reservation{brief("dead", time.Nanosecond), brief("alive", time.Nanosecond), brief("settled", time.Nanosecond), brief("long", time.Hour), reservation("owned", "k1", 10)}, nil)
	must(t, s.Extend(ctx, []string{"alive", "unknown"}, time.Hour))
	must(t, s.Extend(ctx, nil, time.Hour))
	post(t, s, nil, []ledger.Settlement{settlement("settled", "k1", 3)})
	standing, err := s.Standing(ctx, "k1")
	must(t, err)
	if len(standing) != 4 || !standing[0].At.Equal(at) || standing[0].Amount != 10 || standing[0].APIKey != "k1" {
		t.Errorf("standing %+v, want four of 10", standing)
	}
	time.Sleep(time.Millisecond)
	var swept atomic.Int64
	var wg sync.WaitGroup
	for range 4 {
		for _, s := range processes {
			wg.Go(func() {
				n, moved, err := s.Sweep(ctx)
				if swept.Add(int64(n)); err != nil || n > 0 && moved["k1"].After.Spent != moved["k1"].Before.Spent+10 {
					t.Errorf("moved %v, %v", moved, err)
				}
			})
		}
	}
	wg.Wait()
	post(t, s, nil, []ledger.Settlement{settlement("dead", "k1", 1)}) // too late
	all, err := s.Balances(ctx, "k1")
	must(t, err)
	if want := (ledger.Balance{Spent: 13, Reserved: 30}); swept.Load() != 1 || all["k1"] != want {
		t.Errorf("%d swept, %+v; want 1 and %+v", swept.Load(), all["k1"], want)
	}
	sound(t, s)
}

// Of processes that settle a reservation at once, the ledger tells one that it is the first, also of a
// reservation without accounts, which moves nothing.
func first(t *testing.T, processes []ledger.Shared) {
	on, off := reservation("on", "k1", 10), ledger.Reservation{ID: "off", APIKey: "k1", At: at, Lease: time.Hour}
	expired := off
	expired.ID, expired.Lease = "expired", time.Nanosecond
	out, err := processes[0].Post(t.Context(), []ledger.Reservation{on, off, expired}, []ledger.Settlement{settlement("on", "k1", 1)}) // which stands only afterwards
	must(t, err)
	if !slices.Equal(out.Granted, []bool{true, true, true}) || !slices.Equal(out.Settled, []bool{false}) {
		t.Errorf("%+v", out)
	}
	time.Sleep(time.Millisecond)
	swept, _, err := processes[0].Sweep(t.Context())
	if must(t, err); swept != 1 {
		t.Errorf("%d swept, want the expired one", swept)
	}
	var settled [3]atomic.Int64
	var wg sync.WaitGroup
	for _, s := range processes {
		for range 4 {
			wg.Go(func() {
				out, err := s.Post(t.Context(), nil, []ledger.Settlement{settlement("on", "k1", 3), settlement("off", "k1", 3), settlement("on", "k1", 5), settlement("expired", "k1", 3)})
				if err != nil || len(out.Settled) != 4 || out.Settled[3] {
					t.Errorf("%+v, %v", out, err)
					return
				}
				for i := range settled {
					if out.Settled[i] {
						settled[i].Add(1)
					}
				}
			})
		}
	}
	wg.Wait()
	all, err := processes[0].Balances(t.Context(), "k1")
	must(t, err)
	if want := (ledger.Balance{Spent: 3}); settled[0].Load() != 1 || settled[1].Load() != 1 || settled[2].Load() != 0 || all["k1"] != want {
		t.Errorf("first: %d, %d, %d times; %+v, want %+v", settled[0].Load(), settled[1].Load(), settled[2].Load(), all["k1"], want)
	}
	sound(t, processes[0])
}

func balances(t *testing.T, s ledger.Shared) {
	post(t, s, []ledger.Reservation{reservation("x1", "k1", 10), reservation("x2", "k2", 20)}, nil)
	some, err := s.Balances(t.Context(), "k2", "unknown")
	must(t, err)
	if len(some) != 1 || some["k2"].Reserved != 20 {
		t.Errorf("%+v, want that of k2", some)
	}
	none, err := s.Standing(t.Context(), "unknown")
	if must(t, err); len(none) != 0 {
		t.Errorf("reservations of an unknown key: %+v", none)
	}
}
