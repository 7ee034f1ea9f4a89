package live

import (
	"context"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/listing"
)

// TestHub: a listener gets what matches its query and is in its scope, nobody waits for it, and it
// learns how much it missed.
func TestHub(t *testing.T) {
	h := &Hub{}
	l, err := h.Listen(telemetry.Query{Scope: listing.Workspace("w1"), Status: []int{5}}, "m")
	if err != nil {
		t.Fatal(err)
	}
	h.Export([]*telemetry.Record{{ID: "1", Workspace: "w1", Status: 200}, {ID: "2", Workspace: "w2", Status: 500}, {ID: "3", Workspace: "w1", Status: 502}})
	if r, ended := l.Next(t.Context()); ended || r.ID != "3" {
		t.Fatal(r, ended)
	}
	for range queued + 5 {
		h.Export([]*telemetry.Record{{Workspace: "w1", Status: 500}})
	}
	if n := l.Dropped(); n != 5 || l.Dropped() != 0 {
		t.Errorf("%d were dropped", n)
	}
	l.Close()
	l, err = h.Listen(telemetry.Query{Scope: listing.AllWorkspaces()}, "m")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if r, ended := l.Next(ctx); r != nil || ended {
		t.Error("there is nothing yet")
	}
	h.Close()
	if r, ended := l.Next(t.Context()); r != nil || !ended {
		t.Error("the hub has ended")
	}
	l.Close()
	if _, err := h.Listen(telemetry.Query{Scope: listing.AllWorkspaces()}, "m"); gateway.AsError(err).Kind != gateway.Unavailable {
		t.Error(err)
	}
}

// TestBounds: listeners are bounded by member and in all, and none listens without a scope.
func TestBounds(t *testing.T) {
	h := &Hub{}
	q := telemetry.Query{Scope: listing.AllWorkspaces()}
	if _, err := h.Listen(telemetry.Query{}, "m"); err == nil {
		t.Error("no scope listens")
	}
	var first *Listener
	for i := range MaxListeners {
		l, err := h.Listen(q, string(rune('a'+i/MaxListenersPerMember)))
		if err != nil {
			t.Fatal(i, err)
		}
		if first == nil {
			first = l
		}
		if i == MaxListenersPerMember-1 {
			if _, err := h.Listen(q, "a"); gateway.AsError(err).Kind != gateway.RateLimited {
				t.Error(err)
			}
		}
	}
	if _, err := h.Listen(q, "z"); gateway.AsError(err).Kind != gateway.RateLimited {
		t.Error(err)
	}
	first.Close()
	if _, err := h.Listen(q, "z"); err != nil {
		t.Error(err)
	}
}
