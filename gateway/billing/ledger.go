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
	Recover(ctx context.Context) (map[string]int64, error)
}

// Reservation is money set aside for one call.
type Reservation struct {
	ID     string // of the exchange
	APIKey string // id
	Amount int64
	At     time.Time
}

// Settlement ends a reservation with the amount that was spent.
type Settlement struct {
	Reservation string // ID of the reservation
	APIKey      string // id
	Amount      int64
}
