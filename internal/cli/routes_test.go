package cli

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
)

// commandLines are commands that call the server. FILE is a file with a JSON object, PROMPT one with a
// template, NEW one that is not there.
var commandLines = strings.Split(strings.TrimSpace(`
alerts list
alerts create ops --to http://127.0.0.1:1/x
alerts test t1
alerts delete t1
analytics
audit list
audit verify
budgets list
budgets create much --usd 5 --period month
budgets delete b1
budgets explain k1
budgets verify
cache show
cache purge --all
cache purge --model gpt-5 --dry-run
cache report
cache explain hello --model gpt-5
call-sessions list
catalog status
catalog refresh
catalog list
catalog show gpt-5
catalog conflicts
call-sessions get s1
experiments list
experiments show support
experiments weights support --weight short=2
experiments end support short
configs list
configs get prod
configs create prod FILE
configs update prod FILE
configs delete prod
configs versions prod
configs rollback prod 1
configs dry-run --model gpt-5
feedback add t1 5
feedback update f1 --value 3
guardrails test hello
keys list
keys create ci
keys budget k1 5
keys disable k1
keys enable k1
keys rotate k1
keys delete k1
limits list
limits create l --unit rpm --value 5
limits delete l1
logs
logs --facets all
logs --follow
logs add FILE
logs export -o NEW
logs exports list
logs exports get e1
logs exports start e1
logs exports cancel e1
logs exports delete e1
master-key status
members list
members create ada
members update ada --role member
members delete ada
prices list
prices create resale --multiplier 2
prices delete p1
prompts list
prompts get p1
prompts create PROMPT
prompts add p1 PROMPT
prompts versions p1
prompts label p1 production 1
prompts render p1
prompts test p1
prompts delete p1
server
sessions list
sessions revoke s1
teams list
teams get t1
teams create t1
teams rename t1 t2
teams add t1 ada
teams remove t1 ada
teams delete t1
trace t1
usage
views list
views create v
views share v
views delete v
logs --view v
virtual-keys list
virtual-keys create vk --provider mock --no-api-key
virtual-keys update vk --note n
virtual-keys disable vk
virtual-keys enable vk
virtual-keys test vk
virtual-keys delete vk
wallets list
wallets create w
wallets credit w 5 --reference r
wallets delete w
workspaces list
workspaces set-config w prod
workspaces delete w
`), "\n")

// withoutCommand are the routes that no command calls, and why. A path with … stands for all that
// begin so.
var withoutCommand = map[string]string{
	"GET /v1/analytics/…":                  "Portkey's form of what analytics shows",
	"GET /v1/analytics":                    "",
	"/v1/auth/…":                           "how browsers and programs sign in; login and logout use it",
	"GET /v1/models…":                      "what one may call",
	"/v1/codex/…":                          "Codex asks",
	"/v1/traces…":                          "exporters of OpenTelemetry send",
	"/v1/metrics…":                         "exporters of OpenTelemetry send",
	"/v1/otel/…":                           "exporters of OpenTelemetry send",
	"/v1/admin/…":                          "Portkey's form of workspaces and members",
	"/v1/api-keys/workspace/…":             "Portkey's form of keys",
	"/v1/key…":                             "OpenRouter's form of keys",
	"/v1/credits…":                         "OpenRouter's form of wallets",
	"/v1/model/…":                          "LiteLLM's form of models",
	"POST /v1/master-key/rotate":           "tested with a server: the command reads keys of its own",
	"GET /v1/alert-targets/{id}":           "the list shows all of it, as of the others like it",
	"PUT /v1/alert-targets/{id}":           "a target is deleted and made anew",
	"GET /v1/api-keys/{id}":                "in the list",
	"GET /v1/policies/rate-limits/{id}":    "in the list",
	"PUT /v1/policies/rate-limits/{id}":    "a limit is deleted and made anew",
	"GET /v1/policies/usage-limits/{id}":   "in the list",
	"PUT /v1/policies/usage-limits/{id}":   "a budget is deleted and made anew",
	"GET /v1/policies/usage-limits/{id}/…": "budgets explain tells it of a key",
	"GET /v1/price-rules/{id}":             "in the list",
	"PUT /v1/price-rules/{id}":             "a rule is deleted and made anew",
	"GET /v1/price-settings":               "the server's file has it",
	"PUT /v1/price-settings":               "the server's file has it",
	"PUT /v1/members/{name}/password":      "a password is typed into the console, not into the history of a shell",
	"GET /v1/wallets/{id}":                 "in the list",
	"GET /v1/wallets/{id}/credits":         "the console shows it",
	"GET /v1/virtual-keys/{name}":          "in the list",
	"PUT /v1/logs/exports/{id}":            "a new export is one command",
	"POST /v1/api-keys/{id}/disable":       "",
}

// recording is a server that answers everything and notes what was called.
type recording struct {
	mu    sync.Mutex
	calls []string // "GET /v1/logs"
}

func (s *recording) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.calls = append(s.calls, r.Method+" "+r.URL.Path)
	s.mu.Unlock()
	if r.URL.Path == "/v1/logs/tail" {
		w.Header().Set("Content-Type", "text/event-stream")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"id":"x1","data":[],"status":"success","format":"jsonl","ok":true,"delivered":true,"version":1,"config":{},"query":"status=5xx"}`)
}

// made are the calls so far.
func (s *recording) made() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// fits reports whether a call is one of a route: a template of a path.
func fits(call, route string) bool {
	a, b := strings.Split(call, "/"), strings.Split(route, "/")
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] && !strings.HasPrefix(b[i], "{") {
			return false
		}
	}
	return true
}

// exempt is why a route has no command; false if nothing says so.
func exempt(route string) bool {
	_, path, _ := strings.Cut(route, " ")
	for pattern := range withoutCommand {
		begin, any := strings.CutSuffix(pattern, "…")
		for _, name := range []string{route, path} {
			if name == pattern || any && strings.HasPrefix(name, begin) {
				return true
			}
		}
	}
	return false
}

// TestEachRouteHasACommand runs the commands against a server that notes what they call: each route
// of the admin API is called by one, or there is a reason why none does.
func TestEachRouteHasACommand(t *testing.T) {
	server := &recording{}
	at := httptest.NewServer(server)
	defer at.Close()
	dir := t.TempDir()
	file := filepath.Join(dir, "f.json")
	if err := os.WriteFile(file, []byte(`{"a":1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	prompt := filepath.Join(dir, "p.prompt.yaml")
	if err := os.WriteFile(prompt, []byte("slug: p1\nmodel: mock/echo\nmessages: [{role: user, content: Hi}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, line := range commandLines {
		args := strings.Fields(strings.NewReplacer("FILE", file, "PROMPT", prompt, "NEW", filepath.Join(dir, "new")).Replace(line))
		cmd := root()
		cmd.SetArgs(append(args, "--url", at.URL, "--api-key", "k"))
		cmd.SetOut(io.Discard)
		cmd.SetErr(io.Discard)
		before := len(server.made())
		if err := cmd.ExecuteContext(t.Context()); len(server.made()) == before {
			t.Errorf("sluice %s calls nothing: %v", line, err)
		}
	}
	var document struct {
		Paths map[string]map[string]struct {
			Permission gateway.Permission `json:"x-permission"`
		}
	}
	if err := json.Unmarshal(httpapi.OpenAPI, &document); err != nil {
		t.Fatal(err)
	}
	calls := server.made()
	var missing, needless []string
	for path, methods := range document.Paths {
		if !strings.HasPrefix(path, "/v1/") {
			continue // those of other gateways, of vendors and of signing in
		}
		for method, o := range methods {
			if o.Permission == gateway.CompletionsWrite {
				continue // a call to a model
			}
			route := strings.ToUpper(method) + " " + path
			called := slices.ContainsFunc(calls, func(call string) bool { return fits(call, route) })
			switch {
			case !called && !exempt(route):
				missing = append(missing, route)
			case called && withoutCommand[route] != "":
				needless = append(needless, route)
			}
		}
	}
	slices.Sort(missing)
	if len(missing) > 0 {
		t.Errorf("no command calls\n%s", strings.Join(missing, "\n"))
	}
	if len(needless) > 0 {
		t.Errorf("a command calls\n%s", strings.Join(needless, "\n"))
	}
}
