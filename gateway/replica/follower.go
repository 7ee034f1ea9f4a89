package replica

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway/recurring"
)

// How often a feed is read without being told, and how long one reading may take.
const (
	pollEvery   = 500 * time.Millisecond
	readTimeout = 10 * time.Second
	listenRetry = time.Second
)

// Settings are those of a Follower.
type Settings struct {
	Feed Feed
	// Apply reads again what changed. If it fails, it is called again with the same changes.
	Apply func(ctx context.Context, changes []Change) error
	// Reload reads everything again.
	Reload func(ctx context.Context) error
	Log    *slog.Logger
	// Work notes how the reading goes. Default: one of this follower's own.
	Work *recurring.Work
}

// Reading is what notes how a process reads the changes of others.
func Reading(log *slog.Logger) *recurring.Work {
	return recurring.New(log, "changes of other replicas cannot be read", "changes of other replicas are read again", nil)
}

// Follower applies the changes of other processes. Close ends its goroutines and waits for them.
type Follower struct {
	set  Settings
	stop context.CancelFunc
	wake chan struct{}
	done sync.WaitGroup

	position int64 // belongs to the goroutine that reads
}

// Follow applies the changes after a position that [Feed.Position] returned before the services
// read the store.
func Follow(position int64, set Settings) *Follower {
	if set.Work == nil {
		set.Work = Reading(set.Log)
	}
	ctx, stop := context.WithCancel(context.Background())
	f := &Follower{set: set, stop: stop, wake: make(chan struct{}, 1), position: position}
	f.done.Go(func() { f.listen(ctx) })
	f.done.Go(func() { f.run(ctx) })
	return f
}

// Close ends the follower.
func (f *Follower) Close() {
	f.stop()
	f.done.Wait()
}

// listen lets the database wake the reader. A lost connection is made again: meanwhile the
// reader polls.
func (f *Follower) listen(ctx context.Context) {
	for ctx.Err() == nil {
		_ = f.set.Feed.Listen(ctx, func() { // the reader meets the same failure and reports it
			select {
			case f.wake <- struct{}{}:
			default:
			}
		})
		select {
		case <-ctx.Done():
		case <-time.After(listenRetry):
		}
	}
}

func (f *Follower) run(ctx context.Context) {
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-poll.C:
		case <-f.wake:
		}
		if err := f.read(ctx); ctx.Err() == nil {
			f.set.Work.Done(err)
		}
	}
}

// read applies what is new. The position moves on only when that has worked.
func (f *Follower) read(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	for {
		page, err := f.set.Feed.Changes(ctx, f.position)
		switch {
		case err != nil:
			return err
		case page.Gap:
			err = f.set.Reload(ctx)
		case len(page.Changes) > 0:
			err = f.set.Apply(ctx, page.Changes)
		}
		if err != nil {
			return err
		}
		if page.Next == f.position {
			return nil
		}
		f.position = page.Next
	}
}
