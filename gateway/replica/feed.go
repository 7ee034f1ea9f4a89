package replica

import "context"

// Feed tells what other processes change. Positions count up; the conformance suite is
// replicatest.Feed.
type Feed interface {
	// Position is that of the newest change of any process.
	Position(ctx context.Context) (int64, error)
	// Changes returns what other processes changed after a position, oldest first.
	Changes(ctx context.Context, after int64) (Page, error)
	// Listen calls wake when there may be new changes, until ctx ends or the database no longer
	// tells. A feed that cannot tell returns at once.
	Listen(ctx context.Context, wake func()) error
}

// Page is a part of the feed.
type Page struct {
	Changes []Change
	Next    int64 // the position after it
	Gap     bool  // changes after the given position are no longer kept
}
