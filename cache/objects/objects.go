// Package objects keeps large answers of the cache as objects in a bucket, for all replicas, and deletes
// those that have expired.
//
// The name of an object begins with the hour in which it has expired for sure: "answers/2026113015/…".
// Names in a bucket are listed in order, so those of the oldest hours come first, whoever wrote them. Every
// [Config.Every] one replica, which has the lease, lists and deletes them in batches. An answer that was
// purged or replaced, or whose process was killed before its entry was written, is an object that nobody
// can read; it goes when its hour comes.
package objects

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Bucket keeps objects.
type Bucket interface {
	Write(ctx context.Context, name string, content []byte) error
	// Read returns an object of at most so many bytes, nil if there is none.
	Read(ctx context.Context, name string, most int64) ([]byte, error)
	// List returns the first names with a prefix, in order, and whether there are more.
	List(ctx context.Context, prefix string) (names []string, more bool, err error)
	// Delete removes what List returned at once. refused is how many were not removed.
	Delete(ctx context.Context, names []string) (refused int, err error)
}

// Config configures Answers.
type Config struct {
	Bucket Bucket
	// Lease takes the lease, or extends it, for so long. It reports false if another replica has it.
	Lease func(ctx context.Context, lease time.Duration) (bool, error)
	Every time.Duration    // between deletions; 0 = 10 minutes
	Now   func() time.Time // nil = time.Now
	Log   *slog.Logger
}

const (
	folder  = "answers/"
	hour    = "2006010215"     // in UTC, so that the order of names is that of time
	maxBody = 1<<20 + 1<<10    // the longest answer that is stored, encrypted
	lease   = 2 * time.Minute  // is extended before each batch
	perCall = 30 * time.Second // for the bucket to list or delete a batch
	drain   = 5 * time.Second  // for the batch under way when the server stops
)

// Answers implements cache.Bodies. It owns a goroutine; Close waits for it.
type Answers struct {
	cfg              Config
	deleted, refused atomic.Uint64

	ctx    context.Context // of deletions
	cancel context.CancelFunc
	stop   chan struct{}
	closed sync.Once
	done   sync.WaitGroup
}

// New starts the deletions.
func New(cfg Config) *Answers {
	if cfg.Every <= 0 {
		cfg.Every = 10 * time.Minute
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	a := &Answers{cfg: cfg, stop: make(chan struct{})}
	a.ctx, a.cancel = context.WithCancel(context.Background())
	a.done.Go(a.run)
	return a
}

// name is that of an answer. One that expires within an hour stands in the hour after it.
func name(answer string, expires time.Time) string {
	return folder + expires.UTC().Add(time.Hour).Format(hour) + "/" + answer
}

// Put implements cache.Bodies.
func (a *Answers) Put(ctx context.Context, answer string, body []byte, expires time.Time) error {
	return a.cfg.Bucket.Write(ctx, name(answer, expires), body)
}

// Get implements cache.Bodies.
func (a *Answers) Get(ctx context.Context, answer string, expires time.Time) ([]byte, error) {
	return a.cfg.Bucket.Read(ctx, name(answer, expires), maxBody)
}

// Deleted returns how many objects were deleted, and how many the bucket refused to delete.
func (a *Answers) Deleted() (deleted, refused uint64) { return a.deleted.Load(), a.refused.Load() }

// Close ends the deletions. The batch under way has 5 seconds.
func (a *Answers) Close(ctx context.Context) error {
	a.closed.Do(func() { close(a.stop) })
	ctx, cancel := context.WithTimeout(ctx, drain)
	defer cancel()
	defer context.AfterFunc(ctx, a.cancel)()
	a.done.Wait()
	a.cancel()
	return nil
}

func (a *Answers) run() {
	tick := time.NewTicker(a.cfg.Every)
	defer tick.Stop()
	failing := false
	for {
		select {
		case <-a.stop:
			return
		case <-tick.C:
		}
		err := a.deleteExpired()
		switch {
		case err != nil && !failing && a.ctx.Err() == nil:
			a.cfg.Log.Warn("expired answers of the cache cannot be deleted from the bucket; it is tried again", "error", err)
		case err == nil && failing:
			a.cfg.Log.Info("expired answers of the cache are deleted from the bucket again")
		}
		failing = err != nil
	}
}

// deleteExpired deletes batches until nothing expired is left, another replica has the lease, the bucket
// refuses, or the server stops.
func (a *Answers) deleteExpired() error {
	for {
		select {
		case <-a.stop:
			return nil
		default:
		}
		if mine, err := a.cfg.Lease(a.ctx, lease); err != nil || !mine {
			return err
		}
		again, err := a.deleteBatch()
		if err != nil || !again {
			return err
		}
	}
}

// deleteBatch deletes what has expired of the first names. again: there may be more.
func (a *Answers) deleteBatch() (again bool, err error) {
	ctx, cancel := context.WithTimeout(a.ctx, 2*perCall)
	defer cancel()
	names, more, err := a.cfg.Bucket.List(ctx, folder)
	if err != nil {
		return false, err
	}
	expired := names[:0:0]
	for _, n := range names {
		if a.expired(n) {
			expired = append(expired, n)
		}
	}
	if len(expired) == 0 {
		return false, nil
	}
	refused, err := a.cfg.Bucket.Delete(ctx, expired)
	if err != nil {
		return false, err
	}
	a.deleted.Add(uint64(len(expired) - refused))
	a.refused.Add(uint64(refused))
	return more && refused == 0 && len(expired) == len(names), nil
}

// expired reports whether the hour of a name is over. What has another name is none of Sluice's.
func (a *Answers) expired(n string) bool {
	at, _, ok := strings.Cut(strings.TrimPrefix(n, folder), "/")
	until, err := time.Parse(hour, at)
	return ok && err == nil && until.Before(a.cfg.Now())
}
