// Package sessiontest holds the conformance suite of session.Store, and a store in memory.
package sessiontest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity/session"
)

// Store runs the suite. open returns an empty store that knows the members m1 and m2 and the
// workspace w.
func Store(t *testing.T, open func(t *testing.T) session.Store) {
	s := open(t)
	ctx := t.Context()
	at := time.Date(2026, 11, 22, 10, 0, 0, 123456789, time.UTC)
	a := session.Session{ID: "01A", Hash: session.Hash{1}, Member: "m1", Workspace: "w", Method: session.WithPassword, Address: "10.0.0.1", Client: "curl", CreatedAt: at, ExpiresAt: at.Add(time.Hour)}
	b := session.Session{ID: "01B", Hash: session.Hash{2}, Member: "m2", Workspace: "w", Method: session.WithAPIKey, CreatedAt: at, ExpiresAt: at.Add(time.Minute),
		APIKey: "k", Refresh: session.Refresh{Hash: session.Hash{12}, Until: at.Add(time.Hour)}}
	for _, x := range []session.Session{b, a} {
		if err := s.PutSession(ctx, x); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.Sessions(ctx)
	if d := cmp.Diff([]session.Session{a, b}, got); d != "" || err != nil {
		t.Errorf("%v\n%s", err, d)
	}
	for name, c := range map[string]struct {
		err  error
		kind gateway.Kind
	}{
		"a hash in use":   {s.PutSession(ctx, session.Session{ID: "01C", Hash: a.Hash, Member: "m1", Workspace: "w", CreatedAt: at, ExpiresAt: at}), gateway.Conflict},
		"a member":        {s.PutSession(ctx, session.Session{ID: "01C", Hash: session.Hash{3}, Member: "m9", Workspace: "w", CreatedAt: at, ExpiresAt: at}), gateway.NotFound},
		"a workspace":     {s.PutSession(ctx, session.Session{ID: "01C", Hash: session.Hash{3}, Member: "m1", Workspace: "w9", CreatedAt: at, ExpiresAt: at}), gateway.NotFound},
		"an unknown one":  {s.DeleteSession(ctx, "01Z"), gateway.NotFound},
		"text of NUL":     {s.DeleteSession(ctx, "01\x00"), gateway.NotFound},
		"an agent of NUL": {s.PutSession(ctx, session.Session{ID: "01D", Hash: session.Hash{4}, Member: "m1", Workspace: "w", Client: "\x00", CreatedAt: at, ExpiresAt: at}), gateway.Invalid},
	} {
		if c.err == nil || gateway.AsError(c.err).Kind != c.kind {
			t.Errorf("%s: %v, want %v", name, c.err, c.kind)
		}
	}
	renewed := b
	renewed.Hash, renewed.Refresh = session.Hash{22}, session.Refresh{Hash: session.Hash{32}, Until: at.Add(time.Hour), At: at.Add(time.Second), Used: b.Refresh.Hash, Replaced: b.Hash}
	if err := s.RenewSession(ctx, renewed, b.Refresh.Hash); err != nil {
		t.Error(err)
	}
	if err := s.RenewSession(ctx, renewed, b.Refresh.Hash); gateway.AsError(err).Kind != gateway.Conflict {
		t.Errorf("renewed twice with one token: %v", err)
	}
	if got, err := s.Sessions(ctx); err != nil || cmp.Diff([]session.Session{a, renewed}, got) != "" {
		t.Errorf("renewed: %v\n%s", err, cmp.Diff([]session.Session{a, renewed}, got))
	}
	if err := s.DeleteSession(ctx, "01A"); err != nil {
		t.Error(err)
	}
	if got, err := s.Sessions(ctx); err != nil || len(got) != 1 || got[0].ID != "01B" {
		t.Errorf("%+v, %v", got, err)
	}
}
