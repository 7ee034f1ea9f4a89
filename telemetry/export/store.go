package export

import (
	"context"
	"time"
)

// Store keeps jobs. Its conformance suite is exporttest.Store. Times of leases are the store's own.
type Store interface {
	// AddExport adds a job.
	AddExport(ctx context.Context, j Job) error
	// Exports returns the jobs of a workspace, the newest first.
	Exports(ctx context.Context, workspace string) ([]Job, error)
	// Export returns a job of any workspace; gateway.NotFound if there is none.
	Export(ctx context.Context, id string) (Job, error)
	// ReplaceExport replaces the job with j's id, if its status is one of these; else it is a
	// gateway.Conflict.
	ReplaceExport(ctx context.Context, j Job, while ...Status) error
	// DeleteExport deletes a job that neither runs nor waits; another one is a gateway.Conflict.
	DeleteExport(ctx context.Context, id string) error

	// ClaimExport gives the oldest job that waits, or whose runner's lease has run out, to a
	// runner, counts the try, and begins its lease. A workspace has at most perWorkspace running
	// jobs. ok is false if there is none.
	ClaimExport(ctx context.Context, node string, perWorkspace int, lease time.Duration) (j Job, ok bool, err error)
	// ExtendExport notes how far the runner is and extends its lease. It is false if the runner
	// has the job no longer.
	ExtendExport(ctx context.Context, id, node string, rows, bytes int64, lease time.Duration) (has bool, err error)
	// EndExport replaces a job that its runner still has, and ends the lease. It is false if the
	// runner has the job no longer.
	EndExport(ctx context.Context, j Job) (had bool, err error)
	// ReleaseExports ends the leases of a server that runs none: other runners may claim its jobs.
	ReleaseExports(ctx context.Context, node string) error
}
