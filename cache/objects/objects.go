// Package objects keeps large answers of the cache as objects in a bucket, for all replicas, and deletes
// those that have expired, were purged or were replaced.
//
// The name of an object begins with the hour in which it has expired for sure: "answers/2026113015/…".
// Names in a bucket are listed in order, so those of the oldest hours come first, whoever wrote them. Every
// [Config.Every] one replica, which has the lease, lists and deletes them in batches.
//
// An answer that was purged or replaced is an object that nobody can read. The replica that did it calls
// [Answers.Remove], which deletes the object within some seconds. What waits is bounded; what does not fit,
// what waits when the server stops longer than the bucket takes, and the object of a process that was killed
// before its entry was written, go when their hour comes.
package objects

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/sluicegate/sluice/cache/removal"
)

// Bucket keeps objects.
type Bucket interface {
	Write(ctx context.Context, name string, content []byte) error
	// Read returns an object of at most so many bytes, nil if there is none.
	Read(ctx context.Context, name string, most int64) ([]byte, error)
	// List returns the first names with a prefix, in order, and whether there are more.
	List(ctx context.Context, prefix string) (names []string, more bool, err error)
	// Delete removes at most 1,000 objects; one that is not there counts as removed. refused is how many
	// were not removed.
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
	perCall = 30 * time.Second // for the bucket to list a batch

	removeEvery = time.Second
)

// Answers implements cache.Bodies, cache.Deleting and cache.Removing. It owns two goroutines; Close waits
// for them.
type Answers struct {
	cfg     Config
	expired removal.Counts
	removed *removal.Queue
	tasks   *removal.Tasks
}

// New starts the deletions.
func New(cfg Config) *Answers {
	if cfg.Every <= 0 {
		cfg.Every = 10 * time.Minute
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	a := &Answers{cfg: cfg, removed: removal.NewQueue(cfg.Bucket.Delete), tasks: removal.NewTasks(cfg.Log)}
	a.tasks.Repeat(cfg.Every, "expired answers of the cache in the bucket", a.deleteExpired)
	a.tasks.Empty(a.removed, removeEvery, "purged answers of the cache in the bucket")
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

// Remove implements cache.Removing.
func (a *Answers) Remove(answer string, expires time.Time) {
	if answer != "" && !strings.Contains(answer, "/") {
		a.removed.Add(name(answer, expires))
	}
}

// Deleted returns how many objects of expired answers were deleted, and how many the bucket refused to delete.
func (a *Answers) Deleted() (deleted, refused uint64) {
	return a.expired.Get()
}

// Removed implements cache.Removing.
func (a *Answers) Removed() (removed, refused, dropped uint64) {
	return a.removed.Removed()
}

// Close ends the deletions. What is under way, and what is to be removed, has 5 seconds.
func (a *Answers) Close(ctx context.Context) error {
	a.tasks.Close(ctx)
	return nil
}

// deleteExpired deletes batches until nothing expired is left, another replica has the lease, the bucket
// refuses, or the server stops.
func (a *Answers) deleteExpired(ctx context.Context) error {
	for !a.tasks.Closing() {
		if mine, err := a.cfg.Lease(ctx, lease); err != nil || !mine {
			return err
		}
		again, err := a.deleteBatch(ctx)
		if err != nil || !again {
			return err
		}
	}
	return nil
}

// deleteBatch deletes what has expired of the first names. again: there may be more.
func (a *Answers) deleteBatch(ctx context.Context) (again bool, err error) {
	listing, cancel := context.WithTimeout(ctx, perCall)
	defer cancel()
	names, more, err := a.cfg.Bucket.List(listing, folder)
	if err != nil {
		return false, err
	}
	expired := names[:0:0]
	for _, n := range names {
		if a.hasExpired(n) {
			expired = append(expired, n)
		}
	}
	if len(expired) == 0 {
		return false, nil
	}
	_, before := a.expired.Get()
	if err := a.expired.Delete(ctx, a.cfg.Bucket.Delete, expired); err != nil {
		return false, err
	}
	_, refused := a.expired.Get()
	return more && refused == before && len(expired) == len(names), nil
}

// hasExpired reports whether the hour of a name is over. What has another name is none of Sluice's.
func (a *Answers) hasExpired(n string) bool {
	at, _, ok := strings.Cut(strings.TrimPrefix(n, folder), "/")
	until, err := time.Parse(hour, at)
	return ok && err == nil && until.Before(a.cfg.Now())
}
