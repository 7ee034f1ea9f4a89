package cache_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/cache/decide"
	"github.com/sluicegate/sluice/gateway"
)

// TestLabelsReachReplicas: what a comparison shows to one process the others count once, those that
// started later not at all, and nobody can read it on its way.
func TestLabelsReachReplicas(t *testing.T) {
	const stored, asked = "Why is the zanzibar sky blue?", "Why is the zanzibar sky so dark and blue?"
	said, otherSaid := &told{}, &told{}
	one := newRig(t, func(c *cache.Config) { c.Broadcast = said.send })
	other := newRig(t, func(c *cache.Config) { c.Broadcast = otherSaid.send })
	one.ask(chat(stored))
	other.ask(chat(stored))
	one.plan.Cache.MaxError = .0001 // nothing is served
	other.plan.Cache.MaxError = .0001
	one.clock.Add(1)
	if f, _ := one.learn(chat(asked)); f.Cache.Status != gateway.CacheSemanticMiss {
		t.Fatalf("%+v", f.Cache)
	}
	labels := func(r *rig) int {
		x, err := r.cache.Explain(context.Background(), r.exchange(chat(asked)))
		if err != nil {
			t.Fatal(err)
		}
		return x.Promise.Same + x.Promise.Other + x.Promise.Checked
	}
	want := labels(one)
	if want == 0 || labels(other) != 0 {
		t.Fatalf("%d and %d labels", want, labels(other))
	}
	if err := one.cache.Close(context.Background()); err != nil { // tells what waits
		t.Fatal(err)
	}
	said.apply(t, other) // twice
	if got := labels(other); got != want {
		t.Errorf("%d labels, want %d", got, want)
	}
	said.apply(t, one) // its own
	if got := labels(one); got != want {
		t.Errorf("its own labels count twice: %d, want %d", got, want)
	}
	later := newRig(t, func(c *cache.Config) {
		c.Now = func() time.Time { return other.clock.Now().Add(time.Minute) }
	})
	later.plan.Cache.MaxError = .0001
	said.apply(t, later)
	if got := labels(later); got != 0 {
		t.Errorf("a process that started later counts %d labels", got)
	}
	for _, message := range said.messages {
		var told struct{ Labels []byte }
		if err := json.Unmarshal(message, &told); err != nil || len(told.Labels) == 0 {
			t.Fatalf("%s, %v", message, err)
		}
		if strings.Contains(string(message), `"w1"`) || strings.Contains(string(told.Labels), "zanzibar") || strings.Contains(string(told.Labels), "MaxError") {
			t.Errorf("a message tells something: %s", message)
		}
	}
	if err := other.cache.Close(context.Background()); err != nil || len(otherSaid.messages) > 0 {
		t.Errorf("%v, or labels of others are told on: %d", err, len(otherSaid.messages))
	}
}

// TestLinksReachReplicas: a fresh answer that is the same as those of two questions tells the other process
// that these have one answer, too.
func TestLinksReachReplicas(t *testing.T) {
	const asked = "How do I change the colour of the front door?"
	said := &told{}
	one, other := newRig(t, func(c *cache.Config) { c.Broadcast = said.send }), newRig(t, nil)
	answers := func(r *rig, more string) {
		r.up.answer = `{"choices":[{"index":0,"message":{"role":"assistant","content":"Take a soft brush and paint all of the wood twice over` + more + `"},"finish_reason":"stop"}]}`
	}
	for _, r := range []*rig{one, other} {
		r.plan.Cache.MaxError = .0001 // nothing is served
		answers(r, " outside")
		r.learn(chat("How do I change the colour of the garden door?"))
		answers(r, " inside")
		r.learn(chat("How can I change the colour of the kitchen door?"))
		answers(r, "")
		r.clock.Add(1)
	}
	together := func(r *rig) bool {
		x, err := r.cache.Explain(context.Background(), r.exchange(chat(asked)))
		if err != nil {
			t.Fatal(err)
		}
		all := len(x.Neighbours) >= 2
		for _, n := range x.Neighbours {
			all = all && slices.ContainsFunc(n.Features, func(f decide.Weighed) bool { return f.Feature == "agreement of neighbours" && f.Value == 1 })
		}
		return all
	}
	if together(one) || together(other) {
		t.Fatal("two answers that were not found to be the same count as one")
	}
	one.learn(chat(asked))
	if err := one.cache.Close(context.Background()); err != nil { // tells what waits
		t.Fatal(err)
	}
	said.apply(t, other)
	if !together(one) || !together(other) {
		t.Errorf("they count as one in the process that found it: %v, in the other: %v", together(one), together(other))
	}
}
