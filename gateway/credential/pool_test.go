package credential_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential"
)

// pooled makes a virtual key with a credential for each weight, named "a", "b" …
func pooled(t *testing.T, h *house, weights ...int) gateway.CredentialPool {
	t.Helper()
	n := credential.NewVirtualKey{Name: "vk", Provider: "openai"}
	for i, w := range weights {
		name := string(rune('a' + i))
		n.Credentials = append(n.Credentials, credential.NewCredential{Name: name, Credential: gateway.NewSecret("sk-value-" + name), Weight: w})
	}
	_, err := h.CreateVirtualKey(t.Context(), h.owner, n)
	must(t, err)
	return poolOf(t, h)
}

func poolOf(t *testing.T, h *house) gateway.CredentialPool {
	t.Helper()
	k, err := h.VirtualKey(t.Context(), h.owner.Workspace, "vk")
	must(t, err)
	return k.Pool
}

func choose(t *testing.T, p gateway.CredentialPool, session uint64, tried ...string) gateway.Credential {
	t.Helper()
	c, err := p.Choose(func() uint64 { return session }, tried)
	must(t, err)
	return c
}

func upstream(status int, code string) *gateway.Error {
	return &gateway.Error{Op: "test", Kind: gateway.Upstream, Status: status, Code: code, Public: "no"}
}

// Calls without a session take turns by weight, and never in a burst.
func TestTurnsByWeight(t *testing.T) {
	p := pooled(t, memory(t), 3, 1)
	order := ""
	for range 8 {
		order += choose(t, p, 0).Name
	}
	if order != "aabaaaba" {
		t.Errorf("order %q", order)
	}
}

// A session stays with its credential; sessions are shared out by weight; while one credential is
// set aside only its sessions move, and they come back.
func TestSessionsStick(t *testing.T) {
	h := memory(t)
	p := pooled(t, h, 3, 1, 1)
	home, counts := map[uint64]string{}, map[string]int{}
	for s := uint64(1); s <= 5000; s++ {
		home[s] = choose(t, p, s).Name
		counts[home[s]]++
	}
	for name, share := range map[string]int{"a": 3000, "b": 1000, "c": 1000} {
		if n := counts[name]; n < share*8/10 || n > share*12/10 {
			t.Errorf("%s has %d of 5000 sessions, want about %d", name, n, share)
		}
	}
	b := choose(t, p, 0, "a", "c")
	if !p.Report(b, upstream(401, "")) {
		t.Error("401 refuses no credential")
	}
	for s, name := range home {
		if got := choose(t, p, s).Name; got == "b" || name != "b" && got != name {
			t.Fatalf("session %d of %s went to %s", s, name, got)
		}
	}
	h.clock.now = h.clock.now.Add(time.Hour)
	for s, name := range home {
		if got := choose(t, p, s).Name; got != name {
			t.Fatalf("session %d of %s is at %s afterwards", s, name, got)
		}
	}
}

// TestRefusals tells what sets a credential aside, for how long, and what state that shows.
func TestRefusals(t *testing.T) {
	for _, tc := range []struct {
		err    *gateway.Error
		class  credential.Refusal // "" = the credential is not to blame
		aside  time.Duration
		status credential.Status
	}{
		{upstream(401, "invalid_api_key"), credential.RefusedUnauthorized, 30 * time.Second, credential.StatusFailing},
		{upstream(403, ""), credential.RefusedForbidden, 10 * time.Second, credential.StatusActive},
		{upstream(402, ""), credential.RefusedQuota, time.Minute, credential.StatusExhausted},
		{upstream(429, "insufficient_quota"), credential.RefusedQuota, time.Minute, credential.StatusExhausted},
		{upstream(429, "rate_limit_exceeded"), credential.RefusedRate, time.Second, credential.StatusActive},
		{&gateway.Error{Kind: gateway.Upstream, Status: 429, RetryAfter: 7 * time.Second}, credential.RefusedRate, 7 * time.Second, credential.StatusActive},
		{&gateway.Error{Kind: gateway.Upstream, Status: 429, RetryAfter: 24 * time.Hour}, credential.RefusedRate, 10 * time.Minute, credential.StatusActive},
		{&gateway.Error{Kind: gateway.Upstream, Status: 400, Public: "Your credit balance is too low to access the API."}, credential.RefusedQuota, time.Minute, credential.StatusExhausted},
		{upstream(400, "invalid_value"), "", 0, credential.StatusActive},
		{upstream(403, gateway.CodeContentPolicy), "", 0, credential.StatusActive},
		{upstream(404, ""), "", 0, credential.StatusActive},
		{upstream(500, ""), "", 0, credential.StatusActive},
		{&gateway.Error{Kind: gateway.Timeout}, "", 0, credential.StatusActive},
		{&gateway.Error{Kind: gateway.Denied, Status: 401}, "", 0, credential.StatusActive},
	} {
		h := memory(t)
		p := pooled(t, h, 1, 1)
		name := fmt.Sprintf("%d %s %s", tc.err.Status, tc.err.Code, tc.err.Public)
		a := choose(t, p, 0)
		if got := p.Report(a, tc.err); got != (tc.class != "") {
			t.Errorf("%s: refused %v", name, got)
		}
		infos, err := h.VirtualKeyInfos(t.Context(), h.owner, "")
		must(t, err)
		held := infos[0].Held[0]
		if held.Status != tc.status || held.Refused != tc.class || held.Until.Sub(h.clock.now) != tc.aside && tc.class != "" || infos[0].Status != credential.StatusActive {
			t.Errorf("%s: shown as %+v, the key as %s", name, held, infos[0].Status)
		}
		if tc.class == "" {
			continue
		}
		for range 3 {
			if choose(t, p, 0).Name == a.Name {
				t.Errorf("%s: chosen although it is set aside", name)
			}
		}
		h.clock.now = h.clock.now.Add(tc.aside)
		p.Report(choose(t, p, 0, "b"), nil)
		if infos, err = h.VirtualKeyInfos(t.Context(), h.owner, ""); err != nil || infos[0].Held[0].Status != credential.StatusActive || infos[0].Held[0].InRow != 0 {
			t.Errorf("%s: after a success %+v", name, infos[0].Held[0])
		}
	}
}

// Refusals in a row double the time; a change of another part of the key does not forget them.
func TestRefusalsInARow(t *testing.T) {
	h := memory(t)
	p := pooled(t, h, 1, 1)
	a := choose(t, p, 0, "b")
	for range 10 {
		p.Report(a, upstream(401, ""))
	}
	must(t, h.Load(t.Context()))
	infos, err := h.VirtualKeyInfos(t.Context(), h.owner, "")
	must(t, err)
	if got := infos[0].Held[0]; got.InRow != 10 || got.Until.Sub(h.clock.now) != 10*time.Minute || got.HTTPStatus != http.StatusUnauthorized {
		t.Errorf("after ten refusals: %+v", got)
	}
}

// A key whose credentials are all spent is refused by name, with the time that it takes; one whose
// credentials are all refused otherwise is tried again.
func TestKeyWithoutAFreeCredential(t *testing.T) {
	h := memory(t)
	p := pooled(t, h, 1, 1)
	a, b := choose(t, p, 0, "b"), choose(t, p, 0, "a")
	p.Report(a, upstream(402, ""))
	h.clock.now = h.clock.now.Add(5 * time.Second)
	p.Report(b, upstream(401, ""))
	if c := choose(t, p, 0); c.Name != "b" {
		t.Errorf("chose %s: b is set aside for less time", c.Name)
	}
	p.Report(b, upstream(429, "insufficient_quota"))
	_, err := p.Choose(noSession, nil)
	e := wantKind(t, "all spent", err, gateway.RateLimited)
	if e.Code != credential.CodeExhausted || !strings.Contains(e.Public, "'vk'") || e.RetryAfter != 55*time.Second {
		t.Errorf("%+v", e)
	}
	if infos, err := h.VirtualKeyInfos(t.Context(), h.owner, ""); err != nil || infos[0].Status != credential.StatusExhausted {
		t.Errorf("shown as %s", infos[0].Status)
	}
	if _, err := p.Choose(noSession, []string{"a", "b"}); err == nil {
		t.Error("a credential beyond those that were tried")
	}
}

// An expired key is refused by name. It no longer answers for its vendor while another key does.
func TestExpiry(t *testing.T) {
	ctx := t.Context()
	h := memory(t)
	n := credential.NewVirtualKey{Name: "a", Provider: "openai", Credential: gateway.NewSecret("sk-a"), ExpiresAt: h.clock.now.Add(time.Hour)}
	_, err := h.CreateVirtualKey(ctx, h.owner, n)
	must(t, err)
	_, err = h.CreateVirtualKey(ctx, h.owner, credential.NewVirtualKey{Name: "b", Provider: "openai", Credential: gateway.NewSecret("sk-b")})
	must(t, err)
	names := func() string {
		list, err := h.VirtualKeys(ctx, h.owner.Workspace)
		must(t, err)
		return list[0].Name + list[1].Name
	}
	generation := h.Generation()
	if got := names(); got != "ab" {
		t.Errorf("usable %s", got)
	}
	h.clock.now = h.clock.now.Add(time.Hour)
	if got := names(); got != "ba" || h.Generation() == generation {
		t.Errorf("usable %s after the expiry, generation %d → %d", got, generation, h.Generation())
	}
	k, err := h.VirtualKey(ctx, h.owner.Workspace, "a")
	must(t, err)
	_, err = k.Pool.Choose(noSession, nil)
	if e := wantKind(t, "expired", err, gateway.Unavailable); e.Code != credential.CodeExpired || !strings.Contains(e.Public, "'a' expired at 2026-11-22T11:00:00Z") {
		t.Errorf("%+v", e)
	}
	n.Name = "c"
	_, err = h.CreateVirtualKey(ctx, h.owner, n)
	if e := wantKind(t, "expiry in the past", err, gateway.Invalid); e.Param != "expires_at" {
		t.Errorf("names %q", e.Param)
	}
}

// A declared key that has expired since does not keep the server from starting; a new one does.
func TestDeclaredExpiry(t *testing.T) {
	ctx := t.Context()
	h := memory(t)
	list := []credential.NewVirtualKey{{Name: "vk", Provider: "openai", Credential: gateway.NewSecret("sk-a"), ExpiresAt: h.clock.now.Add(time.Hour)}}
	must(t, h.Declare(ctx, list))
	h.clock.now = h.clock.now.Add(2 * time.Hour)
	must(t, h.Declare(ctx, list))
	list[0].ExpiresAt = list[0].ExpiresAt.Add(time.Minute)
	if err := h.Declare(ctx, list); err == nil || !strings.Contains(err.Error(), "virtual_keys[0].expires_at") {
		t.Errorf("another time in the past: %v", err)
	}
}
