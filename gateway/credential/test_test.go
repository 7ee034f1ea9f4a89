package credential_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential"
)

// TestTestVirtualKey: each credential is tested within a deadline, also of keys that no call may use,
// and of nobody else's key. A proven credential is not failing any more.
func TestTestVirtualKey(t *testing.T) {
	ctx := t.Context()
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	var mu sync.Mutex
	tested := map[string]bool{}
	s := credential.New(newStore(), master(t), known, credential.Config{Now: clock,
		Test: func(ctx context.Context, key gateway.VirtualKey, c gateway.Credential) gateway.CredentialTest {
			if _, limited := ctx.Deadline(); !limited {
				t.Error("a test has no deadline")
			}
			mu.Lock()
			defer mu.Unlock()
			tested[key.Name+" "+c.Value.Reveal()] = true
			out := gateway.CredentialTest{Name: c.Name, Status: 200}
			if c.Name == "bad" {
				out.Status, out.Err = 401, &gateway.Error{Op: "test", Kind: gateway.Upstream, Status: 401, Public: "No."}
			}
			return out
		}})
	must(t, s.Load(ctx))
	owner := principal("default", gateway.RoleOwner)
	created, err := s.CreateVirtualKey(ctx, owner, credential.NewVirtualKey{Name: "vk", Provider: "openai", Credential: gateway.NewSecret("value-a"), ExpiresAt: now.Add(time.Hour),
		Credentials: []credential.NewCredential{{Name: "bad", Credential: gateway.NewSecret("value-b")}}})
	must(t, err)
	vk, err := s.VirtualKey(ctx, owner.Workspace, "vk")
	must(t, err)
	for _, name := range []string{credential.DefaultCredential, "bad"} {
		c, _ := vk.Pool.Named(name)
		vk.Pool.Report(c, &gateway.Error{Op: "test", Kind: gateway.Upstream, Status: 401, Public: "No."})
	}
	_, err = s.SetVirtualKeyDisabled(ctx, owner, "vk", true)
	must(t, err)
	now = now.Add(2 * time.Hour)

	for _, ref := range []string{"vk", created.ID} {
		info, tests, err := s.TestVirtualKey(ctx, owner, ref)
		must(t, err)
		if len(tests) != 2 || tests[0].Name != credential.DefaultCredential || tests[0].Err != nil || tests[1].Name != "bad" || tests[1].Err == nil {
			t.Errorf("%s: %+v", ref, tests)
		}
		if info.Held[0].Status != credential.StatusActive || info.Held[1].Status != credential.StatusFailing || info.Held[1].InRow != 1 {
			t.Errorf("%s: %+v", ref, info.Held)
		}
	}
	if !tested["vk value-a"] || !tested["vk value-b"] {
		t.Errorf("tested %v", tested)
	}

	// A test does not ask for money.
	c := vk.Pool
	one, _ := s.VirtualKeyInfos(ctx, owner, "")
	c.Report(gateway.Credential{Name: credential.DefaultCredential, Fingerprint: one[0].Held[0].Fingerprint}, &gateway.Error{Op: "test", Kind: gateway.Upstream, Status: 402, Public: "Pay."})
	info, _, err := s.TestVirtualKey(ctx, owner, "vk")
	must(t, err)
	if info.Held[0].Status != credential.StatusExhausted {
		t.Errorf("without money: %+v", info.Held[0])
	}

	clear(tested)
	_, _, err = s.TestVirtualKey(ctx, owner, "nothing")
	wantKind(t, "an unknown name", err, gateway.NotFound)
	_, _, err = s.TestVirtualKey(ctx, principal("team-a", gateway.RoleAdmin), created.ID)
	wantKind(t, "an id of another workspace", err, gateway.NotFound)
	_, _, err = s.TestVirtualKey(ctx, principal("default", gateway.RoleMember), "vk")
	wantKind(t, "a member", err, gateway.Forbidden)
	if len(tested) > 0 {
		t.Errorf("tested %v", tested)
	}
}
