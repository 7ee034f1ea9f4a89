package clientsecret

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// memory is a store, a cipher and the API keys.
type memory struct {
	records map[[32]byte]Record
	used    int
	revoked bool
	opens   bool
}

func (m *memory) AddClientSecret(_ context.Context, r Record, ofKey int) error {
	if len(m.records) >= ofKey {
		return &gateway.Error{Op: "test", Kind: gateway.RateLimited}
	}
	m.records[r.Hash] = r
	return nil
}

func (m *memory) ClientSecret(_ context.Context, hash [32]byte) (Record, error) {
	r, ok := m.records[hash]
	if !ok {
		return r, &gateway.Error{Op: "test", Kind: gateway.NotFound}
	}
	return r, nil
}

func (m *memory) UseClientSecret(_ context.Context, hash [32]byte) (bool, error) {
	m.used++
	return m.used <= m.records[hash].Uses, nil
}

func (m *memory) Seal(_, row, _ string, text gateway.Secret) []byte {
	return []byte(row + strings.ToUpper(text.Reveal()))
}

func (m *memory) Open(_, row, _ string, sealed []byte) (gateway.Secret, error) {
	text, ok := strings.CutPrefix(string(sealed), row)
	if !ok || !m.opens {
		return gateway.Secret{}, &gateway.Error{Op: "test", Kind: gateway.Internal}
	}
	return gateway.NewSecret(strings.ToLower(text)), nil
}

func (m *memory) IdentifyKey(_ context.Context, id, _ string) (*gateway.Principal, error) {
	if m.revoked {
		return nil, &gateway.Error{Op: "test", Kind: gateway.Unauthorized, Public: "This API key is disabled."}
	}
	return &gateway.Principal{APIKey: id}, nil
}

func TestSecrets(t *testing.T) {
	m := &memory{records: map[[32]byte]Record{}, opens: true}
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s := New(m, m, m, func() time.Time { return now })
	secret, expires, err := s.Issue(t.Context(), Grant{APIKey: "k", Session: json.RawMessage(`{"model":"m"}`), Header: map[string]string{"a": "b"}}, time.Minute)
	if err != nil || !IsSecret(secret) || !expires.Equal(now.Add(time.Minute)) {
		t.Fatal(secret, expires, err)
	}
	for hash, r := range m.records {
		if bytes.Contains(r.Sealed, []byte(secret.Reveal())) || bytes.Contains(hash[:], []byte(secret.Reveal())) {
			t.Error("the store has the secret")
		}
	}
	p, g, err := s.Redeem(t.Context(), secret, "")
	if err != nil || p.APIKey != "k" || string(g.Session) != `{"model":"m"}` || g.Header["a"] != "b" {
		t.Errorf("%+v %+v %v", p, g, err)
	}
	if g.API != Realtime {
		t.Errorf("a secret that does not say its API is %q's", g.API)
	}
	refused := func(what string, with gateway.Secret) {
		t.Helper()
		if _, _, err := s.Redeem(t.Context(), with, ""); gateway.AsError(err).Kind != gateway.Unauthorized || strings.Contains(gateway.AsError(err).Public, secret.Reveal()) {
			t.Errorf("%s: %v", what, err)
		}
	}
	refused("an unknown secret", gateway.NewSecret(Prefix+"x"))
	m.opens = false
	refused("another master key", secret)
	m.opens, m.revoked = true, true
	refused("a disabled key", secret)
	if _, err := s.Holder(t.Context(), g, ""); gateway.AsError(err).Kind != gateway.Unauthorized {
		t.Errorf("the session of a disabled key: %v", err)
	}
	m.revoked, now = false, expires
	refused("an expired secret", secret)
	for range PerKey {
		if _, _, err = s.Issue(t.Context(), Grant{APIKey: "k"}, time.Minute); err != nil {
			break
		}
	}
	if e := gateway.AsError(err); e == nil || e.Kind != gateway.RateLimited || e.Code != "too_many_client_secrets" || len(m.records) != PerKey {
		t.Errorf("%d secrets: %v", len(m.records), err)
	}
}

// TestUses: a secret opens as many sessions as it was issued for.
func TestUses(t *testing.T) {
	m := &memory{records: map[[32]byte]Record{}, opens: true}
	s := New(m, m, m, nil)
	secret, _, err := s.Issue(t.Context(), Grant{APIKey: "k", API: Live, Uses: 2}, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		_, g, err := s.Redeem(t.Context(), secret, "")
		if err != nil || g.API != Live {
			t.Fatal(g, err)
		}
		if err := s.Use(t.Context(), g); (err == nil) != (i < 2) || err != nil && gateway.AsError(err).Kind != gateway.Unauthorized {
			t.Errorf("session %d: %v", i, err)
		}
	}
}
