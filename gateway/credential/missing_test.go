package credential_test

import (
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential"
)

// needing is a service over a store whose provider "openai" needs a region, with the keys of "AKIA" alone.
func needing(t *testing.T, store credential.Store) *house {
	t.Helper()
	h := &house{clock: &clock{time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}, owner: principal("default", gateway.RoleOwner)}
	h.Service = credential.New(store, master(t), known, credential.Config{Now: func() time.Time { return h.clock.now },
		Missing: func(k gateway.VirtualKey) (string, string) {
			if k.Settings["region"] != "" || k.BaseURL != "" || !strings.HasPrefix(k.Credential.Reveal(), "AKIA") {
				return "", ""
			}
			return "settings.region", "is missing"
		}})
	must(t, h.Load(t.Context()))
	return h
}

// TestMissingField: a key that no call could be made with is not created, and a stored one is not
// changed into one; what was stored before is kept, with its other changes, and told of by name.
func TestMissingField(t *testing.T) {
	store := newStore()
	earlier := start(t, store) // which asks for nothing
	for name, n := range map[string]credential.NewVirtualKey{
		"old":      {Credential: gateway.NewSecret("AKIAOLD")},
		"disabled": {Credential: gateway.NewSecret("AKIAOLD")},
		"ended":    {Credential: gateway.NewSecret("sk"), ExpiresAt: earlier.clock.now.Add(time.Hour)},
		"soon":     {Credential: gateway.NewSecret("sk"), ExpiresAt: earlier.clock.now.Add(8 * 24 * time.Hour)},
		"later":    {Credential: gateway.NewSecret("sk"), ExpiresAt: earlier.clock.now.Add(10 * 24 * time.Hour)},
	} {
		n.Name, n.Provider = name, "openai"
		_, err := earlier.CreateVirtualKey(t.Context(), earlier.owner, n)
		must(t, err)
	}
	_, err := earlier.SetVirtualKeyDisabled(t.Context(), earlier.owner, "disabled", true)
	must(t, err)

	h := needing(t, store)
	refused := func(what string, err error) {
		t.Helper()
		if e := gateway.AsError(err); err == nil || e.Kind != gateway.Invalid || e.Param != "settings.region" || e.Public != "The field 'settings.region' is missing." {
			t.Errorf("%s: %v", what, err)
		}
	}
	n := credential.NewVirtualKey{Name: "vk", Provider: "openai", Credential: gateway.NewSecret("sk")}
	n.Credentials = []credential.NewCredential{{Name: "second", Credential: gateway.NewSecret("AKIANEW")}}
	_, err = h.CreateVirtualKey(t.Context(), h.owner, n)
	refused("a new one", err)
	n.Settings = gateway.ProviderSettings{"region": "eu"}
	_, err = h.CreateVirtualKey(t.Context(), h.owner, n)
	must(t, err)
	_, err = h.UpdateVirtualKey(t.Context(), h.owner, "vk", credential.VirtualKeyChange{Settings: &gateway.ProviderSettings{}})
	refused("a change", err)

	if k, err := h.VirtualKey(t.Context(), h.owner.Workspace, "old"); err != nil || k.Pool == nil {
		t.Errorf("the stored one: %v", err)
	}
	_, err = h.UpdateVirtualKey(t.Context(), h.owner, "old", credential.VirtualKeyChange{Note: kept("to be mended")})
	must(t, err)
	_, err = h.UpdateVirtualKey(t.Context(), h.owner, "old", credential.VirtualKeyChange{Credential: gateway.NewSecret("AKIAELSE")})
	refused("another credential", err)

	h.clock.now = h.clock.now.Add(2 * 24 * time.Hour)
	var told []string
	for _, c := range h.Concerns() {
		told = append(told, c.Workspace+" "+c.VirtualKey+" "+c.Problem)
	}
	want := "default ended has expired at 2026-11-22T11:00:00Z\ndefault old cannot be used: the field 'settings.region' is missing\ndefault soon expires at 2026-11-30T10:00:00Z"
	if got := strings.Join(told, "\n"); got != want {
		t.Errorf("\n%s\nwant\n%s", got, want)
	}
	_, err = h.UpdateVirtualKey(t.Context(), h.owner, "old", credential.VirtualKeyChange{BaseURL: kept("https://b.example")})
	must(t, err)
}
