package route_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route"
)

// What another process changed is used once Reread was told of it. While the store is down, what
// is known stays.
func TestReread(t *testing.T) {
	b := newBench()
	provider := func() string {
		t.Helper()
		p, err := b.plan(t, "model: m\nconfig: prod")
		if err != nil {
			t.Fatal(err)
		}
		return p.Root.Target.Provider
	}
	put := func(config string) { // as another process does
		t.Helper()
		if _, err := b.store.PutConfig(t.Context(), route.Saved{Workspace: "ws", Slug: "prod", Config: json.RawMessage(config)}); err != nil {
			t.Fatal(err)
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	put(`{"provider":"groq"}`)
	must(b.Reread(t.Context(), "ws", "prod")) // in memory of nobody yet
	if got := provider(); got != "groq" {
		t.Fatal(got)
	}
	put(`{"provider":"mock"}`)
	b.store.Fail(errors.New("down"))
	if err := b.Reread(t.Context(), "ws", "prod"); err == nil {
		t.Error("a store that is down was read")
	}
	if got := provider(); got != "groq" {
		t.Errorf("while the store is down: %s", got)
	}
	b.store.Fail(nil)
	must(b.Reread(t.Context(), "ws", "prod"))
	if got := provider(); got != "mock" {
		t.Errorf("after a change: %s", got)
	}
	must(b.store.DeleteConfig(t.Context(), "ws", "prod"))
	put(`{"provider":"groq"}`) // its versions count from 1 again
	must(b.RereadAll(t.Context()))
	if got := provider(); got != "groq" {
		t.Errorf("deleted and made again: %s", got)
	}
	must(b.store.DeleteConfig(t.Context(), "ws", "prod"))
	must(b.Reread(t.Context(), "ws", "prod"))
	if _, err := b.plan(t, "model: m\nconfig: prod"); gateway.AsError(err).Kind != gateway.NotFound && gateway.AsError(err).Kind != gateway.Invalid {
		t.Errorf("deleted: %v", err)
	}
}
