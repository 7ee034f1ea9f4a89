package identity_test

import (
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
)

func TestAPIKeyAdministration(t *testing.T) {
	ctx := t.Context()
	h := memory(t)
	info, secret, err := h.CreateAPIKey(ctx, h.owner, identity.NewAPIKey{Name: "ci", Workspace: "team-a", Member: "alice@example.com", Role: gateway.RoleAdmin, BudgetUSD: "12.5"})
	must(t, err)
	if info.WorkspaceName != "team-a" || info.MemberName != "alice@example.com" || info.Role != gateway.RoleAdmin || *info.Budget != 12_500_000_000 {
		t.Errorf("created %+v", info)
	}
	if !strings.HasPrefix(info.Masked, "sk-sl-") || len(info.Masked) > 16 || !strings.HasPrefix(secret.Reveal(), strings.TrimSuffix(info.Masked, "…")) {
		t.Errorf("masked %q", info.Masked)
	}
	_, _, err = h.CreateAPIKey(ctx, h.owner, identity.NewAPIKey{Name: "ci", Workspace: "team-a"})
	wantKind(t, "a name in use", err, gateway.Conflict)
	for field, n := range map[string]identity.NewAPIKey{
		"name": {Name: "no spaces"}, "member": {Name: "x", Member: "line\nbreak"}, "role": {Name: "x", Role: "god"}, "config": {Name: "x", Config: "{}"},
		"budget_usd": {Name: "x", BudgetUSD: "much"}, "expires_at": {Name: "x", ExpiresAt: h.clock.now}, "workspace": {Name: "x", Workspace: "a/b"},
	} {
		_, _, err = h.CreateAPIKey(ctx, h.owner, n)
		if e := wantKind(t, field, err, gateway.Invalid); e.Param != field {
			t.Errorf("%s: names %q", field, e.Param)
		}
	}
	if ws, err := h.Workspaces(ctx, h.owner); err != nil || len(ws) != 2 {
		t.Errorf("a refused key made a workspace: %v, %v", ws, err)
	}
	_, err = h.DeleteAPIKey(ctx, h.owner, "owner")
	wantKind(t, "deleting the key in use", err, gateway.Conflict)
	_, err = h.SetAPIKeyDisabled(ctx, h.owner, info.ID, true)
	must(t, err)
	_, err = h.Identify(ctx, secret, "")
	wantKind(t, "disabled", err, gateway.Unauthorized)
	_, err = h.SetAPIKeyDisabled(ctx, h.owner, "ci", false) // its name is the only one of its kind
	must(t, err)
	_, err = h.Identify(ctx, secret, "")
	must(t, err)
	_, err = h.DeleteAPIKey(ctx, h.owner, "nobody")
	wantKind(t, "an unknown key", err, gateway.NotFound)
}

// A key whose member nobody named belongs to a member of its own name, who may call and
// nothing else.
func TestAPIKeyWithoutMember(t *testing.T) {
	ctx := t.Context()
	h := memory(t)
	secret, p := h.key(t, identity.NewAPIKey{Name: "app"})
	if p.Role != gateway.RoleMember || p.MemberRef != "app" || p.Member == h.owner.Member {
		t.Errorf("principal %+v", p)
	}
	if _, _, err := h.CreateAPIKey(ctx, p, identity.NewAPIKey{Name: "more"}); err == nil || secret.Empty() {
		t.Error("such a key makes keys")
	}
	if _, boss := h.key(t, identity.NewAPIKey{Name: "boss", Role: gateway.RoleAdmin}); boss.Role != gateway.RoleAdmin || boss.MemberRef != "boss" {
		t.Errorf("with a role: %+v", boss)
	}
	for name, n := range map[string]identity.NewAPIKey{
		"the owner's name": {Name: "owner", Workspace: "team-a"}, "the owner's name, as a member": {Name: "owner", Workspace: "team-b", Role: gateway.RoleMember},
	} {
		_, _, err := h.CreateAPIKey(ctx, h.owner, n)
		if e := wantKind(t, name, err, gateway.Conflict); e.Param != "member" {
			t.Errorf("%s: names %q", name, e.Param)
		}
	}
	if _, p := h.key(t, identity.NewAPIKey{Name: "owner", Workspace: "team-a", Member: "owner"}); p.Role != gateway.RoleOwner {
		t.Errorf("a named owner: %+v", p)
	}
	_, err := h.UpdateAPIKey(ctx, h.owner, "app", budgetOf("much"))
	if e := wantKind(t, "a budget that is none", err, gateway.Invalid); e.Param != "budget_usd" {
		t.Errorf("names %q", e.Param)
	}
	unknown := gateway.Compat("bifrost")
	_, err = h.UpdateAPIKey(ctx, h.owner, "app", identity.APIKeyChange{Compat: &unknown})
	if e := wantKind(t, "an unknown gateway", err, gateway.Invalid); e.Param != "compat" {
		t.Errorf("names %q", e.Param)
	}
}

// Nothing of one workspace reaches another, and nobody becomes more than they are.
func TestIsolation(t *testing.T) {
	ctx := t.Context()
	h := memory(t)
	_, admin := h.key(t, identity.NewAPIKey{Name: "a", Workspace: "team-a", Member: "ada", Role: gateway.RoleAdmin})
	_, other := h.key(t, identity.NewAPIKey{Name: "b", Workspace: "team-b", Member: "bob", Role: gateway.RoleAdmin})
	_, member := h.key(t, identity.NewAPIKey{Name: "c", Workspace: "team-a", Member: "mia"})
	foreign, err := h.APIKey(ctx, other, "b")
	must(t, err)

	absent := map[string]error{}
	_, absent["key by id"] = h.APIKey(ctx, admin, foreign.ID)
	_, absent["key by name"] = h.APIKey(ctx, admin, "b")
	_, absent["disable"] = h.SetAPIKeyDisabled(ctx, admin, foreign.ID, true)
	_, absent["delete"] = h.DeleteAPIKey(ctx, admin, foreign.ID)
	_, absent["budget"] = h.UpdateAPIKey(ctx, admin, foreign.ID, budgetOf("1"))
	_, absent["list of keys"] = h.APIKeys(ctx, admin, "team-b")
	_, _, absent["create there"] = h.CreateAPIKey(ctx, admin, identity.NewAPIKey{Name: "x", Workspace: "team-b"})
	absent["default config there"] = h.UpdateWorkspace(ctx, admin, "team-b", defaultConfig("prod"))
	_, _, absent["a new workspace"] = h.CreateAPIKey(ctx, admin, identity.NewAPIKey{Name: "x", Workspace: "team-new"})
	for what, err := range absent {
		wantKind(t, what, err, gateway.NotFound)
	}
	if list, err := h.APIKeys(ctx, admin, ""); err != nil || len(list) != 2 {
		t.Errorf("an admin sees %d keys, %v", len(list), err)
	}
	if list, err := h.APIKeys(ctx, member, ""); err != nil || len(list) != 1 || list[0].Name != "c" {
		t.Errorf("a member sees %v, %v", list, err)
	}
	if list, err := h.APIKeys(ctx, h.owner, ""); err != nil || len(list) != 4 {
		t.Errorf("an owner sees %d keys, %v", len(list), err)
	}

	forbidden := map[string]error{}
	_, _, forbidden["member creates"] = h.CreateAPIKey(ctx, member, identity.NewAPIKey{Name: "x"})
	_, forbidden["member deletes"] = h.DeleteAPIKey(ctx, member, "a")
	_, _, forbidden["admin makes an owner"] = h.CreateAPIKey(ctx, admin, identity.NewAPIKey{Name: "x", Member: "eve", Role: gateway.RoleOwner})
	_, _, forbidden["admin makes the owner's key"] = h.CreateAPIKey(ctx, admin, identity.NewAPIKey{Name: "x", Member: "owner"})
	_, forbidden["admin promotes"] = h.PutMember(ctx, admin, "", "ada", gateway.RoleOwner)
	_, forbidden["admin demotes"] = h.PutMember(ctx, admin, "", "owner", gateway.RoleMember)
	for what, err := range forbidden {
		wantKind(t, what, err, gateway.Forbidden)
	}
	_, err = h.PutMember(ctx, h.owner, "", "owner", gateway.RoleMember)
	wantKind(t, "the owner gives up", err, gateway.Conflict)
	must(t, h.UpdateWorkspace(ctx, h.owner, "team-a", defaultConfig("prod")))
	key, p := h.key(t, identity.NewAPIKey{Name: "d", Workspace: "team-a", Member: "mia"})
	if p.Config != "prod" || p.Role != gateway.RoleMember {
		t.Errorf("principal %+v", p)
	}
	_, err = h.PutMember(ctx, admin, "", "mia", gateway.RoleAdmin)
	must(t, err)
	if p, err = h.Identify(ctx, key, ""); err != nil || p.Role != gateway.RoleAdmin {
		t.Errorf("after the promotion: %+v, %v", p, err)
	}
}

// There is always an owner: neither a key of a lower role nor the file demotes one.
func TestOwnersStay(t *testing.T) {
	ctx := t.Context()
	h := memory(t)
	_, p := h.key(t, identity.NewAPIKey{Name: "k", Member: "owner", Role: gateway.RoleMember})
	if p.Role != gateway.RoleOwner {
		t.Errorf("an owner's key has the role %s", p.Role)
	}
	must(t, h.Declare(ctx, identity.Declared{APIKeys: []identity.DeclaredAPIKey{{Name: "ci", Key: gateway.NewSecret("declared-ci-key"), Member: "owner", Role: gateway.RoleMember}}}))
	again := start(t, h.store)
	if again.owner.Role != gateway.RoleOwner {
		t.Errorf("after a restart the owner is %s", again.owner.Role)
	}
	_, err := h.PutMember(ctx, h.owner, "", "second", gateway.RoleOwner)
	must(t, err)
	m, err := h.PutMember(ctx, h.owner, "", "second", gateway.RoleAdmin)
	must(t, err)
	if m.Owner || m.Roles[h.owner.Workspace] != gateway.RoleAdmin {
		t.Errorf("demoted: %+v", m)
	}
}

// TestKeysForMembersOfOtherWorkspaces: an admin gives keys to members of its own workspace and
// to new ones. A member of another workspace is absent, named or inferred from the key's name.
func TestKeysForMembersOfOtherWorkspaces(t *testing.T) {
	ctx := t.Context()
	h := memory(t)
	_, admin := h.key(t, identity.NewAPIKey{Name: "a", Workspace: "team-a", Member: "ann", Role: gateway.RoleAdmin})
	h.key(t, identity.NewAPIKey{Name: "b", Workspace: "team-b", Member: "bob"})
	h.key(t, identity.NewAPIKey{Name: "c", Workspace: "team-a", Member: "carl"})
	for name, n := range map[string]identity.NewAPIKey{"named": {Name: "x", Member: "bob"}, "with a role": {Name: "x", Member: "bob", Role: gateway.RoleAdmin}, "inferred": {Name: "bob"}} {
		_, _, err := h.CreateAPIKey(ctx, admin, n)
		if e := wantKind(t, name, err, gateway.NotFound); e.Param != "member" {
			t.Errorf("%s: names %q", name, e.Param)
		}
	}
	for _, n := range []identity.NewAPIKey{{Name: "x", Member: "carl"}, {Name: "y", Member: "ann"}, {Name: "z", Member: "new"}, {Name: "w"}} {
		if _, _, err := h.CreateAPIKey(ctx, admin, n); err != nil {
			t.Errorf("%+v: %v", n, err)
		}
	}
	if _, _, err := h.CreateAPIKey(ctx, h.owner, identity.NewAPIKey{Name: "v", Workspace: "team-a", Member: "bob"}); err != nil {
		t.Errorf("an owner: %v", err)
	}
}

// TestKeysForMembersById: an id names a member whom the caller sees. Every other id is absent in
// the same words, whether another workspace has such a member or nobody has, and makes nobody.
func TestKeysForMembersById(t *testing.T) {
	ctx := t.Context()
	h := memory(t)
	_, admin := h.key(t, identity.NewAPIKey{Name: "a", Workspace: "team-a", Member: "ann", Role: gateway.RoleAdmin})
	_, bob := h.key(t, identity.NewAPIKey{Name: "b", Workspace: "team-b", Member: "bob"})
	_, carl := h.key(t, identity.NewAPIKey{Name: "c", Workspace: "team-a", Member: "carl"})
	const nobody = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
	for name, id := range map[string]string{"of another workspace": bob.Member, "of nobody": nobody} {
		_, _, created := h.CreateAPIKey(ctx, admin, identity.NewAPIKey{Name: "x", Member: id})
		_, put := h.PutMember(ctx, admin, "", id, gateway.RoleMember)
		for _, err := range []error{created, put} {
			if e := wantKind(t, name, err, gateway.NotFound); e.Param != "member" || e.Public != "There is no member '"+id+"' in this workspace." {
				t.Errorf("%s: names %q: %s", name, e.Param, e.Public)
			}
		}
	}
	_, err := h.PutMember(ctx, admin, "", "bob", gateway.RoleMember)
	wantKind(t, "by name", err, gateway.NotFound)
	_, _, err = h.CreateAPIKey(ctx, h.owner, identity.NewAPIKey{Name: "x", Member: nobody})
	wantKind(t, "an owner names nobody", err, gateway.NotFound)
	_, _, err = h.CreateAPIKey(ctx, h.owner, identity.NewAPIKey{Name: "x", Workspace: nobody})
	wantKind(t, "an owner names no workspace", err, gateway.NotFound)
	info, _, err := h.CreateAPIKey(ctx, admin, identity.NewAPIKey{Name: "x", Member: carl.Member})
	if must(t, err); info.Member != carl.Member || info.MemberName != "carl" {
		t.Errorf("a member of the workspace by id: %+v", info)
	}
	info, _, err = h.CreateAPIKey(ctx, h.owner, identity.NewAPIKey{Name: "y", Workspace: "team-a", Member: bob.Member})
	if must(t, err); info.Member != bob.Member || info.MemberName != "bob" {
		t.Errorf("an owner names a member of elsewhere by id: %+v", info)
	}
	if ws, err := h.Workspaces(ctx, h.owner); err != nil || len(ws) != 3 {
		t.Errorf("%d workspaces, %v", len(ws), err)
	}
}

// defaultConfig is a change of a workspace's default config.
func defaultConfig(slug string) identity.WorkspaceChange {
	return identity.WorkspaceChange{Config: &slug}
}

// budgetOf is a change of an API key's budget.
func budgetOf(usd string) identity.APIKeyChange { return identity.APIKeyChange{BudgetUSD: &usd} }

// TestDeleteWorkspace: what is the first workspace, declared, in use or not the caller's to see
// stays. With a workspace go the roles in it.
func TestDeleteWorkspace(t *testing.T) {
	h, ctx := memory(t), t.Context()
	must(t, h.Declare(ctx, identity.Declared{Workspaces: []identity.DeclaredWorkspace{{Name: "filed", Config: "prod"}}}))
	made, err := h.CreateWorkspace(ctx, h.owner, "empty")
	must(t, err)
	_, err = h.PutMember(ctx, h.owner, "empty", "ada@example.com", gateway.RoleAdmin)
	must(t, err)
	remove := func(ref string) error { _, err := h.DeleteWorkspace(ctx, h.owner, ref); return err }
	wantKind(t, "the default workspace", remove(gateway.DefaultWorkspace), gateway.Conflict)
	wantKind(t, "a declared workspace", remove("filed"), gateway.Conflict)
	wantKind(t, "no workspace", remove("nowhere"), gateway.NotFound)
	must(t, remove("empty"))
	wantKind(t, "the same again", remove(made.ID), gateway.NotFound)
	_, err = h.PutMember(ctx, h.owner, gateway.DefaultWorkspace, "ada@example.com", gateway.RoleMember)
	must(t, err) // her role in the other is gone from memory, too
}
