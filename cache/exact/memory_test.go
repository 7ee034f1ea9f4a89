package exact_test

import (
	"bytes"
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sluicegate/sluice/cache/cachetest"
	"github.com/sluicegate/sluice/cache/exact"
	"github.com/sluicegate/sluice/cache/key"
)

func TestMemory(t *testing.T) {
	cachetest.ExactStore(t, func(t *testing.T, clock *cachetest.Clock) exact.Store {
		return exact.NewMemory(exact.MemoryConfig{MaxBytes: 1 << 20, Now: clock.Now})
	})
}

// TestEviction fills a small store: the least recently used answers go first.
func TestEviction(t *testing.T) {
	var evicted []key.Digest
	m := exact.NewMemory(exact.MemoryConfig{MaxBytes: 4500, Removed: func(a exact.Answer) { evicted = append(evicted, a.ID) }})
	ctx := context.Background()
	put := func(n, size int) error {
		return m.Put(ctx, exact.Answer{ID: cachetest.ID(n), Workspace: cachetest.ID(1), Record: make([]byte, size), Expires: time.Now().Add(time.Hour)})
	}
	for n := range 3 {
		if err := put(n, 1000); err != nil {
			t.Fatal(err)
		}
	}
	_, _ = m.Get(ctx, cachetest.ID(0))
	for n := 3; n < 5; n++ {
		_ = put(n, 1000)
	}
	if len(evicted) != 2 || evicted[0] != cachetest.ID(1) || evicted[1] != cachetest.ID(2) {
		t.Errorf("evicted %v", evicted)
	}
	if err := put(9, 4500); err == nil {
		t.Error("an answer larger than the store was taken")
	}
	if err := exact.NewMemory(exact.MemoryConfig{MaxBytes: 1 << 20}).Put(ctx, exact.Answer{Attributes: make([]key.Digest, 1<<15)}); err == nil {
		t.Error("an answer with 32,768 attributes was taken")
	}
	if n, size, count := m.Size(); n != 3 || size > 4500 || count != 2 {
		t.Errorf("%d answers, %d bytes, %d evicted", n, size, count)
	}
}

// TestStored counts the answers of a group whatever removes them: another answer of the same ID, their
// expiry, a deletion, an eviction.
func TestStored(t *testing.T) {
	clock, ctx := cachetest.NewClock(), context.Background()
	m := exact.NewMemory(exact.MemoryConfig{MaxBytes: 8000, Now: clock.Now})
	group := cachetest.ID(99)
	put := func(n int, life time.Duration) {
		t.Helper()
		if err := m.Put(ctx, exact.Answer{ID: cachetest.ID(n), Workspace: cachetest.ID(1), Attributes: []key.Digest{group}, Grouped: true, Record: make([]byte, 1000), Expires: clock.Now().Add(life)}); err != nil {
			t.Fatal(err)
		}
	}
	want := func(what string, n int) {
		t.Helper()
		if got := m.Stored(group); got != n {
			t.Errorf("%s: %d stored, want %d", what, got, n)
		}
	}
	for n := range 6 {
		put(n, time.Duration(n+1)*time.Hour)
	}
	put(5, 6*time.Hour)
	want("replaced", 6)
	for n := 6; n < 8; n++ {
		put(n, 10*time.Hour)
	}
	want("evicted", 6) // of 8, which do not fit
	clock.Add(3 * time.Hour)
	m.RemoveExpired()
	want("expired", 5)
	if _, err := m.Delete(ctx, exact.Selection{IDs: []key.Digest{cachetest.ID(7)}}); err != nil {
		t.Fatal(err)
	}
	want("deleted", 4)
	for a := range m.All() {
		if a.Group() != group {
			t.Errorf("the group is %v", a.Group())
		}
	}
	if _, err := m.Delete(ctx, exact.Selection{Workspace: cachetest.ID(1)}); err != nil {
		t.Fatal(err)
	}
	want("purged", 0)
}

// TestAll: answers come back as they were put, whether or not their records hold the ID, the alias and the
// attributes too.
func TestAll(t *testing.T) {
	id, alias, tag, model := cachetest.ID(1), cachetest.ID(2), cachetest.ID(3), cachetest.ID(4)
	for what, record := range map[string][]byte{
		"nothing": []byte("text"), "all": slices.Concat([]byte("a"), id[:], alias[:], tag[:], []byte("text"), tag[:], model[:], []byte("end")),
		"some, in another order": slices.Concat(alias[:], id[:], model[:], tag[:]), "the alias, cut off": alias[:len(alias)-1], "no bytes": {},
	} {
		m := exact.NewMemory(exact.MemoryConfig{MaxBytes: 1 << 20})
		put := exact.Answer{ID: id, Alias: alias, Workspace: cachetest.ID(5), Record: slices.Clone(record), Expires: time.Unix(1<<32, 0), Attributes: []key.Digest{tag, model},
			Grouped: true, Stored: time.Unix(1<<31, 0), Caller: cachetest.ID(6)}
		if err := m.Put(t.Context(), put); err != nil {
			t.Fatal(err)
		}
		for got := range m.All() {
			if diff := cmp.Diff(put, got); diff != "" {
				t.Errorf("the record holds %s:\n%s", what, diff)
			}
		}
		for _, by := range []key.Digest{id, alias} {
			if got, err := m.Get(t.Context(), by); err != nil || !bytes.Equal(got, record) {
				t.Errorf("the record holds %s: %x, %v", what, got, err)
			}
		}
		if n, err := m.Delete(t.Context(), exact.Selection{Workspace: cachetest.ID(5), Condition: exact.Condition{Attributes: []key.Digest{model}}}); n != 1 || err != nil {
			t.Errorf("the record holds %s: %d deleted, %v", what, n, err)
		}
		if got, _ := m.Get(t.Context(), alias); got != nil {
			t.Errorf("the record holds %s: found after it was deleted", what)
		}
	}
}

// TestLookupsWhileAnswersExpire: lookups go on while 200,000 answers are removed.
func TestLookupsWhileAnswersExpire(t *testing.T) {
	const expiring = 200_000
	clock, ctx := cachetest.NewClock(), t.Context()
	m := exact.NewMemory(exact.MemoryConfig{MaxBytes: 1 << 30, Now: clock.Now})
	for n := range expiring + 1 {
		life := time.Hour
		if n == 0 {
			life = 2 * time.Hour
		}
		if err := m.Put(ctx, exact.Answer{ID: cachetest.ID(n), Workspace: cachetest.ID(1), Record: []byte("text"), Expires: clock.Now().Add(life)}); err != nil {
			t.Fatal(err)
		}
	}
	clock.Add(time.Hour)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		m.RemoveExpired()
	}()
	meanwhile := 0
	for left := expiring + 1; left > 1; left, _, _ = m.Size() {
		if got, err := m.Get(ctx, cachetest.ID(0)); err != nil || string(got) != "text" {
			t.Fatalf("%q, %v", got, err)
		}
		if left <= expiring {
			meanwhile++
		}
	}
	<-ended
	if meanwhile == 0 {
		t.Error("no lookup was answered before all that expired was removed")
	}
}
