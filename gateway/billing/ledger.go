package billing

import (
	"context"
	"time"
)

// Ledger keeps, durably, what API keys with a budget have spent and reserved. When Post or
// Recover returns without an error, its effect survives a crash of the machine. The
// conformance suite is billingtest.Ledger. Amounts are nano-USD.
type Ledger interface {
	// Post writes all reservations and settlements, or none of them. A settlement without
	// its reservation is ignored, so that one posted again after a failure with an unknown
	// outcome charges once. A reservation whose ID exists is gateway.Conflict.
	Post(ctx context.Context, reservations []Reservation, settlements []Settlement) error
	// Recover turns reservations that were never settled into spending, and returns the
	// spending of every key by its id. Called once, at start.
	Recover(ctx context.Context) (map[string]Spending, error)
}

// Spending is what an API key has spent.
type Spending struct {
	Spent    int64
	Counted  int64 // the part of Spent that no vendor reported
	ClosedAt int64 // the highest limit at which a vendor billed above its bound; 0: none did
}

// Reservation is money set aside for one attempt.
type Reservation struct {
	ID     string // begins with the exchange's id
	APIKey string // id
	Amount int64
	At     time.Time
}

// Settlement ends a reservation with the amount that was spent.
type Settlement struct {
	Reservation string // ID of the reservation
	APIKey      string // id
	Amount      int64
	Counted     bool  // Amount rests on tokens that were counted, not reported
	ClosedAt    int64 // closes the key at this limit; 0: it does not
}
