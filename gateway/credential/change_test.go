package credential_test

import (
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential"
)

func kept[T any](v T) *T { return &v }

// TestUpdateVirtualKey: what is given changes, everything else stays, and a credential without a value
// keeps the one that it has.
func TestUpdateVirtualKey(t *testing.T) {
	ctx, h := t.Context(), memory(t)
	_, err := h.CreateVirtualKey(ctx, h.owner, credential.NewVirtualKey{Name: "vk", Provider: "openai", Credential: gateway.NewSecret("sk-first"),
		Credentials: []credential.NewCredential{{Name: "second", Credential: gateway.NewSecret("sk-second")}}, Models: []string{"gpt-mock"}})
	must(t, err)
	update := func(to credential.VirtualKeyChange) credential.VirtualKeyInfo {
		t.Helper()
		info, err := h.UpdateVirtualKey(ctx, h.owner, "vk", to)
		must(t, err)
		return info
	}
	values := func() (out []string) {
		t.Helper()
		k, err := h.VirtualKey(ctx, h.owner.Workspace, "vk")
		must(t, err)
		for _, name := range []string{"default", "second", "third"} {
			if c, ok := k.Pool.Named(name); ok {
				out = append(out, c.Value.Reveal())
			}
		}
		return out
	}
	want := func(what string, values []string, want string) {
		t.Helper()
		if got := strings.Join(values, " "); got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	before := update(credential.VirtualKeyChange{})
	info := update(credential.VirtualKeyChange{Note: kept("for the batch"), Models: kept[[]string](nil)})
	if info.Note != "for the batch" || info.Models != nil || info.ID != before.ID || !info.CreatedAt.Equal(before.CreatedAt) || info.Provider != "openai" {
		t.Errorf("%+v", info)
	}
	want("neither", values(), "sk-first sk-second")
	update(credential.VirtualKeyChange{Credential: gateway.NewSecret("sk-new")})
	want("the default one", values(), "sk-new sk-second")
	info = update(credential.VirtualKeyChange{Credentials: []credential.NewCredential{{Name: "second", Weight: 3}, {Name: "third", Credential: gateway.NewSecret("sk-third")}}})
	want("the further ones", values(), "sk-new sk-second sk-third")
	if info.Note != "for the batch" || info.Held[1].Weight != 3 {
		t.Errorf("%+v", info)
	}

	for field, to := range map[string]credential.VirtualKeyChange{
		"note":                   {Note: kept(strings.Repeat("x", 2001))},
		"base_url":               {BaseURL: kept("http://169.254.169.254/")},
		"models":                 {Models: kept([]string{"a", "a"})},
		"prices":                 {Prices: kept(gateway.Prices{"*": {Input: -1}})},
		"formats":                {Formats: kept(gateway.Formats{"fax": ""})},
		"expires_at":             {ExpiresAt: kept(time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC))},
		"api_key":                {Credential: gateway.NewSecret("a\r\nb")},
		"credentials[0].api_key": {Credentials: []credential.NewCredential{{Name: "fourth"}}},
		"credentials[1].name":    {Credentials: []credential.NewCredential{{Name: "second"}, {Name: "second"}}},
	} {
		_, err := h.UpdateVirtualKey(ctx, h.owner, "vk", to)
		if e := wantKind(t, field, err, gateway.Invalid); e.Param != field {
			t.Errorf("%s: names %q", field, e.Param)
		}
	}
	want("after what was refused", values(), "sk-new sk-second sk-third")
	_, err = h.UpdateVirtualKey(ctx, principal("default", gateway.RoleMember), "vk", credential.VirtualKeyChange{})
	wantKind(t, "a member", err, gateway.Forbidden)
	_, err = h.UpdateVirtualKey(ctx, principal("default", gateway.RoleAdmin), "vk", credential.VirtualKeyChange{Credential: gateway.NewSecret("env:HOME")})
	wantKind(t, "a reference by an admin", err, gateway.Forbidden)
	_, err = h.UpdateVirtualKey(ctx, h.owner, "nobody", credential.VirtualKeyChange{})
	wantKind(t, "no such key", err, gateway.NotFound)
}
