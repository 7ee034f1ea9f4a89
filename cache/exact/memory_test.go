package exact_test

import (
	"context"
	"testing"
	"time"

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
	if n, size, count := m.Size(); n != 3 || size > 4500 || count != 2 {
		t.Errorf("%d answers, %d bytes, %d evicted", n, size, count)
	}
}
