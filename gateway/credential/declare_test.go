package credential_test

import (
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential"
)

func TestDeclare(t *testing.T) {
	ctx := t.Context()
	h := memory(t)
	list := []credential.NewVirtualKey{{Name: "vk_a", Provider: "openai", Credential: gateway.NewSecret("cred-a"), BaseURL: "http://169.254.169.254/"},
		{Name: "local", Workspace: "team-a", Provider: "mock", Credential: gateway.NewSecret("none")}}
	must(t, h.Declare(ctx, list))
	vk, err := h.VirtualKey(ctx, h.owner.Workspace, "vk_a")
	must(t, err)
	if !vk.Trusted {
		t.Error("a base URL of the file is not trusted")
	}
	_, err = h.SetVirtualKeyDisabled(ctx, h.owner, "vk_a", true)
	if e := wantKind(t, "disabling a declared virtual key", err, gateway.Conflict); !strings.Contains(e.Public, "declared in the server's file") {
		t.Errorf("%q", e.Public)
	}

	// the same again changes nothing; a change keeps the id; what is gone vanishes
	before, err := h.VirtualKeyInfos(ctx, h.owner, "")
	must(t, err)
	generation := h.Generation()
	h.clock.now = h.clock.now.Add(time.Hour)
	must(t, h.Declare(ctx, list))
	if h.Generation() != generation {
		t.Error("an unchanged declaration changed something")
	}
	list = list[:1]
	list[0].Credential = gateway.NewSecret("cred-a2")
	must(t, h.Declare(ctx, list))
	after, err := h.VirtualKeyInfos(ctx, h.owner, "")
	must(t, err)
	if len(before) != 2 || len(after) != 1 || after[0].ID != before[0].ID || !after[0].CreatedAt.Equal(before[0].CreatedAt) {
		t.Errorf("before %+v, after %+v", before, after)
	}
	if vk, err = h.VirtualKey(ctx, h.owner.Workspace, "vk_a"); err != nil || valueOf(t, vk).Reveal() != "cred-a2" {
		t.Errorf("changed credential: %v", err)
	}
	_, err = h.VirtualKey(ctx, "id-team-a", "local")
	wantKind(t, "no longer declared", err, gateway.Invalid)
}

// All problems at once, and nothing is written.
func TestDeclareRefuses(t *testing.T) {
	ctx := t.Context()
	h := memory(t)
	_, err := h.CreateVirtualKey(ctx, h.owner, credential.NewVirtualKey{Name: "taken", Provider: "openai", Credential: gateway.NewSecret("own")})
	must(t, err)
	key := gateway.NewSecret("a-fixed-key")
	list := []credential.NewVirtualKey{{Name: "ok", Provider: "openai", Credential: key}, {Name: "bad", Provider: "nobody", Credential: key},
		{Name: "ok", Workspace: "default", Provider: "openai", Credential: key}, {Name: "taken", Provider: "openai", Credential: key},
		{Name: "x", Workspace: "a/b", Provider: "openai", Credential: key}}
	err = h.Declare(ctx, list)
	if err == nil {
		t.Fatal("accepted")
	}
	for _, at := range []string{"virtual_keys[1].provider", "virtual_keys[2].name", "virtual_keys[3].name", "virtual_keys[4].workspace"} {
		if !strings.Contains(err.Error(), at) {
			t.Errorf("does not name %s: %v", at, err)
		}
	}
	if strings.Contains(err.Error(), "fixed-key") {
		t.Error("the error shows a credential")
	}
	if checked := h.CheckDeclared(ctx, list); checked == nil || checked.Error() != err.Error() {
		t.Errorf("CheckDeclared says %v, Declare %v", checked, err)
	}
	if all, _ := h.VirtualKeys(ctx, h.owner.Workspace); len(all) != 1 {
		t.Errorf("%d virtual keys after a refused declaration", len(all))
	}
}
