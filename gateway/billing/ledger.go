package billing

import (
	"context"
	"time"
)

// Ledger keeps, durably, what API keys with a budget have spent and reserved. When a method
// returns without an error, its effect survives a crash of the machine. The conformance suite is
// billingtest.Ledger. Amounts are nano-USD.
type Ledger interface {
	// Post writes the settlements, then each reservation that fits its limit, all in one
	// transaction. Outcome i is that of reservation i. A reservation whose ID stands already is
	// granted and counts once. A settlement without its reservation is ignored, so that one
	// posted again after a failure with an unknown outcome charges once.
	Post(ctx context.Context, reservations []Reservation, settlements []Settlement) ([]Outcome, error)
	// Recover turns all reservations into spending, and returns the balance of every key by its
	// id. Called once, at the start of the one process that owns the ledger.
	Recover(ctx context.Context) (map[string]Balance, error)
}

// SharedLedger is a ledger that several processes use at once. Its clock is that of the
// database. The conformance suite is billingtest.SharedLedger.
type SharedLedger interface {
	Ledger
	// Balances returns the balances of some keys, of all if none is named. Keys that never
	// reserved are left out.
	Balances(ctx context.Context, apiKeys ...string) (map[string]Balance, error)
	// Extend lets the leases of reservations end at lease from now.
	Extend(ctx context.Context, reservations []string, lease time.Duration) error
	// Sweep turns reservations whose lease has ended into spending, each exactly once whoever
	// sweeps, and returns their number.
	Sweep(ctx context.Context) (int, error)
	// Reservations lists what stands of one key, oldest first.
	Reservations(ctx context.Context, apiKey string) ([]Standing, error)
}

// Balance is what an API key has spent and reserved.
type Balance struct {
	Spent    int64
	Reserved int64
	Counted  int64 // the part of Spent that no vendor reported
	ClosedAt int64 // the highest limit at which a vendor billed above its bound; 0: none did
}

// Reservation is money to set aside for one attempt.
type Reservation struct {
	ID     string // begins with the exchange's id
	APIKey string // id
	Amount int64
	At     time.Time
	// Limit is the budget: what is spent and reserved, with Amount, may not exceed it, and the key
	// may not be closed at it. math.MaxInt64: the caller has made sure.
	Limit int64
	Lease time.Duration // how long it stands unless it is extended; 0: until Recover
}

// Outcome is what became of a reservation.
type Outcome struct {
	Granted bool
	Balance Balance // of its key, after the transaction
}

// Standing is a reservation that was neither settled nor swept.
type Standing struct {
	ID      string
	Amount  int64
	At      time.Time
	Expires time.Time // zero: it has no lease
}

// Settlement ends a reservation with the amount that was spent.
type Settlement struct {
	Reservation string // ID of the reservation
	APIKey      string // id
	Amount      int64
	Counted     bool  // Amount rests on tokens that were counted, not reported
	ClosedAt    int64 // closes the key at this limit; 0: it does not
}
