package limit

import "context"

// Store keeps the rules. The conformance suite is limittest.Store.
//
// Implementations return gateway.NotFound for a rule that does not exist. They copy what they
// are given; what they return belongs to the caller.
type Store interface {
	// Rules lists all rules by id.
	Rules(ctx context.Context) ([]Rule, error)
	// ChangeRules writes and deletes rules, all or none. A rule that exists is replaced, one
	// that does not is not deleted.
	ChangeRules(ctx context.Context, put []Rule, remove []string) error
}
