package limit

import (
	"context"
	"time"
)

// Counters keep what was taken of limits. Two implementations: [Memory], and Redis. The
// conformance suite is limittest.Counters.
type Counters interface {
	// Take takes all claims, or none of them. The states are those of the claims, in their
	// order, after that; a claim that does not fit is Refused. An id of a lease that exists is
	// renewed.
	Take(ctx context.Context, claims []Claim) ([]State, error)
	// Settle corrects what was taken and ends leases. A settlement of a counter that is not
	// known any more does nothing.
	Settle(ctx context.Context, settlements []Settlement) error
}

// Claim is what one call takes of one counter.
type Claim struct {
	Counter string        // names the counter; a rule and the values of its groups
	Amount  int64         // requests or tokens, at least 0; of a lease 1
	Limit   int64         // the most that fits, at least 1
	Period  time.Duration // in which a full counter empties; 0: a number of leases
	Lease   string        // of a counter of leases: the id of this one
}

// State is a counter after a Take.
type State struct {
	Refused    bool
	Remaining  int64         // what still fits, at least 0
	Reset      time.Duration // until the counter is empty
	RetryAfter time.Duration // of a refused rate: until the claim fits; 0 if it never does
}

// Settlement corrects one claim that was taken.
type Settlement struct {
	Counter string
	Amount  int64 // to add to the counter; less than 0 gives back
	Limit   int64
	Period  time.Duration
	Lease   string // ends this lease
}

// LeaseLifetime is how long a lease lasts that nobody renews. Only counters that outlive the
// process need it: they renew the leases of theirs while the calls run.
const LeaseLifetime = time.Minute
