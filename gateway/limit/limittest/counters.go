// Package limittest holds the conformance suites of package limit's interfaces.
package limittest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway/limit"
)

// Counters is the conformance suite of limit.Counters. open returns new counters and a function
// that lets time pass for them.
func Counters(t *testing.T, open func(*testing.T) (c limit.Counters, pass func(time.Duration))) {
	for name, test := range map[string]func(*testing.T, *rig){
		"a rate refuses what exceeds it":        rateRefuses,
		"a rate comes back evenly":              rateComesBack,
		"all claims are taken or none":          allOrNone,
		"tokens are settled":                    tokensSettle,
		"a debt is paid first":                  debt,
		"more than the limit never fits":        neverFits,
		"leases end":                            leasesEnd,
		"a changed limit keeps what was taken":  changedLimit,
		"calls at once share a limit exactly":   atOnce,
		"a settlement of nothing does nothing":  settleNothing,
		"large limits of long periods are kept": longPeriod,
	} {
		t.Run(name, func(t *testing.T) {
			c, pass := open(t)
			test(t, &rig{c, pass, t.Name()})
		})
	}
}

type rig struct {
	counters limit.Counters
	pass     func(time.Duration)
	name     string // of the test: shared counters keep those of others
}

func (r *rig) requests(most int64) limit.Claim {
	return limit.Claim{Counter: r.name + "/requests", Amount: 1, Limit: most, Period: time.Minute}
}

func (r *rig) tokens(n, most int64) limit.Claim {
	return limit.Claim{Counter: r.name + "/tokens", Amount: n, Limit: most, Period: time.Minute}
}

func (r *rig) lease(id string, most int64) limit.Claim {
	return limit.Claim{Counter: r.name + "/leases", Amount: 1, Limit: most, Lease: id}
}

// take takes claims, and reports the index of the first refused one, or -1.
func (r *rig) take(t *testing.T, claims ...limit.Claim) (refused int, states []limit.State) {
	t.Helper()
	states, err := r.counters.Take(t.Context(), claims)
	if err != nil || len(states) != len(claims) {
		t.Fatalf("%d states of %d claims, %v", len(states), len(claims), err)
	}
	for i, s := range states {
		if s.Refused {
			return i, states
		}
	}
	return -1, states
}

func (r *rig) settle(t *testing.T, s ...limit.Settlement) {
	t.Helper()
	if err := r.counters.Settle(t.Context(), s); err != nil {
		t.Fatal(err)
	}
}

func rateRefuses(t *testing.T, r *rig) {
	for i := range int64(5) {
		if refused, s := r.take(t, r.requests(5)); refused >= 0 || s[0].Remaining != 4-i {
			t.Fatalf("request %d: %+v", i, s)
		}
	}
	refused, s := r.take(t, r.requests(5))
	if refused != 0 || s[0].Remaining != 0 || s[0].RetryAfter <= 0 || s[0].RetryAfter > 12*time.Second || s[0].Reset < 50*time.Second || s[0].Reset > time.Minute {
		t.Errorf("the sixth of five: %+v", s)
	}
}

func rateComesBack(t *testing.T, r *rig) {
	for range 5 {
		r.take(t, r.requests(5))
	}
	r.pass(13 * time.Second) // a fifth of the minute, and a bit
	if refused, _ := r.take(t, r.requests(5)); refused >= 0 {
		t.Error("one of five did not come back after a fifth of the period")
	}
	if refused, _ := r.take(t, r.requests(5)); refused < 0 {
		t.Error("two of five came back after a fifth of the period")
	}
	r.pass(2 * time.Minute)
	for i := range 5 {
		if refused, _ := r.take(t, r.requests(5)); refused >= 0 {
			t.Errorf("after the whole period, request %d is refused", i)
		}
	}
	if refused, _ := r.take(t, r.requests(5)); refused < 0 {
		t.Error("unused time is saved up beyond the limit")
	}
}

func allOrNone(t *testing.T, r *rig) {
	for range 3 {
		if refused, s := r.take(t, r.requests(10), r.tokens(50, 100), r.lease("a", 1)); refused >= 0 && refused != 1 {
			t.Fatalf("%+v", s)
		}
	}
	_, s := r.take(t, r.requests(10))
	if s[0].Remaining != 7 { // two that were taken, and this one
		t.Errorf("a refused call took of another limit: %+v", s)
	}
}

func tokensSettle(t *testing.T, r *rig) {
	r.take(t, r.tokens(80, 100))
	r.settle(t, limit.Settlement{Counter: r.name + "/tokens", Amount: -70, Limit: 100, Period: time.Minute})
	if refused, s := r.take(t, r.tokens(85, 100)); refused >= 0 {
		t.Errorf("what a call did not use is not given back: %+v", s)
	}
}

func debt(t *testing.T, r *rig) {
	r.take(t, r.tokens(60, 60))
	r.settle(t, limit.Settlement{Counter: r.name + "/tokens", Amount: 60, Limit: 60, Period: time.Minute})
	r.pass(30 * time.Second)
	if refused, s := r.take(t, r.tokens(1, 60)); refused < 0 {
		t.Errorf("what was used above the limit is forgotten: %+v", s)
	}
	r.pass(32 * time.Second)
	if refused, s := r.take(t, r.tokens(1, 60)); refused >= 0 {
		t.Errorf("a debt is never paid: %+v", s)
	}
}

func neverFits(t *testing.T, r *rig) {
	refused, s := r.take(t, r.tokens(101, 100))
	if refused != 0 || s[0].RetryAfter != 0 || s[0].Remaining != 100 {
		t.Errorf("%+v", s)
	}
}

func leasesEnd(t *testing.T, r *rig) {
	r.take(t, r.lease("a", 2))
	if refused, _ := r.take(t, r.lease("a", 2)); refused >= 0 {
		t.Error("a lease cannot be renewed")
	}
	r.take(t, r.lease("b", 2))
	if refused, s := r.take(t, r.lease("c", 2)); refused < 0 || s[0].Remaining != 0 {
		t.Errorf("a third lease of two: %+v", s)
	}
	r.settle(t, limit.Settlement{Counter: r.name + "/leases", Lease: "a"}, limit.Settlement{Counter: r.name + "/leases", Lease: "unknown"})
	if refused, s := r.take(t, r.lease("c", 2)); refused >= 0 || s[0].Remaining != 0 {
		t.Errorf("an ended lease keeps its place: %+v", s)
	}
}

func changedLimit(t *testing.T, r *rig) {
	for range 5 {
		r.take(t, r.requests(10))
	}
	if refused, s := r.take(t, r.requests(5)); refused < 0 {
		t.Errorf("a lower limit forgets: %+v", s)
	}
	if refused, s := r.take(t, r.requests(20)); refused >= 0 || s[0].Remaining < 14 {
		t.Errorf("a higher limit: %+v", s)
	}
}

func atOnce(t *testing.T, r *rig) {
	var mu sync.Mutex
	var callers sync.WaitGroup
	taken := 0
	for i := range 100 {
		callers.Go(func() {
			s, err := r.counters.Take(context.Background(), []limit.Claim{r.requests(40), r.lease(fmt.Sprint(i), 1000)})
			mu.Lock()
			defer mu.Unlock()
			if err == nil && !s[0].Refused && !s[1].Refused {
				taken++
			} else if err != nil {
				t.Error(err)
			}
		})
	}
	callers.Wait()
	if taken < 40 || taken > 41 { // one may come back while a real clock runs
		t.Errorf("%d calls of 100 passed a limit of 40", taken)
	}
	if _, s := r.take(t, r.lease("x", 1000)); s[0].Remaining != 1000-int64(taken)-1 {
		t.Errorf("%+v of %d leases", s, taken)
	}
}

func settleNothing(t *testing.T, r *rig) {
	r.settle(t, limit.Settlement{Counter: r.name + "/tokens", Amount: -5, Limit: 10, Period: time.Minute}, limit.Settlement{Counter: r.name + "/leases", Lease: "a"})
	if refused, s := r.take(t, r.tokens(10, 10)); refused >= 0 || s[0].Remaining != 0 {
		t.Errorf("%+v", s)
	}
}

func longPeriod(t *testing.T, r *rig) {
	claim := limit.Claim{Counter: r.name + "/month", Amount: 999_999_999_999, Limit: 1_000_000_000_000, Period: 30 * 24 * time.Hour}
	if refused, s := r.take(t, claim); refused >= 0 || s[0].Remaining < 1 || s[0].Remaining > 1_000_000 || s[0].Reset > 30*24*time.Hour {
		t.Errorf("%+v", s)
	}
}
