package session_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity/session"
	"github.com/sluicegate/sluice/gateway/identity/session/sessiontest"
)

func TestMemory(t *testing.T) {
	sessiontest.Store(t, func(*testing.T) session.Store { return sessiontest.NewMemory([]string{"m1", "m2"}, []string{"w"}) })
}

// TestTheLifeOfASession: a token is good until its time has come or it is revoked, also over a
// restart; a member's oldest sessions make room.
func TestTheLifeOfASession(t *testing.T) {
	store := sessiontest.NewMemory([]string{"m1", "m2"}, []string{"w"})
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	open := func() *session.Service {
		s, err := session.Open(t.Context(), store, session.Config{Now: func() time.Time { return now }, Lifetime: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := open()
	create := func(member string) (session.Session, gateway.Secret) {
		t.Helper()
		x, token, err := s.Create(t.Context(), session.Session{Member: member, Workspace: "w", Method: session.WithPassword})
		if err != nil {
			t.Fatal(err)
		}
		return x, token
	}
	first, token := create("m1")
	if !session.HasToken(token) || session.CSRF(token) == "" || strings.Contains(session.CSRF(token), token.Reveal()) {
		t.Error("the token's form")
	}
	s = open()
	if x, ok := s.Find(context.Background(), token); !ok || x.Member != "m1" || x.ID != first.ID || x.ExpiresAt != now.Add(time.Hour) {
		t.Errorf("after a restart: %+v %v", x, ok)
	}
	if _, ok := s.Find(context.Background(), gateway.NewSecret(session.Prefix+"guess")); ok {
		t.Error("a guess is a session")
	}
	if err := s.Revoke(context.Background(), "m2", first.ID); err == nil || gateway.AsError(err).Kind != gateway.NotFound {
		t.Errorf("somebody else revokes it: %v", err)
	}
	for range 25 {
		create("m1")
	}
	if own := s.List("m1"); len(own) != 20 {
		t.Errorf("%d sessions", len(own))
	}
	if _, ok := s.Find(context.Background(), token); ok {
		t.Error("the oldest session did not make room")
	}
	_, other := create("m2")
	mine, token := create("m1")
	if err := s.Revoke(t.Context(), "m1", mine.ID); err != nil {
		t.Fatal(err)
	}
	if _, ok := s.Find(context.Background(), token); ok {
		t.Error("a revoked token is good")
	}
	if err := s.RevokeAll(t.Context(), "m1"); err != nil || len(s.List("m1")) != 0 {
		t.Error(err)
	}
	if _, ok := s.Find(context.Background(), other); !ok {
		t.Error("somebody else's session was revoked")
	}
	now = now.Add(time.Hour)
	if _, ok := s.Find(context.Background(), other); ok || len(s.List("m2")) != 0 {
		t.Error("a session has not ended")
	}
	open()
	if left, err := store.Sessions(t.Context()); err != nil || len(left) != 0 {
		t.Errorf("ended sessions are kept: %v %v", left, err)
	}
}
