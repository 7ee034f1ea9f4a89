// Package devicetest holds the conformance suite of device.Store, and a store in memory.
package devicetest

import (
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity/device"
)

// Store runs the suite. open returns an empty store.
func Store(t *testing.T, open func(t *testing.T) device.Store) {
	s := open(t)
	ctx := t.Context()
	at := time.Date(2026, 11, 29, 10, 0, 0, 123456789, time.UTC)
	grant := func(n byte, address string, created time.Time) device.Grant {
		return device.Grant{ID: "01" + string('A'+rune(n)), Device: device.Hash{n, 1}, User: device.Hash{n, 2}, Scope: device.Inference, Client: "claude-code", Address: address,
			State: device.Pending, CreatedAt: created, ExpiresAt: created.Add(time.Minute)}
	}
	start := func(g device.Grant) error { return s.StartDevice(ctx, g, g.CreatedAt.Add(-time.Hour), 2, 3) }
	a, b := grant(0, "10.0.0.1", at), grant(1, "10.0.0.1", at)
	for _, g := range []device.Grant{a, b, grant(2, "10.0.0.2", at)} {
		if err := start(g); err != nil {
			t.Fatal(err)
		}
	}
	if err := start(grant(3, "10.0.0.3", at)); gateway.AsError(err).Kind != gateway.RateLimited {
		t.Errorf("more than wait in all: %v", err)
	}
	if err := s.StartDevice(ctx, grant(3, "10.0.0.1", at), at, 2, 9); gateway.AsError(err).Kind != gateway.RateLimited {
		t.Errorf("more than wait of one address: %v", err)
	}
	if err := start(grant(0, "10.0.0.9", at.Add(2*time.Minute))); gateway.AsError(err).Kind != gateway.Conflict {
		t.Errorf("codes in use: %v", err)
	}
	if err := start(grant(4, "10.0.0.1", at.Add(2*time.Minute))); err != nil {
		t.Errorf("after the others have ended: %v", err)
	}
	got, err := s.DeviceByCode(ctx, a.Device)
	if d := cmp.Diff(a, got); d != "" || err != nil {
		t.Errorf("by its code: %v\n%s", err, d)
	}
	if got, err = s.DeviceByUserCode(ctx, a.User); err != nil || got.ID != a.ID {
		t.Errorf("by its user code: %+v %v", got, err)
	}
	if _, err := s.DeviceByCode(ctx, a.User); gateway.AsError(err).Kind != gateway.NotFound {
		t.Errorf("a user code for a device code: %v", err)
	}
	a.State, a.Member, a.Workspace, a.APIKey = device.Approved, "m", "w", "k"
	if err := s.DecideDevice(ctx, a); err != nil {
		t.Fatal(err)
	}
	denied := a
	denied.State = device.Denied
	if err := s.DecideDevice(ctx, denied); gateway.AsError(err).Kind != gateway.NotFound {
		t.Errorf("decided twice: %v", err)
	}
	if got, err = s.DeviceByCode(ctx, a.Device); err != nil || cmp.Diff(a, got) != "" {
		t.Errorf("decided: %+v %v", got, err)
	}
	var taken sync.Map
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			if s.TakeDevice(ctx, a.ID) == nil {
				taken.Store(i, true)
			}
		})
	}
	all.Wait()
	n := 0
	taken.Range(func(any, any) bool { n++; return true })
	if n != 1 {
		t.Errorf("taken %d times", n)
	}
	late := grant(5, "10.0.0.5", at.Add(3*time.Hour))
	if err := start(late); err != nil {
		t.Fatal(err)
	}
	if _, err := s.DeviceByCode(ctx, b.Device); gateway.AsError(err).Kind != gateway.NotFound {
		t.Errorf("one that ended long ago: %v", err)
	}
}
