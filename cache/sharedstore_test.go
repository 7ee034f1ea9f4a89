package cache_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/cache/cachetest"
	"github.com/sluicegate/sluice/cache/exact"
	"github.com/sluicegate/sluice/cache/key"
	"github.com/sluicegate/sluice/gateway"
)

// sharedStore is an exact.Store outside the process, as a test sees it.
type sharedStore struct {
	exact.Store
	records [][]byte
	fail    error
}

func (s *sharedStore) Get(ctx context.Context, id key.Digest) ([]byte, error) {
	if s.fail != nil {
		return nil, s.fail
	}
	return s.Store.Get(ctx, id)
}

func (s *sharedStore) Put(ctx context.Context, a exact.Answer) error {
	s.records = append(s.records, a.Record)
	if s.fail != nil {
		return s.fail
	}
	return s.Store.Put(ctx, a)
}

// TestSharedStore: two replicas share a store, which sees only ciphertext. If it fails,
// every request is a miss.
func TestSharedStore(t *testing.T) {
	clock := cachetest.NewClock()
	shared := &sharedStore{Store: exact.NewMemory(exact.MemoryConfig{MaxBytes: 1 << 20, Now: clock.Now})}
	replica := func(secret string) *rig {
		r := newRig(t, func(c *cache.Config) {
			c.Store, c.Now, c.Key = shared, clock.Now, gateway.NewSecret(strings.Repeat(secret, 32))
		})
		r.clock = clock
		return r
	}
	a, b := replica("k"), replica("k")
	a.ask(chat("Why is the zanzibar sky blue?"))
	for text, want := range map[string]string{"Why is the zanzibar sky blue?": "HIT exact", "why is the zanzibar sky blue": "SEMANTIC HIT alias"} {
		if f, _ := b.ask(chat(text)); outcome(f) != want || f.Cost.Saved != 4200 {
			t.Errorf("%q: %s", text, outcome(f))
		}
	}
	if len(shared.records) != 1 || bytes.Contains(shared.records[0], []byte("zanzibar")) || bytes.Contains(shared.records[0], []byte("answer")) {
		t.Errorf("%d records, or readable ones", len(shared.records))
	}
	if f, _ := replica("j").ask(chat("Why is the zanzibar sky blue?")); f.Cache.Status.Hit() {
		t.Error("another installation's answer was served")
	}
	shared.fail = errors.New("dial tcp 10.1.2.3: refused")
	f, answer := b.ask(chat("Why is the zanzibar sky blue?"))
	if f.Cache.Status.Hit() || len(answer.Choices) != 1 || !strings.Contains(f.Cache.Reason, "store: failed") || strings.Contains(f.Cache.Reason, "10.1.2.3") || f.Cache.Stored {
		t.Errorf("%+v", f.Cache)
	}
	shared.fail = nil
	if n, err := a.cache.Purge(context.Background(), "w1", cache.PurgeFilter{All: true}); n != 1 || err != nil {
		t.Errorf("%d answers purged, %v", n, err)
	}
	if f, _ := b.ask(chat("Why is the zanzibar sky blue?")); f.Cache.Status == gateway.CacheHit {
		t.Error("purged, and still served")
	}
}
