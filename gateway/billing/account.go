package billing

import (
	"math"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/gateway/billing/ledger"
)

// account is what a process knows of one account of the ledger. The ledger decides; what it told
// last is a hint of how much to ask for. What was spent stays spent, so that a call for which that
// leaves too little is refused without asking. Amounts are nano-USD.
type account struct {
	source budget.Source

	mu       sync.Mutex
	limit    int64
	noLimit  bool // the budget was taken away
	spent    int64
	reserved int64
	// closedAt is the limit at which a vendor billed above a reservation; 0: none did. No
	// call passes until the limit is raised above it.
	closedAt  int64
	balanceAt time.Time // when the ledger told the balance; zero: never
	lastKey   string    // id of the API key whose call was settled last
	standing  int       // reservations of this process
	waiting   map[waiter]struct{}
}

// waiter is told that a balance may have changed, at least once. Its capacity is 1.
type waiter chan struct{}

func newAccount(of budget.Source, limit int64) *account {
	return &account{source: of, limit: limit, waiting: map[waiter]struct{}{}}
}

// room is what a call can get of an account.
type room struct {
	free     int64 // what nobody has reserved
	reserved bool  // others have reserved some of it
}

// room is what the account can give to a call that needs least. It is an error if waiting does not
// help.
func (a *account) room(least int64, now time.Time) (room, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	left := a.limit - a.spent
	switch {
	case a.isClosed():
		return room{}, a.closedUp()
	case left <= 0 || least > left:
		return room{}, a.spentUp(least, left, now)
	}
	return room{free: left - a.reserved, reserved: a.reserved > 0}, nil
}

// expect notes a reservation that is asked for, until the ledger tells more.
func (a *account) expect(amount int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.reserved += amount
}

// setBalance notes a balance of the ledger, and wakes waiting calls. Balances may arrive out of order;
// money that was spent, and an account that was closed, stay so.
func (a *account) setBalance(b ledger.Balance, at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.spent, a.closedAt = max(a.spent, b.Spent), max(a.closedAt, b.ClosedAt)
	a.reserved, a.balanceAt = b.Reserved, at
	a.wake()
}

// setLimit changes the budget; nil takes it away.
func (a *account) setLimit(limit *int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.noLimit = limit == nil
	if limit != nil {
		a.limit = *limit
	}
	a.wake()
}

// wake needs mu.
func (a *account) wake() {
	for w := range a.waiting {
		select {
		case w <- struct{}{}:
		default:
		}
	}
}

func (a *account) await(w waiter) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.waiting[w] = struct{}{}
}

func (a *account) leave(w waiter) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.waiting, w)
}

// hold counts a reservation of this process that stands.
func (a *account) hold() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.standing++
}

// release ends a hold of a call of an API key. overBound closes the account of a key; release
// returns the limit at which it is closed, 0 if it is not.
func (a *account) release(apiKey string, overBound bool) (closedAt int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.standing--
	a.lastKey = apiKey
	if overBound && a.source.Kind == budget.OfAPIKey && !a.noLimit {
		a.closedAt = max(a.closedAt, a.limit)
		closedAt = a.closedAt
	}
	return closedAt
}

// retrieved notes that an API key has retrieved an answer that the account pays for, whose reservation this
// process perhaps does not hold. overBound closes the account of a key once the ledger says so; retrieved
// returns the limit at which, 0 if it does not.
func (a *account) retrieved(apiKey string, overBound bool) (closesAt int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lastKey = apiKey
	if overBound && a.source.Kind == budget.OfAPIKey && !a.noLimit {
		closesAt = a.limit
	}
	return closesAt
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

// idle reports whether the process can forget the account: the ledger tells it again.
func (a *account) idle() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.standing == 0 && len(a.waiting) == 0
}

func (a *account) hasWaiters() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.waiting) > 0
}

func (a *account) spending() (spent, reserved int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.spent, a.reserved
}

// balanceTime is when the ledger told the balance.
func (a *account) balanceTime() time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.balanceAt
}

// addSaturating adds two amounts that are not negative.
func addSaturating(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}
