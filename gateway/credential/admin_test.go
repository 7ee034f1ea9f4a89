package credential_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential"
)

func TestVirtualKeyAdministration(t *testing.T) {
	ctx := t.Context()
	h := memory(t)
	n := credential.NewVirtualKey{Name: "vk_openai", Provider: "OpenAI", Credential: gateway.NewSecret("sk-planted-credential"), BaseURL: "https://example.com/v1",
		Models: []string{"gpt-mock"}, Prices: gateway.Prices{"*": {Input: 1}}}
	info, err := h.CreateVirtualKey(ctx, h.owner, n)
	must(t, err)
	if info.Provider != "openai" || info.WorkspaceName != "default" || info.Credentials != nil {
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
	if !valueOf(t, k).Equal(n.Credential) || k.Trusted || k.BaseURL != n.BaseURL || k.Workspace != h.owner.Workspace {
		t.Errorf("as routing sees it: %+v", k)
	}
	_, err = h.CreateVirtualKey(ctx, h.owner, n)
	wantKind(t, "a name in use", err, gateway.Conflict)
	for field, edit := range map[string]func(*credential.NewVirtualKey){
		"name": func(n *credential.NewVirtualKey) { n.Name = "a/b" }, "provider": func(n *credential.NewVirtualKey) { n.Provider = "nobody" },
		"api_key":  func(n *credential.NewVirtualKey) { n.Credential = gateway.NewSecret("a\r\nb") },
		"base_url": func(n *credential.NewVirtualKey) { n.BaseURL = "http://169.254.169.254/" },
		"models":   func(n *credential.NewVirtualKey) { n.Models = []string{"a", "a"} },
		"prices":   func(n *credential.NewVirtualKey) { n.Prices = gateway.Prices{"*": {Input: -1}} },
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

// Generation changes with every change, so that remembered answers can be checked.
func TestAChangeIsAnotherGeneration(t *testing.T) {
	h := memory(t)
	before := h.Generation()
	if before == 0 || h.Generation() != before {
		t.Fatal("no generation")
	}
	_, err := h.CreateVirtualKey(t.Context(), h.owner, credential.NewVirtualKey{Name: "vk", Provider: "openai", Credential: gateway.NewSecret("a")})
	must(t, err)
	if h.Generation() == before {
		t.Error("a new virtual key is not seen")
	}
}

// Nothing of one workspace reaches another, and only admins and owners write.
func TestIsolation(t *testing.T) {
	ctx := t.Context()
	h := memory(t)
	admin, other, member := principal("team-a", gateway.RoleAdmin), principal("team-b", gateway.RoleAdmin), principal("team-a", gateway.RoleMember)
	vk, err := h.CreateVirtualKey(ctx, other, credential.NewVirtualKey{Name: "vk", Provider: "openai", Credential: gateway.NewSecret("secret-b")})
	must(t, err)
	absent := map[string]error{}
	_, absent["by id"] = h.DeleteVirtualKey(ctx, admin, vk.ID)
	_, absent["by name"] = h.SetVirtualKeyDisabled(ctx, admin, "vk", true)
	_, absent["list"] = h.VirtualKeyInfos(ctx, admin, "team-b")
	_, absent["list of an unknown workspace"] = h.VirtualKeyInfos(ctx, h.owner, "team-c")
	_, absent["create there"] = h.CreateVirtualKey(ctx, admin, credential.NewVirtualKey{Name: "x", Workspace: "team-b", Provider: "openai", Credential: gateway.NewSecret("x")})
	for what, err := range absent {
		wantKind(t, what, err, gateway.NotFound)
	}
	if _, err := h.VirtualKey(ctx, admin.Workspace, "vk"); err == nil {
		t.Error("a virtual key serves another workspace")
	}
	if list, err := h.VirtualKeyInfos(ctx, admin, ""); err != nil || len(list) != 0 {
		t.Errorf("an admin sees %v, %v", list, err)
	}
	if list, err := h.VirtualKeyInfos(ctx, h.owner, ""); err != nil || len(list) != 1 || list[0].WorkspaceName != "team-b" {
		t.Errorf("an owner sees %v, %v", list, err)
	}
	for _, by := range []*gateway.Principal{member, nil} {
		_, err = h.CreateVirtualKey(ctx, by, credential.NewVirtualKey{Name: "x", Provider: "openai", Credential: gateway.NewSecret("x")})
		wantKind(t, "a member creates", err, gateway.Forbidden)
		_, err = h.DeleteVirtualKey(ctx, by, "vk")
		wantKind(t, "a member deletes", err, gateway.Forbidden)
	}
}

// A name that several workspaces use is found in the caller's own, else it is ambiguous.
func TestNamesInSeveralWorkspaces(t *testing.T) {
	ctx := t.Context()
	h := memory(t)
	for _, w := range []string{"team-a", "team-b"} {
		_, err := h.CreateVirtualKey(ctx, h.owner, credential.NewVirtualKey{Name: "vk", Workspace: w, Provider: "openai", Credential: gateway.NewSecret(w)})
		must(t, err)
	}
	_, err := h.DeleteVirtualKey(ctx, h.owner, "vk")
	wantKind(t, "an ambiguous name", err, gateway.Conflict)
	k, err := h.DeleteVirtualKey(ctx, principal("team-b", gateway.RoleOwner), "vk")
	must(t, err)
	if k.WorkspaceName != "team-b" {
		t.Errorf("deleted %+v", k)
	}
	_, err = h.DeleteVirtualKey(ctx, h.owner, "vk")
	must(t, err)
}

// The credentials that texts must not show are those of all keys, disabled ones too.
func TestCredentials(t *testing.T) {
	ctx := t.Context()
	h := memory(t)
	for _, name := range []string{"vk_a", "vk_b"} {
		_, err := h.CreateVirtualKey(ctx, h.owner, credential.NewVirtualKey{Name: name, Provider: "openai", Credential: gateway.NewSecret("cred-" + name)})
		must(t, err)
	}
	_, err := h.SetVirtualKeyDisabled(ctx, h.owner, "vk_a", true)
	must(t, err)
	if list := h.Credentials(); len(list) != 2 || list[0].Reveal() != "cred-vk_a" {
		t.Errorf("%d credentials", len(list))
	}
	if list, err := h.VirtualKeys(ctx, h.owner.Workspace); err != nil || len(list) != 1 || list[0].Name != "vk_b" {
		t.Errorf("usable: %v, %v", list, err)
	}
}
