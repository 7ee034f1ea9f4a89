// Package removal deletes what a store of the cache no longer needs, at intervals, in the background.
package removal

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// drain is how long what is under way may take when the server stops.
const drain = 5 * time.Second

// Tasks repeat deletions until they are closed. Close waits for their goroutines.
type Tasks struct {
	log    *slog.Logger
	ctx    context.Context // of deletions
	cancel context.CancelFunc
	stop   chan struct{}
	closed sync.Once
	done   sync.WaitGroup
}

// NewTasks returns no tasks. log is told when deletions begin to fail, and when they work again.
func NewTasks(log *slog.Logger) *Tasks {
	t := &Tasks{log: log, stop: make(chan struct{})}
	t.ctx, t.cancel = context.WithCancel(context.Background())
	return t
}

// Repeat deletes at intervals. what names in the log what is deleted, and from where.
func (t *Tasks) Repeat(every time.Duration, what string, remove func(context.Context) error) {
	t.done.Go(func() { t.repeat(every, what, remove) })
}

// Empty deletes at intervals what waits in a queue, and what still waits when the tasks are closed: what
// then fails is left.
func (t *Tasks) Empty(q *Queue, every time.Duration, what string) {
	t.done.Go(func() {
		t.repeat(every, what, q.Delete)
		_ = q.Delete(t.ctx)
	})
}

func (t *Tasks) repeat(every time.Duration, what string, remove func(context.Context) error) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	failing := false
	for {
		select {
		case <-t.stop:
			return
		case <-tick.C:
		}
		err := remove(t.ctx)
		switch {
		case err != nil && !failing && t.ctx.Err() == nil:
			t.log.Warn(what+" cannot be deleted; it is tried again", "error", err)
		case err == nil && failing:
			t.log.Info(what + " are deleted again")
		}
		failing = err != nil
	}
}

// Closing reports whether the tasks are being closed: a deletion of many batches then ends.
func (t *Tasks) Closing() bool {
	select {
	case <-t.stop:
		return true
	default:
		return false
	}
}

// Close ends the tasks. What is under way, and what waits, has 5 seconds.
func (t *Tasks) Close(ctx context.Context) {
	t.closed.Do(func() { close(t.stop) })
	ctx, cancel := context.WithTimeout(ctx, drain)
	defer cancel()
	defer context.AfterFunc(ctx, t.cancel)()
	t.done.Wait()
	t.cancel()
}
