package credentialtest

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential"
)

// Store runs the suite. open returns a store without virtual keys that knows the workspaces
// with the ids given.
func Store(t *testing.T, open func(t *testing.T, workspaces ...string) credential.Store) {
	for _, tc := range []struct {
		name string
		run  func(*testing.T, credential.Store)
	}{
		{"VirtualKeys", virtualKeys}, {"Foreign", foreign},
	} {
		t.Run(tc.name, func(t *testing.T) { tc.run(t, open(t, "w1", "w2")) })
	}
}

var at = time.Date(2026, 11, 22, 10, 0, 0, 123456789, time.UTC)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantKind(t *testing.T, what string, err error, kind gateway.Kind) {
	t.Helper()
	var e *gateway.Error
	if !errors.As(err, &e) || e.Kind != kind {
		t.Errorf("%s: %v, want %v", what, err, kind)
	}
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func virtualKeys(t *testing.T, s credential.Store) {
	ctx := t.Context()
	read := int64(5)
	full := credential.VirtualKey{ID: "v1", Workspace: "w1", Name: "vk_b", Provider: "openai", BaseURL: "http://127.0.0.1:1/v1", Credentials: []credential.StoredCredential{
		{Name: "default", Weight: 1, Sealed: []byte{0, 1, 254}}, {Name: "b", Weight: 7, Reference: "env:B"}, {Name: "a", Weight: 1000, Sealed: []byte{3}}}, ExpiresAt: at.Add(time.Hour),
		Models: []string{"a", "b"}, Prices: gateway.Prices{"*": {Input: 1, Output: 2, CacheRead: &read, Version: "own"}}, MaxOutput: map[string]int64{"a": 4096, "*": 8192}, Formats: gateway.Formats{"chat": "", "messages": "https://llm.example/anthropic"}, Settings: gateway.ProviderSettings{"region": "eu"}, Disabled: true, FromFile: true, CreatedAt: at, UpdatedAt: at}
	bare := credential.VirtualKey{ID: "v2", Workspace: "w1", Name: "vk_a", Provider: "mock", Credentials: []credential.StoredCredential{{Name: "default", Weight: 1, Reference: "vault:secret/data/x#y"}}, CreatedAt: at, UpdatedAt: at}
	must(t, s.PutVirtualKey(ctx, full))
	must(t, s.PutVirtualKey(ctx, bare))
	got, err := s.VirtualKeys(ctx)
	must(t, err)
	same(t, "virtual keys by name", got, []credential.VirtualKey{bare, full})
	full.Disabled, full.Models, full.Prices, full.MaxOutput, full.Formats, full.Settings, full.ExpiresAt = false, nil, nil, nil, nil, nil, time.Time{}
	full.Credentials = full.Credentials[1:2]
	must(t, s.PutVirtualKey(ctx, full))
	got, err = s.VirtualKeys(ctx)
	must(t, err)
	same(t, "virtual key replaced", got, []credential.VirtualKey{bare, full})

	wantKind(t, "a name in use", s.PutVirtualKey(ctx, credential.VirtualKey{ID: "v3", Workspace: "w1", Name: "vk_a", CreatedAt: at, UpdatedAt: at}), gateway.Conflict)
	must(t, s.PutVirtualKey(ctx, credential.VirtualKey{ID: "v3", Workspace: "w2", Name: "vk_a", CreatedAt: at, UpdatedAt: at}))
	must(t, s.DeleteVirtualKey(ctx, "v1"))
	wantKind(t, "delete again", s.DeleteVirtualKey(ctx, "v1"), gateway.NotFound)
}

func foreign(t *testing.T, s credential.Store) {
	k := credential.VirtualKey{ID: "v", Workspace: "w9", Name: "x", CreatedAt: at, UpdatedAt: at}
	wantKind(t, "a virtual key of no workspace", s.PutVirtualKey(t.Context(), k), gateway.NotFound)
	list, err := s.VirtualKeys(t.Context())
	must(t, err)
	if len(list) != 0 {
		t.Errorf("a virtual key that was refused is there: %+v", list)
	}
}
