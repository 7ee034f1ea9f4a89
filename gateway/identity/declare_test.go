package identity_test

import (
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
)

func TestDeclare(t *testing.T) {
	ctx := t.Context()
	h := memory(t)
	d := identity.Declared{
		APIKeys: []identity.DeclaredAPIKey{{Name: "ci", Key: gateway.NewSecret("declared-ci-key"), Member: "alice@example.com", Workspace: "team-a", Config: "prod", BudgetUSD: "3"}},
	}
	must(t, h.Declare(ctx, d))
	ci := gateway.NewSecret("declared-ci-key")
	p, err := h.Identify(ctx, ci, "")
	must(t, err)
	if p.WorkspaceRef != "team-a" || p.MemberRef != "alice@example.com" || p.KeyConfig != "prod" || !p.Budgeted || p.Role != gateway.RoleMember {
		t.Errorf("principal %+v", p)
	}
	_, err = h.DeleteAPIKey(ctx, h.owner, "ci")
	if e := wantKind(t, "deleting a declared key", err, gateway.Conflict); !strings.Contains(e.Public, "declared in the server's file") {
		t.Errorf("%q", e.Public)
	}

	// the same again changes nothing; a change keeps the id; what is gone vanishes
	before, err := h.APIKey(ctx, h.owner, "ci")
	must(t, err)
	h.clock.now = h.clock.now.Add(time.Hour)
	must(t, h.Declare(ctx, d))
	after, err := h.APIKey(ctx, h.owner, "ci")
	must(t, err)
	if !after.UpdatedAt.Equal(before.UpdatedAt) || after.ID != before.ID {
		t.Errorf("declared again: %+v, was %+v", after, before)
	}
	d.APIKeys[0].Key = gateway.NewSecret("another-ci-key")
	must(t, h.Declare(ctx, d))
	if _, err = h.Identify(ctx, ci, ""); err == nil {
		t.Error("the former key still opens")
	}
	p2, err := h.Identify(ctx, gateway.NewSecret("another-ci-key"), "")
	must(t, err)
	if p2.APIKey != p.APIKey {
		t.Error("a new key value made a new key")
	}
	must(t, h.Declare(ctx, identity.Declared{}))
	_, err = h.Identify(ctx, gateway.NewSecret("another-ci-key"), "")
	wantKind(t, "no longer declared", err, gateway.Unauthorized)
}

// A default config of the file belongs to the file; without it the admin API decides.
func TestDeclareWorkspaces(t *testing.T) {
	ctx := t.Context()
	h := memory(t)
	config := func() string {
		p, err := h.Identify(ctx, gateway.NewSecret("declared-ci-key"), "")
		must(t, err)
		return p.Config
	}
	compat := func() gateway.Compat {
		p, err := h.Identify(ctx, gateway.NewSecret("declared-ci-key"), "")
		must(t, err)
		return p.Compat
	}
	d := identity.Declared{Workspaces: []identity.DeclaredWorkspace{{Name: "team-a", Config: "prod", Compat: gateway.CompatOneAPI}, {Name: "bare"}},
		APIKeys: []identity.DeclaredAPIKey{{Name: "ci", Key: gateway.NewSecret("declared-ci-key"), Workspace: "team-a"}}}
	for range 2 {
		must(t, h.Declare(ctx, d))
		if got := config(); got != "prod" {
			t.Errorf("default config %q", got)
		}
		if got := compat(); got != gateway.CompatOneAPI {
			t.Errorf("compat of the workspace %q", got)
		}
	}
	err := h.UpdateWorkspace(ctx, h.owner, "team-a", defaultConfig("other"))
	if e := wantKind(t, "changing the file's", err, gateway.Conflict); !strings.Contains(e.Public, "server's file") {
		t.Errorf("%q", e.Public)
	}
	openRouter, none := gateway.CompatOpenRouter, gateway.Compat("none")
	wantKind(t, "changing the file's compat", h.UpdateWorkspace(ctx, h.owner, "team-a", identity.WorkspaceChange{Compat: &openRouter}), gateway.Conflict)
	wantKind(t, "unknown compat", h.UpdateWorkspace(ctx, h.owner, "bare", identity.WorkspaceChange{Compat: &none}), gateway.Invalid)
	must(t, h.UpdateWorkspace(ctx, h.owner, "bare", identity.WorkspaceChange{Compat: &openRouter}))
	must(t, h.UpdateWorkspace(ctx, h.owner, "bare", defaultConfig("mine")))
	d.APIKeys[0].Compat = gateway.CompatLiteLLM
	must(t, h.Declare(ctx, d))
	if got := compat(); got != gateway.CompatLiteLLM {
		t.Errorf("compat of the API key %q", got)
	}
	d.APIKeys[0].Compat = ""
	d.Workspaces = d.Workspaces[1:]
	must(t, h.Declare(ctx, d))
	if got := config(); got != "" {
		t.Errorf("no longer declared, and yet %q", got)
	}
	if got := compat(); got != "" {
		t.Errorf("no longer declared, and yet compat is %q", got)
	}
	ws, err := h.Workspaces(ctx, h.owner)
	must(t, err)
	if len(ws) != 3 || ws[0].Name != "bare" || ws[0].Config != "mine" || ws[0].Compat != openRouter {
		t.Errorf("workspaces %+v", ws)
	}
	err = h.Declare(ctx, identity.Declared{Workspaces: []identity.DeclaredWorkspace{{Name: "a"}, {Name: "a"}, {Name: "x/y"}, {Name: "b", Config: "{}", Compat: none}}})
	for _, at := range []string{"workspaces[1].name", "workspaces[2].name", "workspaces[3].config", "workspaces[3].compat"} {
		if err == nil || !strings.Contains(err.Error(), at) {
			t.Errorf("does not name %s: %v", at, err)
		}
	}
}

// All problems at once, and nothing is written.
func TestDeclareRefuses(t *testing.T) {
	ctx := t.Context()
	h := memory(t)
	_, _, err := h.CreateAPIKey(ctx, h.owner, identity.NewAPIKey{Name: "taken"})
	must(t, err)
	key := gateway.NewSecret("a-fixed-key")
	refused := identity.Declared{
		APIKeys: []identity.DeclaredAPIKey{{Name: "one", Key: key}, {Name: "two", Key: key}, {Name: "taken", Key: gateway.NewSecret("other-fixed-key")},
			{Name: "own", Key: gateway.NewSecret(ownerKey)}, {Name: "short", Key: gateway.NewSecret("x")}},
	}
	err = h.Declare(ctx, refused)
	if err == nil {
		t.Fatal("accepted")
	}
	if checked := h.CheckDeclared(refused); checked == nil || checked.Error() != err.Error() {
		t.Errorf("CheckDeclared says %v, Declare %v", checked, err)
	}
	for _, at := range []string{"api_keys[1].key", "api_keys[2].name", "api_keys[3].key", "An API key must have"} {
		if !strings.Contains(err.Error(), at) {
			t.Errorf("does not name %s: %v", at, err)
		}
	}
	if strings.Contains(err.Error(), "fixed-key") || strings.Contains(err.Error(), ownerKey) {
		t.Error("the error shows a key")
	}
	if _, err := h.Identify(ctx, key, ""); err == nil {
		t.Error("a part of a refused file was written")
	}
}

// LiteLLM's file may bring a key that is too short for any other file.
func TestDeclareWeak(t *testing.T) {
	h := memory(t)
	key := gateway.NewSecret("sk-1234")
	declared := identity.Declared{APIKeys: []identity.DeclaredAPIKey{{Name: "master_key", Key: key, Weak: true, Role: gateway.RoleOwner}}}
	must(t, h.Declare(t.Context(), declared))
	if by, err := h.Identify(t.Context(), key, ""); err != nil || by.Role != gateway.RoleOwner {
		t.Errorf("the short key: %+v, %v", by, err)
	}
	for _, refused := range []identity.DeclaredAPIKey{{Name: "other", Key: key, Role: gateway.RoleOwner}, {Name: "blank", Key: gateway.NewSecret("sk 12"), Weak: true}} {
		if err := h.Declare(t.Context(), identity.Declared{APIKeys: []identity.DeclaredAPIKey{refused}}); err == nil {
			t.Errorf("%s is accepted", refused.Name)
		}
	}
}
