package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tidwall/gjson"

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
		t.Errorf("a change: %d %s\n%s", r.StatusCode, r.body, s.output.String())
	}
	db.Restart(t)
	for end := time.Now().Add(30 * time.Second); call(budgeted).StatusCode != http.StatusOK && time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
	}
	works("afterwards")
	r := s.get("/readyz")
	for end := time.Now().Add(30 * time.Second); strings.Contains(r.body, "control database") && time.Now().Before(end); r = s.get("/readyz") {
		time.Sleep(50 * time.Millisecond)
	}
	if strings.Contains(r.body, "control database") {
		t.Errorf("readyz afterwards: %s", r.body)
	}
	if r := s.post("/v1/api-keys", `{"name":"new","member":"ann"}`); r.StatusCode >= 300 {
		t.Errorf("a change afterwards: %d %s", r.StatusCode, r.body)
	}
}

// A replica that starts while PostgreSQL is away serves from its copy of the control data, and
// follows the database once it is back. Without the copy, or with another master key, it does not
// start, and says why.
func TestReplicaStartsWithoutItsDatabase(t *testing.T) {
	db := postgrestest.Start(t)
	dsn := db.Database(t)
	s := replica(t, dsn, `
virtual_keys:
  - {name: local, provider: mock, api_key: none, prices: {"*": {input: 1, output: 1}}}
`)
	s.launch()
	made := s.post("/v1/api-keys", `{"name":"free","member":"ann"}`)
	free := made.json("key").String()
	budgeted := s.post("/v1/api-keys", `{"name":"budgeted","member":"ann","budget_usd":1}`).json("key").String()
	if r := s.post("/v1/configs", `{"slug":"own","config":{"provider":"mock","virtual_key":"local","override_params":{"model":"hello"}}}`); r.StatusCode >= 300 {
		t.Fatal(r.body)
	}
	call := func(key string, header ...string) int {
		t.Helper()
		return s.post("/v1/chat/completions", `{"model":"@local/hello","max_tokens":10,"messages":[{"role":"user","content":"Hello"}]}`,
			append([]string{"Authorization", "Bearer " + key}, header...)...).StatusCode
	}
	copied := filepath.Join(s.dir, "data", "control.copy")
	// A copy tells the second in which it was begun. One that was begun in a later second has all changes, and a
	// further change makes sure that there is one.
	changed := time.Now()
	time.Sleep(time.Until(changed.Truncate(time.Second).Add(time.Second)))
	if r := s.post("/v1/configs", `{"slug":"later","config":{"provider":"mock"}}`); r.StatusCode >= 300 {
		t.Fatal(r.body)
	}
	until(t, "the copy has the newest change", func() bool {
		raw, err := os.ReadFile(copied)
		head, _, _ := strings.Cut(string(raw), "\n")
		return err == nil && gjson.Get(head, "made").Time().Unix() > changed.Unix()
	})
	s.stop(syscall.SIGTERM)
	if raw, err := os.ReadFile(copied); err != nil || strings.Contains(string(raw), "local") {
		t.Fatalf("the copy is not sealed: %v", err)
	}
	db.Stop()

	s.launch()
	for what, r := range map[string]int{"a call": call(free), "with a config": call(free, "x-sluice-config", "own")} {
		if r != http.StatusOK {
			t.Errorf("%s from the copy: %d", what, r)
		}
	}
	if got := call(budgeted); got != http.StatusServiceUnavailable {
		t.Errorf("with a budget: %d", got)
	}
	for path, body := range map[string]string{"/v1/api-keys": `{"name":"new","member":"ann"}`, "/v1/configs": `{"slug":"new","config":{}}`, "/v1/auth/sessions": `{"api_key":"` + ownerKey + `"}`} {
		if r := s.post(path, body); r.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("a change at %s: %d %s", path, r.StatusCode, r.body)
		}
	}
	if r := s.get("/readyz"); r.StatusCode != http.StatusOK || !strings.Contains(r.body, "control database does not answer") {
		t.Errorf("readyz: %d %s", r.StatusCode, r.body)
	}
	db.Restart(t)
	until(t, "a budget counts again", func() bool { return call(budgeted) == http.StatusOK })
	other := replica(t, dsn, "")
	other.launch()
	if r := other.post("/v1/api-keys/"+made.json("id").String()+"/disable", ""); r.StatusCode != http.StatusOK {
		t.Fatal(r.body)
	}
	until(t, "a key that another replica disables is refused", func() bool { return call(free) == http.StatusUnauthorized })
	if r := s.post("/v1/api-keys", `{"name":"new","member":"ann"}`); r.StatusCode >= 300 {
		t.Errorf("a change afterwards: %d %s", r.StatusCode, r.body)
	}
	if r := s.get("/readyz"); strings.Contains(r.body, "control database") {
		t.Errorf("readyz afterwards: %s", r.body)
	}
	if left, _ := filepath.Glob(filepath.Join(s.dir, "data", "control.copy.db*")); s.stop(syscall.SIGTERM) != 0 || len(left) == 0 {
		t.Errorf("the copy was not opened as a database: %v", left)
	}
	if left, _ := filepath.Glob(filepath.Join(s.dir, "data", "control.copy.db*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	other.stop(syscall.SIGTERM)
	db.Stop()
	for _, c := range []struct {
		name string
		env  string
		path string // that is removed, also for the cases behind
		says string
	}{
		{"another master key", "SLUICE_MASTER_KEY=" + strings.Repeat("a", 64), "", "another master key"},
		{"no copy", masterKey, copied, "is not there"},
	} {
		if c.path != "" {
			if err := os.Remove(c.path); err != nil {
				t.Fatal(err)
			}
		}
		s.env = []string{c.env}
		if out, err := sluice(s, "serve", "--port", "0"); err == nil || !strings.Contains(string(out), c.says) || !strings.Contains(string(out), "control.dsn") {
			t.Errorf("%s: %v\n%s", c.name, err, out)
		}
	}
	db.Restart(t)
}

// until waits for something to become true.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !is(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("not in 30 seconds: " + what)
		}
	}
}
