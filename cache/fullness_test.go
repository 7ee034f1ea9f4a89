package cache_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/gateway"
)

// TestFullness: how full the promise takes the cache to be follows what is stored for a group, also
// after a purge, an expiry and a restart.
func TestFullness(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cache")
	r := newRig(t, func(c *cache.Config) { c.File = file })
	r.plan.Cache.MaxAge = time.Hour
	texts := []string{"Why is the zanzibar sky blue?", "Who wrote Hamlet?", "How do magnets work?", "Where do eels spawn?"}
	want := func(what string, r *rig, text string, n int) {
		t.Helper()
		if f, _ := r.ask(chat(text), func(ex *gateway.Exchange) { ex.Envelope.CacheNoStore = true }); f.Cache.Status.Hit() {
			t.Fatalf("%s: %+v", what, f.Cache)
		}
		if groups := r.cache.Report("w1").Groups; len(groups) == 0 || groups[0].Stored != n {
			t.Errorf("%s: %+v, want %d stored", what, groups, n)
		}
	}
	for i, text := range texts {
		r.ask(chat(text), func(ex *gateway.Exchange) {
			if i == 0 {
				ex.Envelope.Metadata = map[string]string{"tags": "sky"}
				ex.Envelope.CacheNamespace = "n"
			}
		})
		r.clock.Add(time.Minute)
	}
	want("four were stored", r, "Can cats swim far?", 4)
	if err := r.cache.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	again := newRig(t, func(c *cache.Config) { c.File, c.Now = file, r.clock.Now })
	again.plan, again.clock = r.plan, r.clock
	want("after a restart", again, "Can cats swim far?", 4)
	if n, err := again.cache.Purge(context.Background(), "w1", cache.PurgeFilter{Tag: "sky"}); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	want("after a purge of one", again, "Can cats swim far?", 3)
	again.clock.Add(58 * time.Minute) // the next two expire
	again.ask(chat(texts[1]), func(ex *gateway.Exchange) { ex.Envelope.CacheNoStore = true })
	again.ask(chat(texts[2]), func(ex *gateway.Exchange) { ex.Envelope.CacheNoStore = true })
	want("after two expired", again, "Can cats swim far?", 1)
	if _, err := again.cache.Purge(context.Background(), "w1", cache.PurgeFilter{All: true}); err != nil {
		t.Fatal(err)
	}
	want("after a purge of all", again, "Can cats swim far?", 0)
}
