package credential_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential"
	"github.com/sluicegate/sluice/gateway/credential/credentialtest"
)

// vaultLike is a source whose values the test sets; "" = it is down.
type vaultLike struct {
	mu     sync.Mutex
	values map[string]string
	reads  int
}

func (s *vaultLike) Read(_ context.Context, path string) (credential.Value, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads++
	if s.values[path] == "" {
		return credential.Value{}, &gateway.Error{Op: "test", Kind: gateway.Unavailable, Public: "nobody answers."}
	}
	return credential.Value{Secret: gateway.NewSecret(s.values[path]), MaxAge: time.Minute}, nil
}

func (s *vaultLike) set(path, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.values[path] = value
}

// referring is a service with the sources env (NAME is set) and vault, and a clock.
func referring(t *testing.T) (*house, *vaultLike, *credentialtest.Memory) {
	t.Helper()
	vault := &vaultLike{values: map[string]string{"secret/data/openai#key": "sk-vault-1"}}
	env := &vaultLike{values: map[string]string{"NAME": "sk-env-1"}}
	store := newStore()
	h := &house{clock: &clock{time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}, owner: principal("default", gateway.RoleOwner)}
	h.Service = credential.New(store, master(t), known, credential.Config{Now: func() time.Time { return h.clock.now },
		Sources: map[string]credential.Source{"vault": vault, "env": env}, SourceOutage: time.Hour})
	must(t, h.Load(t.Context()))
	return h, vault, store
}

const vaultReference = "vault:secret/data/openai#key"

// A reference is stored, and never its value. The value is read again when it is due; while its
// source is down the last one is used for the configured time, and then the error names key and
// source.
func TestReferences(t *testing.T) {
	ctx := t.Context()
	h, vault, store := referring(t)
	_, err := h.CreateVirtualKey(ctx, h.owner, credential.NewVirtualKey{Name: "vk", Provider: "openai", Credential: gateway.NewSecret(vaultReference)})
	must(t, err)
	want := func(when, value string) {
		t.Helper()
		if got := valueOf(t, keyNamed(t, h, "vk")).Reveal(); got != value {
			t.Errorf("%s: %q, want %q", when, got, value)
		}
	}
	want("at first", "sk-vault-1")
	rows, err := store.VirtualKeys(ctx)
	must(t, err)
	if c := rows[0].Credentials[0]; c.Reference != vaultReference || len(c.Sealed) != 0 {
		t.Errorf("stored %+v", c)
	}
	if all := h.Credentials(); len(all) != 1 || all[0].Reveal() != "sk-vault-1" {
		t.Error("the value is not among those to be kept out of texts")
	}
	vault.set("secret/data/openai#key", "sk-vault-2")
	h.Refresh(ctx)
	want("before it is due", "sk-vault-1")
	h.clock.now = h.clock.now.Add(time.Minute)
	h.Refresh(ctx)
	want("when it is due", "sk-vault-2")

	vault.set("secret/data/openai#key", "")
	for range 59 {
		h.clock.now = h.clock.now.Add(time.Minute)
		h.Refresh(ctx)
		want("while the source is down", "sk-vault-2")
	}
	h.clock.now = h.clock.now.Add(2 * time.Minute)
	h.Refresh(ctx)
	_, err = keyNamed(t, h, "vk").Pool.Choose(noSession, nil)
	e := wantKind(t, "after the outage", err, gateway.Unavailable)
	if e.Code != credential.CodeUnavailable || !strings.Contains(e.Public, "'vk'") || !strings.Contains(e.Public, vaultReference) || !strings.Contains(e.Public, "nobody answers") {
		t.Errorf("%q", e.Public)
	}
	infos, err := h.VirtualKeyInfos(ctx, h.owner, "")
	must(t, err)
	if i := infos[0]; i.Status != credential.StatusFailing || i.Held[0].Problem == "" || i.Held[0].Fingerprint != "" {
		t.Errorf("shown as %+v", i)
	}
	vault.set("secret/data/openai#key", "sk-vault-3")
	h.clock.now = h.clock.now.Add(time.Minute)
	h.Refresh(ctx)
	want("when it is back", "sk-vault-3")

	_, err = h.DeleteVirtualKey(ctx, h.owner, "vk")
	must(t, err)
	must(t, h.Load(ctx))
	reads := vault.reads
	h.clock.now = h.clock.now.Add(time.Hour)
	if h.Refresh(ctx); vault.reads != reads {
		t.Error("a reference that no key has is still read")
	}
}

// A source that is down at the start refuses the calls of its keys only, until it is back.
func TestSourceDownAtStart(t *testing.T) {
	ctx := t.Context()
	h, vault, _ := referring(t)
	vault.set("secret/data/openai#key", "")
	must(t, h.Declare(ctx, []credential.NewVirtualKey{{Name: "vk", Provider: "openai", Credential: gateway.NewSecret(vaultReference),
		Credentials: []credential.NewCredential{{Name: "b", Credential: gateway.NewSecret("sk-b")}}}, {Name: "alone", Provider: "openai", Credential: gateway.NewSecret(vaultReference)}}))
	if got := valueOf(t, keyNamed(t, h, "vk")).Reveal(); got != "sk-b" {
		t.Errorf("the other credential: %q", got)
	}
	_, err := keyNamed(t, h, "alone").Pool.Choose(noSession, nil)
	wantKind(t, "without a value", err, gateway.Unavailable)
	vault.set("secret/data/openai#key", "sk-vault")
	h.clock.now = h.clock.now.Add(time.Minute)
	h.Refresh(ctx)
	if got := valueOf(t, keyNamed(t, h, "alone")).Reveal(); got != "sk-vault" {
		t.Errorf("afterwards: %q", got)
	}
}

// Only the server's file and owners may name what is on the server's machine or in its Vault.
func TestWhoMayRefer(t *testing.T) {
	for _, reference := range []string{"env:NAME", "file:/etc/passwd", vaultReference} {
		for _, role := range []gateway.Role{gateway.RoleAdmin, gateway.RoleManager, gateway.RoleMember} {
			h, _, store := referring(t)
			for _, n := range []credential.NewVirtualKey{
				{Name: "vk", Provider: "openai", Credential: gateway.NewSecret(reference), BaseURL: "https://collector.example"},
				{Name: "vk", Provider: "openai", Credential: gateway.NewSecret("sk-own"), Credentials: []credential.NewCredential{{Name: "b", Credential: gateway.NewSecret(reference)}}},
			} {
				_, err := h.CreateVirtualKey(t.Context(), principal("default", role), n)
				wantKind(t, string(role)+" names "+reference, err, gateway.Forbidden)
			}
			if rows, err := store.VirtualKeys(t.Context()); err != nil || len(rows) != 0 {
				t.Errorf("%s: %d keys are stored, %v", role, len(rows), err)
			}
		}
	}
}

// Whoever may not refer to something may not have it sent elsewhere either. Everything else of the key
// may change.
func TestWhoMayMoveAReference(t *testing.T) {
	h, _, _ := referring(t)
	_, err := h.CreateVirtualKey(t.Context(), h.owner, credential.NewVirtualKey{Name: "vk", Provider: "openai", Credential: gateway.NewSecret(vaultReference), BaseURL: "https://first.example/v1"})
	must(t, err)
	_, err = h.CreateVirtualKey(t.Context(), h.owner, credential.NewVirtualKey{Name: "several", Provider: "openai", Credential: gateway.NewSecret("sk-own"),
		Credentials: []credential.NewCredential{{Name: "b", Credential: gateway.NewSecret(vaultReference)}}})
	must(t, err)
	admin := principal("default", gateway.RoleAdmin)
	formats := gateway.Formats{"chat": "https://collector.example/v1"}
	for _, name := range []string{"vk", "several"} {
		for what, to := range map[string]credential.VirtualKeyChange{
			"base_url": {BaseURL: kept("https://collector.example/v1")}, "formats": {Formats: &formats},
		} {
			_, err = h.UpdateVirtualKey(t.Context(), admin, name, to)
			wantKind(t, "an admin changes "+what+" of "+name, err, gateway.Forbidden)
			_, err = h.UpdateVirtualKey(t.Context(), h.owner, name, to)
			must(t, err)
			_, err = h.UpdateVirtualKey(t.Context(), h.owner, name, credential.VirtualKeyChange{BaseURL: kept("https://first.example/v1"), Formats: &gateway.Formats{}})
			must(t, err)
		}
		_, err = h.UpdateVirtualKey(t.Context(), admin, name, credential.VirtualKeyChange{Note: kept("x"), BaseURL: kept("https://first.example/v1"), Models: kept([]string{"m"})})
		must(t, err)
	}
	_, err = h.UpdateVirtualKey(t.Context(), admin, "vk", credential.VirtualKeyChange{BaseURL: kept("https://second.example/v1"), Credential: gateway.NewSecret("sk-own")})
	must(t, err) // nothing refers any more
}

// TestBadCredentials: each mistake is refused by the path of its field, and quotes no credential.
func TestBadCredentials(t *testing.T) {
	several := func(list ...credential.NewCredential) credential.NewVirtualKey {
		return credential.NewVirtualKey{Credentials: list}
	}
	one := func(name, text string, weight int) credential.NewCredential {
		return credential.NewCredential{Name: name, Credential: gateway.NewSecret(text), Weight: weight}
	}
	for field, n := range map[string]credential.NewVirtualKey{
		"api_key":                {},
		"api_key ":               {Credential: gateway.NewSecret("aws:planted")},
		"api_key  ":              {Credential: gateway.NewSecret("env:NOT_SET")},
		"api_key   ":             {Credential: gateway.NewSecret("env:SLUICE_MASTER_KEY")},
		"credentials[0].api_key": several(one("a", "vault:planted", 1)),
		"credentials[1].name":    several(one("a", "planted", 1), one("a", "planted", 1)),
		"credentials[0].name":    several(one("default", "planted", 1)),
		"credentials[0].name ":   several(one("a/b", "planted", 1)),
		"credentials[0].weight":  several(one("a", "planted", -1)),
		"credentials[0].weight ": {Credential: gateway.NewSecret("planted"), Credentials: []credential.NewCredential{one("a", "planted", 1001)}},
		"models":                 {Credential: gateway.NewSecret("planted"), Models: []string{}},
	} {
		h, _, _ := referring(t)
		n.Name, n.Provider = "vk", "openai"
		_, err := h.CreateVirtualKey(t.Context(), h.owner, n)
		e := wantKind(t, field, err, gateway.Invalid)
		if field = strings.TrimSpace(field); e.Param != field || !strings.Contains(e.Public, "'"+field+"'") || strings.Contains(e.Error(), "planted") {
			t.Errorf("%s: %q says %q", field, e.Param, e.Public)
		}
	}
}

func keyNamed(t *testing.T, h *house, name string) gateway.VirtualKey {
	t.Helper()
	k, err := h.VirtualKey(t.Context(), h.owner.Workspace, name)
	must(t, err)
	return k
}

// TestReferenceFailuresAreTold: a source that fails is told of at once, then once a minute, and when it
// answers again: calls go on with the last value for an hour, and nobody else would notice.
func TestReferenceFailuresAreTold(t *testing.T) {
	var out bytes.Buffer
	vault := &vaultLike{values: map[string]string{"secret/data/openai#key": "sk-vault-1"}}
	h := &house{clock: &clock{time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}, owner: principal("default", gateway.RoleOwner)}
	h.Service = credential.New(newStore(), master(t), known, credential.Config{Now: func() time.Time { return h.clock.now },
		Log: slog.New(slog.NewTextHandler(&out, nil)), Sources: map[string]credential.Source{"vault": vault}, SourceOutage: time.Hour})
	must(t, h.Load(t.Context()))
	_, err := h.CreateVirtualKey(t.Context(), h.owner, credential.NewVirtualKey{Name: "vk", Provider: "openai", Credential: gateway.NewSecret(vaultReference)})
	must(t, err)
	after := func(d time.Duration) string {
		out.Reset()
		for end := h.clock.now.Add(d); h.clock.now.Before(end); h.clock.now = h.clock.now.Add(time.Second) {
			h.Refresh(t.Context())
		}
		return out.String()
	}
	if got := after(time.Minute); got != "" {
		t.Errorf("while it answers: %q", got)
	}
	vault.set("secret/data/openai#key", "")
	if got := after(30 * time.Second); strings.Count(got, "level=WARN") != 1 || !strings.Contains(got, "nobody answers") || !strings.Contains(got, vaultReference) || strings.Contains(got, "sk-vault") {
		t.Errorf("at once: %q", got)
	}
	if got := strings.Count(after(10*time.Minute), "level=WARN"); got < 8 || got > 10 {
		t.Errorf("%d lines in ten minutes", got)
	}
	vault.set("secret/data/openai#key", "sk-vault-2")
	if got := after(time.Minute); strings.Count(got, "level=INFO") != 1 || strings.Contains(got, "WARN") {
		t.Errorf("again: %q", got)
	}
}
