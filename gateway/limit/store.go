package limit

import "context"

// Store keeps the rules. The conformance suite is limittest.Store. Implementations copy what they
// are given; what they return belongs to the caller.
type Store interface {
	// RateLimits lists all rules by id.
	RateLimits(ctx context.Context) ([]Rule, error)
	// ChangeRateLimits writes and deletes rules, all or none. A rule that exists is replaced;
	// deleting one that does not is no error.
	ChangeRateLimits(ctx context.Context, put []Rule, remove []string) error
}
