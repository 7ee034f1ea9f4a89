package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// TestCircuitBreaker: a target that fails gets no call during its cooldown, one probe after it, and all
// calls again once that is answered. Row, metrics and log tell.
func TestCircuitBreaker(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for a cooldown, which is 30 seconds at least")
	}
	up := gatewaytest.NewUpstream()
	defer up.Close()
	s := start(t, routing, up)
	up.Set("sick", gatewaytest.Reply{Status: 503, Body: `{"error":{"message":"down"}}`})
	config := `{"strategy":{"mode":"fallback","cb_config":{"failure_threshold":3}},"targets":[` + target("a", "sick", "") + `,` + target("b", "well", "") + `]}`
	call := func(trace, option string) {
		t.Helper()
		r := s.post(chat, ask("gpt-mock", ""), "X-Portkey-Config", config, "X-Sluice-Trace-Id", trace)
		if got := r.Header.Get("X-Sluice-Last-Used-Option-Index"); r.StatusCode != 200 || got != option {
			t.Fatalf("%s: %d from %s, want %s", trace, r.StatusCode, got, option)
		}
	}
	for range 3 {
		call("opens", "config.targets[1]")
	}
	opened := time.Now()
	for range 5 {
		call("left-out", "config.targets[1]")
	}
	if hits := up.Hits("sick"); hits != 3 {
		t.Errorf("%d calls, the third opened the breaker", hits)
	}
	if row := s.logged("left-out"); row.Get("metadata._circuit_open").Str != "config.targets[0]" || row.Get("attempts.#").Int() != 1 {
		t.Errorf("%s", row)
	}
	if m := s.get("/metrics").body; !strings.Contains(m, `sluice_circuit_breakers_open{provider="openai"} 1`) || !strings.Contains(m, "sluice_circuit_breakers_left_out_total 5") {
		t.Error("/metrics does not tell of the breaker")
	}
	time.Sleep(time.Until(opened.Add(30*time.Second + 100*time.Millisecond)))
	for range 4 {
		call("probed", "config.targets[1]")
	}
	if hits := up.Hits("sick"); hits != 4 {
		t.Errorf("%d calls, one of them is the probe", hits)
	}
	opened = time.Now()
	up.Set("sick", gatewaytest.Reply{})
	call("still-out", "config.targets[1]")
	time.Sleep(time.Until(opened.Add(30*time.Second + 100*time.Millisecond)))
	for range 3 {
		call("back", "config.targets[0]")
	}
	if m := s.get("/metrics").body; strings.Contains(m, "sluice_circuit_breakers_open{") || !strings.Contains(m, "sluice_circuit_breakers_opened_total 1") {
		t.Error("/metrics still tells of the breaker")
	}
}
