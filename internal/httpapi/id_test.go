package httpapi

import (
	"sync"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"
)

func TestIDs(t *testing.T) {
	next, now := newIDs(), time.Now()
	before := ""
	for range 1000 {
		id := next(now)
		if _, err := ulid.ParseStrict(id); err != nil || id <= before {
			t.Fatalf("%s after %s: %v", id, before, err)
		}
		before = id
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	seen := map[string]bool{}
	for range 8 {
		wg.Go(func() {
			for range 500 {
				id := next(time.Now())
				mu.Lock()
				seen[id] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(seen) != 4000 {
		t.Errorf("%d different ids, want 4000", len(seen))
	}
}
