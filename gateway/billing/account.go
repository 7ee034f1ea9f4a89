package billing

import (
	"context"
	"math"
	"sync"
	"time"
)

// account is the authority on the budget of one API key while the process runs. Amounts
// are nano-USD.
//
// Invariant: no reservation makes spent + reserved exceed limit. The real cost of a call is
// known only when it ends. A bounded call settles at or below its reservation.
type account struct {
	mu       sync.Mutex
	limit    int64
	noLimit  bool // the budget was taken away
	spent    int64
	reserved int64
	// costliestUnbounded is the highest cost of an unbounded call so far.
	costliestUnbounded int64
	changed            chan struct{} // closed, and replaced, when money comes back
}

func newAccount(limit, spent int64) *account {
	return &account{limit: limit, spent: spent, changed: make(chan struct{})}
}

// demand is what a call asks of its account.
type demand struct {
	amount int64 // the most that the call can cost
	// An unbounded call has no upper bound: amount is an estimate, and the call may cost
	// more. least is what it needs in any case.
	unbounded bool
	least     int64
}

// reserve sets aside the amount that the call asks for. If only calls in flight block it,
// it waits up to patience for them to settle.
//
// An unbounded call takes less: down to its least amount, or to the cost of the costliest
// unbounded call so far if that is more. It then reserves all that is left and runs alone.
// Such a call can exceed the limit by its own length at most; parallel calls cannot add to
// that.
func (a *account) reserve(ctx context.Context, d demand, patience time.Duration) (int64, error) {
	var timer *time.Timer
	for {
		a.mu.Lock()
		left := a.limit - a.spent
		free := left - a.reserved
		need := d.amount
		if d.unbounded {
			need = min(d.amount, max(d.least, a.costliestUnbounded))
		}
		switch {
		case d.amount <= free || a.noLimit:
			a.reserved += d.amount
			a.mu.Unlock()
			return d.amount, nil
		case need > left || left <= 0:
			a.mu.Unlock()
			return 0, budgetSpent(need, left, a.limit)
		case d.unbounded && a.reserved == 0:
			a.reserved += free
			a.mu.Unlock()
			return free, nil
		}
		changed := a.changed
		a.mu.Unlock()
		if timer == nil {
			timer = time.NewTimer(patience)
			defer timer.Stop()
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return 0, callerLeft(ctx.Err())
		case <-timer.C:
			return 0, budgetReserved(a.limit)
		}
	}
}

// settle ends a reservation with what was spent.
func (a *account) settle(reserved, spent int64, unbounded bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.reserved -= reserved
	a.spent = addSaturating(a.spent, spent)
	if unbounded {
		a.costliestUnbounded = max(a.costliestUnbounded, spent)
	}
	a.wakeWaiters()
}

// setLimit changes the budget; nil takes it away.
func (a *account) setLimit(limit *int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.noLimit = limit == nil
	if limit != nil {
		a.limit = *limit
	}
	a.wakeWaiters()
}

// wakeWaiters needs mu.
func (a *account) wakeWaiters() {
	close(a.changed)
	a.changed = make(chan struct{})
}

func (a *account) limited() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return !a.noLimit
}

func (a *account) spending() (spent, reserved int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.spent, a.reserved
}

// addSaturating adds two amounts that are not negative.
func addSaturating(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}
