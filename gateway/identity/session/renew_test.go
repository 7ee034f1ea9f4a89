package session_test

import (
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity/session"
	"github.com/sluicegate/sluice/gateway/identity/session/sessiontest"
)

// device is a renewable session of m1 with a clock.
type device struct {
	*session.Service
	now    time.Time
	tokens session.Tokens
}

func openDevice(t *testing.T, store session.Store) *device {
	d := &device{now: time.Date(2026, 11, 29, 10, 0, 0, 0, time.UTC)}
	var err error
	if d.Service, err = session.Open(t.Context(), store, session.Config{Now: func() time.Time { return d.now }}); err != nil {
		t.Fatal(err)
	}
	if _, d.tokens, err = d.CreateRenewable(t.Context(), session.Session{Member: "m1", Workspace: "w", Method: session.WithDevice, APIKey: "k"}); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *device) good(t *testing.T, token gateway.Secret) bool {
	x, ok := d.Find(t.Context(), token)
	return ok && x.APIKey == "k"
}

// TestRenew: a token ends after an hour, its successor comes for the refresh token, and the old one
// stays good for the calls that are under way. All of it ends after a week.
func TestRenew(t *testing.T) {
	store := sessiontest.NewMemory([]string{"m1"}, []string{"w"})
	d := openDevice(t, store)
	first := d.tokens
	d.now = d.now.Add(59 * time.Minute)
	_, second, err := d.Renew(t.Context(), first.Refresh)
	if err != nil || !d.good(t, second.Access) || !d.good(t, first.Access) {
		t.Fatalf("after the renewal: %v", err)
	}
	again, err := session.Open(t.Context(), store, session.Config{Now: func() time.Time { return d.now }})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := again.Find(t.Context(), first.Access); !ok {
		t.Error("a restart forgets the replaced token")
	}
	d.now = d.now.Add(2 * time.Minute)
	if d.good(t, first.Access) || !d.good(t, second.Access) {
		t.Error("a replaced token stays good")
	}
	d.now = d.now.Add(time.Hour)
	if d.good(t, second.Access) || len(d.List("m1")) != 1 {
		t.Error("a token does not end, or its session ended with it")
	}
	_, third, err := d.Renew(t.Context(), second.Refresh)
	if err != nil || !d.good(t, third.Access) {
		t.Fatalf("after the token had ended: %v", err)
	}
	d.now = d.now.Add(7 * 24 * time.Hour)
	if _, _, err := d.Renew(t.Context(), third.Refresh); gateway.AsError(err).Code != "invalid_grant" || len(d.List("m1")) != 0 {
		t.Errorf("after a week: %v", err)
	}
}

// TestRefreshTokenTwice: whoever has copied a refresh token and its owner end the session between
// them.
func TestRefreshTokenTwice(t *testing.T) {
	d := openDevice(t, sessiontest.NewMemory([]string{"m1"}, []string{"w"}))
	_, thief, err := d.Renew(t.Context(), d.tokens.Refresh)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.Renew(t.Context(), d.tokens.Refresh); gateway.AsError(err).Code != "invalid_grant" {
		t.Errorf("used twice: %v", err)
	}
	if d.good(t, thief.Access) || d.good(t, d.tokens.Access) {
		t.Error("the tokens are good all the same")
	}
	if _, _, err := d.Renew(t.Context(), thief.Refresh); gateway.AsError(err).Code != "invalid_grant" {
		t.Errorf("the successor: %v", err)
	}
	for _, token := range []string{"", "sk-sl-refresh-guess", d.tokens.Access.Reveal()} {
		if _, _, err := d.Renew(t.Context(), gateway.NewSecret(token)); gateway.AsError(err).Code != "invalid_grant" {
			t.Errorf("%q: %v", token, err)
		}
	}
}

// TestRevokeToken: either token ends the session, and an unknown one ends nothing.
func TestRevokeToken(t *testing.T) {
	for _, refresh := range []bool{true, false} {
		d := openDevice(t, sessiontest.NewMemory([]string{"m1"}, []string{"w"}))
		token := d.tokens.Access
		if refresh {
			token = d.tokens.Refresh
		}
		if x, err := d.RevokeToken(t.Context(), gateway.NewSecret("sk-sl-session-guess")); err != nil || x.ID != "" || !d.good(t, d.tokens.Access) {
			t.Errorf("a guess: %+v %v", x, err)
		}
		if x, err := d.RevokeToken(t.Context(), token); err != nil || x.Member != "m1" || d.good(t, d.tokens.Access) {
			t.Errorf("%+v %v", x, err)
		}
	}
}
