package billing

import (
	"context"
	"math"
	"sync"
	"time"
)

// account is the budget of one API key. Where one process owns the ledger, the account is the
// authority while it runs; where processes share it, the ledger is, and the account holds what
// it told last. Amounts are nano-USD.
//
// Invariant: no reservation makes spent + reserved exceed limit. A call whose vendor keeps
// the limits that it was sent settles at or below its reservation.
type account struct {
	key    string
	shared bool // the ledger decides

	mu       sync.Mutex
	limit    int64
	noLimit  bool // the budget was taken away
	spent    int64
	reserved int64
	// closedAt is the limit at which a vendor billed above a reservation; 0: none did. No
	// call passes until the limit is raised above it.
	closedAt int64
	told     time.Time     // shared: when the ledger told the balance
	waiting  int           // calls that wait for a change
	changed  chan struct{} // closed, and replaced, when money may have come back
}

func newAccount(key string, limit int64, b Balance, shared bool) *account {
	return &account{key: key, shared: shared, limit: limit, spent: b.Spent, closedAt: b.ClosedAt, changed: make(chan struct{})}
}

// usefulOutput is the number of output tokens below which a call without a limit of its own
// rather waits for money that others have reserved.
const usefulOutput = 1_024

// grant is what an account gave to a call.
type grant struct {
	amount int64 // nano-USD
	output int64 // tokens of one answer
}

// reserve sets aside, durably, the most that a call can cost; r has the id. If only calls in
// flight block it, it waits up to patience for them to settle, and returns how long it has
// waited.
//
// A call without a limit of its own gets as many output tokens as the money that nobody
// has reserved affords.
func (a *account) reserve(ctx context.Context, w *ledgerWriter, r Reservation, d *demand, patience time.Duration) (g grant, waited time.Duration, err error) {
	timer := time.NewTimer(max(patience, 0))
	defer timer.Stop()
	for late := false; ; {
		a.mu.Lock()
		changed, limit := a.changed, a.limit // before the attempt, so that no change is missed
		a.mu.Unlock()
		var ok bool
		if a.shared {
			g, ok, err = a.ask(ctx, w, r, d, late)
		} else {
			g, ok, err = a.take(ctx, w, r, d, late)
		}
		switch {
		case ok || err != nil:
			return g, waited, err
		case late:
			return grant{}, waited, budgetReserved(limit)
		}
		began := time.Now()
		a.addWaiting(1)
		select {
		case <-changed:
		case <-ctx.Done():
			err = callerLeft(ctx.Err())
		case <-timer.C:
			late = true
		}
		a.addWaiting(-1)
		if waited += time.Since(began); err != nil {
			return grant{}, waited, err
		}
	}
}

func (a *account) addWaiting(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.waiting += n
}

// take sets money aside in the account, then in the ledger. It is neither ok nor an error if the
// call should wait.
func (a *account) take(ctx context.Context, w *ledgerWriter, r Reservation, d *demand, late bool) (grant, bool, error) {
	a.mu.Lock()
	g, ok, err := a.offer(d, late)
	if ok {
		a.reserved += g.amount
	}
	a.mu.Unlock()
	if !ok {
		return grant{}, false, err
	}
	r.Amount, r.Limit = g.amount, math.MaxInt64
	if _, err := w.reserve(ctx, r); err != nil {
		a.settle(g.amount, 0, false)
		return grant{}, false, err
	}
	return g, true, nil
}

// offer is what the account can give now. It is neither ok nor an error if the call should
// wait; late says that it has waited long enough. The caller holds mu.
func (a *account) offer(d *demand, late bool) (g grant, ok bool, err error) {
	left := a.limit - a.spent
	free := left - a.reserved
	all := grant{d.cost(d.output), d.output}
	least := all.amount
	if d.open {
		least = d.cost(1)
	}
	switch {
	case a.noLimit:
		return all, true, nil
	case a.isClosed():
		return grant{}, false, budgetClosed(a.limit)
	case left <= 0 || least > left:
		return grant{}, false, budgetSpent(least, left, a.limit)
	case all.amount <= free:
		return all, true, nil
	case !d.open:
		return grant{}, false, nil
	}
	n := d.affords(free)
	if n >= usefulOutput || n >= 1 && (late || a.reserved == 0) {
		return grant{d.cost(n), n}, true, nil
	}
	return grant{}, false, nil
}

// settle ends a reservation with what was spent. overBound closes the account; settle
// returns the limit at which it is closed, 0 if it is open.
func (a *account) settle(reserved, spent int64, overBound bool) (closedAt int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.shared {
		a.reserved -= reserved
		a.spent = addSaturating(a.spent, spent)
	}
	if overBound && !a.noLimit {
		a.closedAt = max(a.closedAt, a.limit)
		closedAt = a.closedAt
	}
	a.wakeWaiters()
	return closedAt
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

func (a *account) closed() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.isClosed()
}

// isClosed needs mu.
func (a *account) isClosed() bool { return !a.noLimit && a.closedAt > 0 && a.limit <= a.closedAt }

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
