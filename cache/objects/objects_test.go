package objects_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/sluicegate/sluice/cache/objects"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bucket is kept in memory. It lists three names at once.
type bucket struct {
	mu      sync.Mutex
	kept    map[string][]byte
	held    string // is not deleted
	fail    error
	hang    bool
	batches int
}

func (b *bucket) Write(_ context.Context, name string, content []byte) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.kept[name] = content
	return nil
}

func (b *bucket) Read(_ context.Context, name string, _ int64) ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.kept[name], nil
}

func (b *bucket) List(ctx context.Context, prefix string) ([]string, bool, error) {
	b.mu.Lock()
	hang := b.hang
	b.mu.Unlock()
	if hang {
		<-ctx.Done()
		return nil, false, ctx.Err()
	}
	names := b.names()
	names = slices.DeleteFunc(names, func(n string) bool { return !strings.HasPrefix(n, prefix) })
	return names[:min(3, len(names))], len(names) > 3, b.fail
}

func (b *bucket) Delete(ctx context.Context, names []string) (refused int, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.batches++
	if b.hang {
		<-ctx.Done()
		return 0, ctx.Err()
	}
	if b.fail != nil {
		return 0, b.fail
	}
	for _, n := range names {
		if n == b.held {
			refused++
			continue
		}
		delete(b.kept, n)
	}
	return refused, nil
}

func (b *bucket) fails(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fail = err
}

func (b *bucket) names() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Sorted(maps.Keys(b.kept))
}

var now = time.Date(2026, 11, 30, 23, 30, 0, 0, time.UTC)

func start(t *testing.T, b *bucket, change func(*objects.Config)) *objects.Answers {
	cfg := objects.Config{Bucket: b, Every: time.Millisecond, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler),
		Lease: func(context.Context, time.Duration) (bool, error) { return true, nil }}
	if change != nil {
		change(&cfg)
	}
	a := objects.New(cfg)
	t.Cleanup(func() { _ = a.Close(context.Background()) })
	return a
}

func eventually(t *testing.T, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("not within 20 s")
		}
	}
}

// TestExpiredIsDeleted: what has expired goes in batches, whoever wrote it, and nothing else does: no
// answer that is still served, and nobody else's object.
func TestExpiredIsDeleted(t *testing.T) {
	b := &bucket{kept: map[string][]byte{}}
	idle := start(t, b, func(c *objects.Config) { c.Every = time.Hour })
	for name, expires := range map[string]time.Time{"long ago": now.Add(-90 * 24 * time.Hour), "a": now.Add(-3 * time.Hour), "b": now.Add(-3 * time.Hour), "c": now.Add(-2 * time.Hour),
		"d": now.Add(-2 * time.Hour), "this minute": now.Add(time.Second), "next year": now.Add(40 * 24 * time.Hour)} {
		if err := idle.Put(t.Context(), name, []byte(name), expires); err != nil {
			t.Fatal(err)
		}
	}
	b.kept["answers/readme"], b.kept["exports/2020010100/x"], b.kept["answers/x/y"] = []byte("x"), []byte("x"), []byte("x")
	a := start(t, b, nil)
	eventually(t, func() bool { deleted, _ := a.Deleted(); return deleted == 5 })
	if left := b.names(); len(left) != 5 || b.batches != 2 {
		t.Errorf("%q after %d batches", left, b.batches)
	}
	for name, expires := range map[string]time.Time{"this minute": now.Add(time.Second), "next year": now.Add(40 * 24 * time.Hour)} {
		if got, err := a.Get(t.Context(), name, expires); err != nil || !bytes.Equal(got, []byte(name)) {
			t.Errorf("%s: %q %v", name, got, err)
		}
	}
	if got, err := a.Get(t.Context(), "a", now.Add(-3*time.Hour)); err != nil || got != nil {
		t.Errorf("what was deleted: %q %v", got, err)
	}
}

// TestDeletionIsBounded: nothing is deleted without the lease; an object that the bucket keeps is counted
// and not asked for in a loop; a bucket that hangs does not keep the server from stopping.
func TestDeletionIsBounded(t *testing.T) {
	old := func() *bucket {
		return &bucket{kept: map[string][]byte{"answers/2020010100/x": nil, "answers/2020010100/y": nil}}
	}
	away := old()
	for _, lease := range []func(context.Context, time.Duration) (bool, error){
		func(context.Context, time.Duration) (bool, error) { return false, nil },
		func(context.Context, time.Duration) (bool, error) { return true, errors.New("the database is away") },
	} {
		asked := make(chan struct{}, 1)
		start(t, away, func(c *objects.Config) {
			c.Lease = func(ctx context.Context, d time.Duration) (bool, error) {
				select {
				case asked <- struct{}{}:
				default:
				}
				return lease(ctx, d)
			}
		})
		<-asked
		<-asked
	}
	if len(away.names()) != 2 {
		t.Errorf("deleted without the lease: %q", away.names())
	}
	held := old()
	held.held = "answers/2020010100/x"
	a := start(t, held, nil)
	eventually(t, func() bool { deleted, refused := a.Deleted(); return deleted == 1 && refused > 0 })

	hangs := old()
	hangs.hang = true
	a = start(t, hangs, nil)
	time.Sleep(5 * time.Millisecond)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	begin := time.Now()
	_ = a.Close(ctx)
	if took := time.Since(begin); took > 4*time.Second {
		t.Errorf("closing took %v", took)
	}
}

// TestRemoved: what was purged is deleted soon, without the lease, and nothing else is; what the bucket
// keeps is counted; while the bucket is down it waits, within a bound, and a stop does not wait for it.
func TestRemoved(t *testing.T) {
	b := &bucket{kept: map[string][]byte{}, held: "answers/2026120101/held"}
	expires := now.Add(30 * time.Minute)
	away := func(c *objects.Config) {
		c.Every = time.Hour
		c.Lease = func(context.Context, time.Duration) (bool, error) { return false, nil }
	}
	a := start(t, b, away)
	for _, name := range []string{"a", "b", "held", "c"} {
		if err := a.Put(t.Context(), name, []byte("x"), expires); err != nil {
			t.Fatal(err)
		}
	}
	b.kept["answers/x"] = []byte("x")
	for _, name := range []string{"a", "held", "b", "", "../x", "gone"} {
		a.Remove(name, time.Unix(expires.Unix(), 0))
	}
	eventually(t, func() bool { removed, refused, _ := a.Removed(); return removed == 3 && refused == 1 })
	if left := b.names(); len(left) != 3 || b.batches != 1 {
		t.Errorf("%q after %d batches", left, b.batches)
	}

	b.fails(errors.New("down"))
	for range 50_001 {
		a.Remove("c", expires)
	}
	if _, _, dropped := a.Removed(); dropped != 1 {
		t.Errorf("%d dropped", dropped)
	}
	eventually(t, func() bool { b.mu.Lock(); defer b.mu.Unlock(); return b.batches == 2 })
	b.fails(nil)
	if err := a.Close(t.Context()); err != nil { // deletes what waits
		t.Fatal(err)
	}
	if removed, _, _ := a.Removed(); removed != 50_003 || b.batches != 52 || len(b.names()) != 2 {
		t.Errorf("%d removed with %d batches, %q left", removed, b.batches, b.names())
	}
}

// TestRemovalEnds: a bucket that hangs while purged answers are deleted does not keep the server from stopping.
func TestRemovalEnds(t *testing.T) {
	b := &bucket{kept: map[string][]byte{}, hang: true}
	a := start(t, b, func(c *objects.Config) { c.Every = time.Hour })
	a.Remove("a", now)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	begin := time.Now()
	_ = a.Close(ctx)
	if took := time.Since(begin); took > 4*time.Second || b.batches != 1 {
		t.Errorf("closing took %v, after %d batches", took, b.batches)
	}
}
