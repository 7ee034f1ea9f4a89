package billing

import (
	"context"
	"math"
	"time"
)

// pollEvery is how often the balances of accounts with waiting calls are read, where processes
// share the ledger: calls of another process may have settled.
const pollEvery = 100 * time.Millisecond

// ask sets money aside in a shared ledger. What the ledger told last is a hint of how much to ask
// for. It also refuses at once, for what was spent stays spent. ask is neither ok nor an error if
// the call should wait.
func (a *account) ask(ctx context.Context, w *ledgerWriter, r Reservation, d *demand, late bool) (grant, bool, error) {
	for {
		a.mu.Lock()
		g, ok, err := a.offer(d, late)
		limit := a.limit
		if a.noLimit {
			limit = math.MaxInt64
		}
		old := time.Since(a.told) > 2*pollEvery
		a.mu.Unlock()
		if !ok || g.output < d.output && old && !late { // less than it could be, perhaps
			return grant{}, false, err
		}
		r.Amount, r.Limit = g.amount, limit
		o, err := w.reserve(ctx, r)
		if err != nil {
			return grant{}, false, err
		}
		a.tell(o.Balance, time.Now())
		if o.Granted {
			return g, true, nil
		}
	}
}

// tell notes a balance of the ledger. Balances may arrive out of order; money that was spent, and
// an account that was closed, stay so.
func (a *account) tell(b Balance, at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.spent, a.closedAt = max(a.spent, b.Spent), max(a.closedAt, b.ClosedAt)
	a.reserved, a.told = b.Reserved, at
}

// wake lets waiting calls look at the balance again.
func (a *account) wake() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.wakeWaiters()
}

func (a *account) hasWaiters() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.waiting > 0
}
