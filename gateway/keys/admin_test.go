package keys_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/keys"
)

func TestAPIKeyAdministration(t *testing.T) {
	ctx := t.Context()
	h := memory(t)
	info, secret, err := h.CreateAPIKey(ctx, h.owner, keys.NewAPIKey{Name: "ci", Workspace: "team-a", Member: "alice@example.com", Role: gateway.RoleAdmin, BudgetUSD: "12.5"})
	must(t, err)
	if info.WorkspaceName != "team-a" || info.MemberName != "alice@example.com" || info.Role != gateway.RoleAdmin || *info.Budget != 12_500_000_000 {
		t.Errorf("created %+v", info)
	}
	if !strings.HasPrefix(info.Masked, "sk-sl-") || len(info.Masked) > 16 || !strings.HasPrefix(secret.Reveal(), strings.TrimSuffix(info.Masked, "…")) {
		t.Errorf("masked %q", info.Masked)
	}
	_, _, err = h.CreateAPIKey(ctx, h.owner, keys.NewAPIKey{Name: "ci", Workspace: "team-a"})
	wantKind(t, "a name in use", err, gateway.Conflict)
	for field, n := range map[string]keys.NewAPIKey{
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
	_, err = h.Identify(ctx, secret)
	wantKind(t, "disabled", err, gateway.Unauthorized)
	_, err = h.SetAPIKeyDisabled(ctx, h.owner, "ci", false) // its name is the only one of its kind
	must(t, err)
	_, err = h.Identify(ctx, secret)
	must(t, err)
	_, err = h.DeleteAPIKey(ctx, h.owner, "nobody")
	wantKind(t, "an unknown key", err, gateway.NotFound)
}

// A key whose member nobody named belongs to a member of its own name, who may call and
// nothing else.
func TestAPIKeyWithoutMember(t *testing.T) {
	ctx := t.Context()
	h := memory(t)
	secret, p := h.key(t, keys.NewAPIKey{Name: "app"})
	if p.Role != gateway.RoleMember || p.MemberRef != "app" || p.Member == h.owner.Member {
		t.Errorf("principal %+v", p)
	}
	if _, _, err := h.CreateAPIKey(ctx, p, keys.NewAPIKey{Name: "more"}); err == nil || secret.Empty() {
		t.Error("such a key makes keys")
	}
	if _, boss := h.key(t, keys.NewAPIKey{Name: "boss", Role: gateway.RoleAdmin}); boss.Role != gateway.RoleAdmin || boss.MemberRef != "boss" {
		t.Errorf("with a role: %+v", boss)
	}
	for name, n := range map[string]keys.NewAPIKey{
		"the owner's name": {Name: "owner", Workspace: "team-a"}, "the owner's name, as a member": {Name: "owner", Workspace: "team-b", Role: gateway.RoleMember},
	} {
		_, _, err := h.CreateAPIKey(ctx, h.owner, n)
		if e := wantKind(t, name, err, gateway.Conflict); e.Param != "member" {
			t.Errorf("%s: names %q", name, e.Param)
		}
	}
	if _, p := h.key(t, keys.NewAPIKey{Name: "owner", Workspace: "team-a", Member: "owner"}); p.Role != gateway.RoleOwner {
		t.Errorf("a named owner: %+v", p)
	}
	_, err := h.SetAPIKeyBudget(ctx, h.owner, "app", "much")
	if e := wantKind(t, "a budget that is none", err, gateway.Invalid); e.Param != "budget_usd" {
		t.Errorf("names %q", e.Param)
	}
}

// Nothing of one workspace reaches another, and nobody becomes more than they are.
func TestIsolation(t *testing.T) {
	ctx := t.Context()
	h := memory(t)
	_, admin := h.key(t, keys.NewAPIKey{Name: "a", Workspace: "team-a", Member: "ada", Role: gateway.RoleAdmin})
	_, other := h.key(t, keys.NewAPIKey{Name: "b", Workspace: "team-b", Member: "bob", Role: gateway.RoleAdmin})
	_, member := h.key(t, keys.NewAPIKey{Name: "c", Workspace: "team-a", Member: "mia"})
	foreign, err := h.APIKey(ctx, other, "b")
	must(t, err)
	vk, err := h.CreateVirtualKey(ctx, other, keys.NewVirtualKey{Name: "vk", Provider: "openai", Credential: gateway.NewSecret("secret-b")})
	must(t, err)

	absent := map[string]error{}
	_, absent["key by id"] = h.APIKey(ctx, admin, foreign.ID)
	_, absent["key by name"] = h.APIKey(ctx, admin, "b")
	_, absent["disable"] = h.SetAPIKeyDisabled(ctx, admin, foreign.ID, true)
	_, absent["delete"] = h.DeleteAPIKey(ctx, admin, foreign.ID)
	_, absent["budget"] = h.SetAPIKeyBudget(ctx, admin, foreign.ID, "1")
	_, absent["virtual key"] = h.DeleteVirtualKey(ctx, admin, vk.ID)
	_, absent["list of keys"] = h.APIKeys(ctx, admin, "team-b")
	_, absent["list of virtual keys"] = h.VirtualKeyInfos(ctx, admin, "team-b")
	_, _, absent["create there"] = h.CreateAPIKey(ctx, admin, keys.NewAPIKey{Name: "x", Workspace: "team-b"})
	_, absent["virtual key there"] = h.CreateVirtualKey(ctx, admin, keys.NewVirtualKey{Name: "x", Workspace: "team-b", Provider: "openai", Credential: gateway.NewSecret("x")})
	absent["default config there"] = h.SetWorkspaceConfig(ctx, admin, "team-b", "prod")
	_, _, absent["a new workspace"] = h.CreateAPIKey(ctx, admin, keys.NewAPIKey{Name: "x", Workspace: "team-new"})
	for what, err := range absent {
		wantKind(t, what, err, gateway.NotFound)
	}
	if _, err := h.VirtualKey(ctx, admin.Workspace, "vk"); err == nil {
		t.Error("a virtual key serves another workspace")
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
	_, _, forbidden["member creates"] = h.CreateAPIKey(ctx, member, keys.NewAPIKey{Name: "x"})
	_, forbidden["member deletes"] = h.DeleteAPIKey(ctx, member, "a")
	_, forbidden["member stores"] = h.CreateVirtualKey(ctx, member, keys.NewVirtualKey{Name: "x", Provider: "openai", Credential: gateway.NewSecret("x")})
	_, _, forbidden["admin makes an owner"] = h.CreateAPIKey(ctx, admin, keys.NewAPIKey{Name: "x", Member: "eve", Role: gateway.RoleOwner})
	_, _, forbidden["admin makes the owner's key"] = h.CreateAPIKey(ctx, admin, keys.NewAPIKey{Name: "x", Member: "owner"})
	_, forbidden["admin promotes"] = h.PutMember(ctx, admin, "", "ada", gateway.RoleOwner)
	_, forbidden["admin demotes"] = h.PutMember(ctx, admin, "", "owner", gateway.RoleMember)
	for what, err := range forbidden {
		wantKind(t, what, err, gateway.Forbidden)
	}
	_, err = h.PutMember(ctx, h.owner, "", "owner", gateway.RoleMember)
	wantKind(t, "the owner gives up", err, gateway.Conflict)
	must(t, h.SetWorkspaceConfig(ctx, h.owner, "team-a", "prod"))
	key, p := h.key(t, keys.NewAPIKey{Name: "d", Workspace: "team-a", Member: "mia"})
	if p.Config != "prod" || p.Role != gateway.RoleMember {
		t.Errorf("principal %+v", p)
	}
	_, err = h.PutMember(ctx, admin, "", "mia", gateway.RoleAdmin)
	must(t, err)
	if p, err = h.Identify(ctx, key); err != nil || p.Role != gateway.RoleAdmin {
		t.Errorf("after the promotion: %+v, %v", p, err)
	}
}

// Who remembers what the directory gave sees every change by its number.
func TestAChangeIsAnotherGeneration(t *testing.T) {
	h := memory(t)
	before := h.Generation()
	if before == 0 || h.Generation() != before {
		t.Fatal("no generation")
	}
	_, err := h.CreateVirtualKey(t.Context(), h.owner, keys.NewVirtualKey{Name: "vk", Provider: "openai", Credential: gateway.NewSecret("a")})
	must(t, err)
	if h.Generation() == before {
		t.Error("a new virtual key is not seen")
	}
}

func TestVirtualKeyAdministration(t *testing.T) {
	ctx := t.Context()
	h := memory(t)
	n := keys.NewVirtualKey{Name: "vk_openai", Provider: "OpenAI", Credential: gateway.NewSecret("sk-planted-credential"), BaseURL: "https://example.com/v1",
		Models: []string{"gpt-mock"}, Prices: gateway.Prices{"*": {Input: 1}}}
	info, err := h.CreateVirtualKey(ctx, h.owner, n)
	must(t, err)
	if info.Provider != "openai" || info.WorkspaceName != "default" || len(info.Credential) != 0 {
		t.Errorf("created %+v", info)
	}
	list, err := h.VirtualKeyInfos(ctx, h.owner, "")
	must(t, err)
	raw, err := json.Marshal(list)
	must(t, err)
	if s := fmt.Sprintf("%+v %s", list, raw); strings.Contains(s, "planted") {
		t.Error("the credential comes back")
	}
	k, err := h.VirtualKey(ctx, h.owner.Workspace, "vk_openai")
	must(t, err)
	if !k.Credential.Equal(n.Credential) || k.Trusted || k.BaseURL != n.BaseURL || k.Workspace != h.owner.Workspace {
		t.Errorf("as routing sees it: %+v", k)
	}
	_, err = h.CreateVirtualKey(ctx, h.owner, n)
	wantKind(t, "a name in use", err, gateway.Conflict)
	for field, edit := range map[string]func(*keys.NewVirtualKey){
		"name": func(n *keys.NewVirtualKey) { n.Name = "a/b" }, "provider": func(n *keys.NewVirtualKey) { n.Provider = "nobody" },
		"api_key":  func(n *keys.NewVirtualKey) { n.Credential = gateway.NewSecret("a\r\nb") },
		"base_url": func(n *keys.NewVirtualKey) { n.BaseURL = "http://169.254.169.254/" },
		"models":   func(n *keys.NewVirtualKey) { n.Models = []string{"a", "a"} },
		"prices":   func(n *keys.NewVirtualKey) { n.Prices = gateway.Prices{"*": {Input: -1}} },
	} {
		c := n
		c.Name = "other"
		edit(&c)
		_, err = h.CreateVirtualKey(ctx, h.owner, c)
		if e := wantKind(t, field, err, gateway.Invalid); e.Param != field {
			t.Errorf("%s: names %q", field, e.Param)
		}
	}
	_, err = h.SetVirtualKeyDisabled(ctx, h.owner, "vk_openai", true)
	must(t, err)
	_, err = h.VirtualKey(ctx, h.owner.Workspace, "vk_openai")
	if e := wantKind(t, "disabled", err, gateway.Invalid); !strings.Contains(e.Public, "vk_openai") {
		t.Errorf("not named: %q", e.Public)
	}
	_, err = h.DeleteVirtualKey(ctx, h.owner, "vk_openai")
	must(t, err)
	_, err = h.VirtualKey(ctx, h.owner.Workspace, "vk_openai")
	wantKind(t, "deleted", err, gateway.Invalid)
}

func TestDeclare(t *testing.T) {
	ctx := context.Background()
	h := memory(t)
	d := keys.Declared{
		VirtualKeys: []keys.NewVirtualKey{{Name: "vk_a", Provider: "openai", Credential: gateway.NewSecret("cred-a"), BaseURL: "http://169.254.169.254/"},
			{Name: "local", Workspace: "team-a", Provider: "mock", Credential: gateway.NewSecret("none")}},
		APIKeys: []keys.DeclaredAPIKey{{Name: "ci", Key: gateway.NewSecret("declared-ci-key"), Member: "alice@example.com", Workspace: "team-a", Config: "prod", BudgetUSD: "3"}},
	}
	must(t, h.Declare(ctx, d))
	ci := gateway.NewSecret("declared-ci-key")
	p, err := h.Identify(ctx, ci)
	must(t, err)
	if p.WorkspaceRef != "team-a" || p.MemberRef != "alice@example.com" || p.KeyConfig != "prod" || !p.Budgeted || p.Role != gateway.RoleMember {
		t.Errorf("principal %+v", p)
	}
	vk, err := h.VirtualKey(ctx, h.owner.Workspace, "vk_a")
	must(t, err)
	if !vk.Trusted {
		t.Error("a base URL of the file is not trusted")
	}
	_, err = h.DeleteAPIKey(ctx, h.owner, "ci")
	if e := wantKind(t, "deleting a declared key", err, gateway.Conflict); !strings.Contains(e.Public, "declared in the server's file") {
		t.Errorf("%q", e.Public)
	}
	_, err = h.SetVirtualKeyDisabled(ctx, h.owner, "vk_a", true)
	wantKind(t, "disabling a declared virtual key", err, gateway.Conflict)

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
	d.VirtualKeys = d.VirtualKeys[:1]
	d.VirtualKeys[0].Credential = gateway.NewSecret("cred-a2")
	must(t, h.Declare(ctx, d))
	if _, err = h.Identify(ctx, ci); err == nil {
		t.Error("the former key still opens")
	}
	p2, err := h.Identify(ctx, gateway.NewSecret("another-ci-key"))
	must(t, err)
	if p2.APIKey != p.APIKey {
		t.Error("a new key value made a new key")
	}
	if vk, err = h.VirtualKey(ctx, h.owner.Workspace, "vk_a"); err != nil || vk.Credential.Reveal() != "cred-a2" {
		t.Errorf("changed credential: %v", err)
	}
	_, err = h.VirtualKey(ctx, p.Workspace, "local")
	wantKind(t, "no longer declared", err, gateway.Invalid)
	must(t, h.Declare(ctx, keys.Declared{}))
	_, err = h.Identify(ctx, gateway.NewSecret("another-ci-key"))
	wantKind(t, "no longer declared", err, gateway.Unauthorized)
}

// A default config of the file belongs to the file; without it the admin API decides.
func TestDeclareWorkspaces(t *testing.T) {
	ctx := t.Context()
	h := memory(t)
	config := func() string {
		p, err := h.Identify(ctx, gateway.NewSecret("declared-ci-key"))
		must(t, err)
		return p.Config
	}
	d := keys.Declared{Workspaces: []keys.DeclaredWorkspace{{Name: "team-a", Config: "prod"}, {Name: "bare"}},
		APIKeys: []keys.DeclaredAPIKey{{Name: "ci", Key: gateway.NewSecret("declared-ci-key"), Workspace: "team-a"}}}
	for range 2 {
		must(t, h.Declare(ctx, d))
		if got := config(); got != "prod" {
			t.Errorf("default config %q", got)
		}
	}
	err := h.SetWorkspaceConfig(ctx, h.owner, "team-a", "other")
	if e := wantKind(t, "changing the file's", err, gateway.Conflict); !strings.Contains(e.Public, "server's file") {
		t.Errorf("%q", e.Public)
	}
	must(t, h.SetWorkspaceConfig(ctx, h.owner, "bare", "mine"))
	d.Workspaces = d.Workspaces[1:]
	must(t, h.Declare(ctx, d))
	if got := config(); got != "" {
		t.Errorf("no longer declared, and yet %q", got)
	}
	ws, err := h.Workspaces(ctx, h.owner)
	must(t, err)
	if len(ws) != 3 || ws[0].Name != "bare" || ws[0].Config != "mine" {
		t.Errorf("workspaces %+v", ws)
	}
	err = h.Declare(ctx, keys.Declared{Workspaces: []keys.DeclaredWorkspace{{Name: "a"}, {Name: "a"}, {Name: "x/y"}, {Name: "b", Config: "{}"}}})
	for _, at := range []string{"workspaces[1].name", "workspaces[2].name", "workspaces[3].config"} {
		if err == nil || !strings.Contains(err.Error(), at) {
			t.Errorf("does not name %s: %v", at, err)
		}
	}
}

// All problems at once, and nothing is written.
func TestDeclareRefuses(t *testing.T) {
	ctx := t.Context()
	h := memory(t)
	_, _, err := h.CreateAPIKey(ctx, h.owner, keys.NewAPIKey{Name: "taken"})
	must(t, err)
	key := gateway.NewSecret("a-fixed-key")
	err = h.Declare(ctx, keys.Declared{
		VirtualKeys: []keys.NewVirtualKey{{Name: "ok", Provider: "openai", Credential: key}, {Name: "bad", Provider: "nobody", Credential: key}, {Name: "ok", Provider: "openai", Credential: key}},
		APIKeys: []keys.DeclaredAPIKey{{Name: "one", Key: key}, {Name: "two", Key: key}, {Name: "taken", Key: gateway.NewSecret("other-fixed-key")},
			{Name: "own", Key: gateway.NewSecret(ownerKey)}, {Name: "short", Key: gateway.NewSecret("x")}},
	})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, at := range []string{"virtual_keys[1].provider", "virtual_keys[2].name", "api_keys[1].key", "api_keys[2].name", "api_keys[3].key", "An API key must have"} {
		if !strings.Contains(err.Error(), at) {
			t.Errorf("does not name %s: %v", at, err)
		}
	}
	if strings.Contains(err.Error(), "fixed-key") || strings.Contains(err.Error(), ownerKey) {
		t.Error("the error shows a key")
	}
	if _, err := h.Identify(ctx, key); err == nil {
		t.Error("a part of a refused file was written")
	}
	if list, _ := h.VirtualKeys(ctx, h.owner.Workspace); len(list) != 0 {
		t.Errorf("virtual keys of a refused file: %d", len(list))
	}
}

// There is always an owner: neither a key of a lower role nor the file demotes one.
func TestOwnersStay(t *testing.T) {
	ctx := t.Context()
	h := memory(t)
	_, p := h.key(t, keys.NewAPIKey{Name: "k", Member: "owner", Role: gateway.RoleMember})
	if p.Role != gateway.RoleOwner {
		t.Errorf("an owner's key has the role %s", p.Role)
	}
	must(t, h.Declare(ctx, keys.Declared{APIKeys: []keys.DeclaredAPIKey{{Name: "ci", Key: gateway.NewSecret("declared-ci-key"), Member: "owner", Role: gateway.RoleMember}}}))
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
