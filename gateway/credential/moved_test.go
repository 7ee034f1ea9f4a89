package credential_test

import (
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential"
)

// A credential that was moved between rows, or damaged, is refused by name. All others
// keep working.
func TestMovedCredential(t *testing.T) {
	ctx := t.Context()
	store := newStore()
	h := start(t, store)
	for _, name := range []string{"vk_a", "vk_b"} {
		_, err := h.CreateVirtualKey(ctx, h.owner, credential.NewVirtualKey{Name: name, Provider: "openai", Credential: gateway.NewSecret("cred-" + name)})
		must(t, err)
	}
	rows, err := store.VirtualKeys(ctx)
	must(t, err)
	rows[1].Credentials = rows[0].Credentials
	must(t, store.PutVirtualKey(ctx, rows[1]))
	must(t, h.Load(ctx))
	_, err = h.VirtualKey(ctx, h.owner.Workspace, "vk_b")
	if e := wantKind(t, "a moved credential", err, gateway.Invalid); !strings.Contains(e.Public, "vk_b") {
		t.Errorf("not named: %q", e.Public)
	}
	k, err := h.VirtualKey(ctx, h.owner.Workspace, "vk_a")
	must(t, err)
	if valueOf(t, k).Reveal() != "cred-vk_a" {
		t.Error("the other one is lost")
	}
	list, err := h.VirtualKeys(ctx, h.owner.Workspace)
	must(t, err)
	if len(list) != 1 {
		t.Errorf("listed %d", len(list))
	}
	infos, err := h.VirtualKeyInfos(ctx, h.owner, "")
	must(t, err)
	if len(infos) != 2 || infos[0].Broken || !infos[1].Broken {
		t.Errorf("infos %+v", infos)
	}
}
