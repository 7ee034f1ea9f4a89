package removal

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/sluicegate/sluice/cache/outbox"
)

const (
	batch      = 1000
	maxWaiting = 50_000
	perBatch   = 30 * time.Second
)

// Store deletes at most 1,000 things by their names; one that is not there counts as deleted. refused is
// how many were not deleted.
type Store func(ctx context.Context, names []string) (refused int, err error)

// Queue holds the names of what is to be deleted. It is bounded: what does not fit is dropped and counted.
// It is safe for concurrent use, but one goroutine at a time may delete.
type Queue struct {
	store   Store
	waiting *outbox.Outbox[string]
	counts  Counts
}

// NewQueue returns an empty queue.
func NewQueue(s Store) *Queue { return &Queue{store: s, waiting: outbox.New[string](maxWaiting)} }

// Add puts a name into the queue.
func (q *Queue) Add(name string) { q.waiting.Add(name) }

// Delete deletes all that waits. After an error the rest waits on.
func (q *Queue) Delete(ctx context.Context) error {
	for {
		any, err := q.waiting.SendSome(batch, func(names []string) error { return q.counts.Delete(ctx, q.store, names) })
		if !any || err != nil {
			return err
		}
	}
}

// Removed returns how many things were deleted, how many the store refused to delete, and how many did
// not fit into the queue.
func (q *Queue) Removed() (deleted, refused, dropped uint64) {
	deleted, refused = q.counts.Get()
	return deleted, refused, q.waiting.Dropped()
}

// Counts tell how many things were deleted, and how many a store refused to delete.
type Counts struct{ deleted, refused atomic.Uint64 }

// Delete deletes one batch, and counts it.
func (c *Counts) Delete(ctx context.Context, s Store, names []string) error {
	ctx, cancel := context.WithTimeout(ctx, perBatch)
	defer cancel()
	refused, err := s(ctx, names)
	if err == nil {
		c.deleted.Add(uint64(len(names) - refused))
		c.refused.Add(uint64(refused))
	}
	return err
}

// Get returns the counts.
func (c *Counts) Get() (deleted, refused uint64) { return c.deleted.Load(), c.refused.Load() }
