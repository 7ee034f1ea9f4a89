package cache_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/gateway"
)

func by(member, apiKey string) func(*gateway.Exchange) {
	return func(ex *gateway.Exchange) {
		ex.Principal = &gateway.Principal{Workspace: "w1", Member: member, APIKey: apiKey}
	}
}

// TestInsertQuota holds that a caller stores so many answers in an hour and no more, with however
// many keys, and that others are not concerned.
func TestInsertQuota(t *testing.T) {
	r := newRig(t, func(c *cache.Config) { c.InsertsPerHour = 3 })
	stored := func(who func(*gateway.Exchange), text string) bool {
		f, _ := r.ask(chat(text), who)
		if !f.Cache.Stored && !strings.Contains(f.Cache.Reason, "in an hour") {
			t.Errorf("%s: %+v", text, f.Cache)
		}
		return f.Cache.Stored
	}
	for i := range 5 {
		if got := stored(by("ann", fmt.Sprint("key", i)), fmt.Sprintf("What is fact %d?", i)); got != (i < 3) {
			t.Errorf("answer %d: stored %v", i, got)
		}
	}
	if !stored(by("bob", "key"), "What is bob's fact?") || !stored(by("", "key"), "What is a service's fact?") {
		t.Error("others may not store")
	}
	r.clock.Add(20 * time.Minute)
	if !stored(by("ann", "key"), "What is fact 20?") || stored(by("ann", "key"), "What is fact 21?") {
		t.Error("after a third of an hour one more may be stored")
	}
	if s := r.cache.Stats(); s.OverQuota != 3 {
		t.Errorf("%+v", s)
	}
}

// TestFloodEvictsItsOwn holds that a caller who fills the memory evicts its own answers, and no
// other's, also after a restart.
func TestFloodEvictsItsOwn(t *testing.T) {
	file := t.TempDir() + "/cache.snapshot"
	small := func(c *cache.Config) { c.File, c.MaxBytes = file, 100<<10 }
	r := newRig(t, small)
	r.ask(chat("What is ann's question?"), by("ann", ""))
	for round := range 2 {
		for i := range 300 {
			r.ask(chat(fmt.Sprintf("What is question %d of round %d?", i, round)), by("eve", ""))
		}
		s := r.cache.Stats()
		if s.Flooded == 0 || s.Flooded != s.Evicted || s.Bytes > 100<<10 {
			t.Errorf("%+v", s)
		}
		if f, _ := r.ask(chat("What is ann's question?"), by("ann", "")); outcome(f) != "HIT exact" {
			t.Errorf("round %d: %+v", round, f.Cache)
		}
		if err := r.cache.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		r = newRig(t, small)
	}
}
