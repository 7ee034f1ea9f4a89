package cache_test

import (
	"context"
	"testing"
	"time"

	"github.com/sluicegate/sluice/cache"
)

// TestJitterEndsWithTheCaller holds that a hit waits, and that a caller who leaves does not make
// the goroutine wait on.
func TestJitterEndsWithTheCaller(t *testing.T) {
	r := newRig(t, func(c *cache.Config) { c.Jitter = 1000 * time.Hour })
	r.ask(chat(question))
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(20*time.Millisecond, cancel)
	ex := r.exchange(chat(question))
	s, err := r.chain(ctx, ex)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if ctx.Err() == nil || outcome(ex.Facts) != "HIT exact" {
		t.Errorf("the hit did not wait: %+v", ex.Facts.Cache)
	}
}
