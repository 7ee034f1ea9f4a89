package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/internal/store/postgrestest"
)

// While PostgreSQL is away, a replica goes on from memory; only calls with a budget are refused.
// Afterwards everything is as before.
func TestReplicaWithoutItsDatabase(t *testing.T) {
	db := postgrestest.Start(t)
	const free, budgeted = "sk-sl-free-000000000000000000001", "sk-sl-budget-0000000000000000001"
	s := replica(t, db.Database(t), `
virtual_keys:
  - {name: local, provider: mock, api_key: none, prices: {"*": {input: 1, output: 1}}}
configs:
  - {slug: own, config: {provider: mock, virtual_key: local, override_params: {model: hello}}}
api_keys:
  - {name: free, key: `+free+`, member: ann}
  - {name: budgeted, key: `+budgeted+`, member: ann, budget: 1}
`)
	s.launch()
	call := func(key string, header ...string) reply {
		t.Helper()
		return s.post("/v1/chat/completions", `{"model":"@local/hello","max_tokens":10,"messages":[{"role":"user","content":"Hello"}]}`,
			append([]string{"Authorization", "Bearer " + key}, header...)...)
	}
	works := func(when string) {
		t.Helper()
		for _, r := range []reply{call(free), call(free, "x-sluice-config", "own"), call(budgeted)} {
			if r.StatusCode != http.StatusOK {
				t.Errorf("%s: %d %s", when, r.StatusCode, r.body)
			}
		}
	}
	works("before")
	db.Stop()
	for _, r := range []reply{call(free), call(free, "x-sluice-config", "own")} {
		if r.StatusCode != http.StatusOK {
			t.Errorf("without a budget, from memory: %d %s", r.StatusCode, r.body)
		}
	}
	if r := call(budgeted); r.StatusCode != http.StatusServiceUnavailable || r.Header.Get("Retry-After") == "" {
		t.Errorf("with a budget: %d, retry-after %q, %s", r.StatusCode, r.Header.Get("Retry-After"), r.body)
	}
	if r := s.get("/readyz"); r.StatusCode != http.StatusOK || !strings.Contains(r.body, "control database does not answer") {
		t.Errorf("readyz: %d %s", r.StatusCode, r.body)
	}
	if r := s.post("/v1/api-keys", `{"name":"new","member":"ann"}`); r.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a change: %d %s", r.StatusCode, r.body)
	}
	db.Restart(t)
	for end := time.Now().Add(30 * time.Second); call(budgeted).StatusCode != http.StatusOK && time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
	}
	works("afterwards")
	if r := s.get("/readyz"); strings.Contains(r.body, "control database") {
		t.Errorf("readyz afterwards: %s", r.body)
	}
	if r := s.post("/v1/api-keys", `{"name":"new","member":"ann"}`); r.StatusCode >= 300 {
		t.Errorf("a change afterwards: %d %s", r.StatusCode, r.body)
	}
}
