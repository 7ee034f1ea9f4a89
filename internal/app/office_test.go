package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/config"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/openapitest"
)

const ownersKey = "sk-sl-permissions-test-owner-key"

// office is a whole gateway with two workspaces, a and b, that hold the same objects, and one API
// key in workspace a for each role.
type office struct {
	t       *testing.T
	dir     string // of the data
	server  http.Handler
	vendor  string // address of the vendor that openOfficeWith was given
	routes  []httpapi.Route
	keys    map[gateway.Role]string
	callers map[string]string // API keys of the member in each workspace
	ids     map[string]string // "a api_key", "b log" … → id

	document     []byte // OpenAPI
	undocumented error
	checker      *openapitest.Checker // of all answers; nil if something is undocumented
}

func openOffice(t *testing.T, with ...func(*config.Config)) *office {
	cfg := config.Default()
	for _, f := range with {
		f(&cfg)
	}
	cfg.DataDir = t.TempDir()
	cfg.TrustedHosts = append(cfg.TrustedHosts, "127.0.0.1:1") // where nobody listens: of an alert target
	a, err := newApp(t.Context(), cfg, environment{apiKey: gateway.NewSecret(ownersKey)}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	o := &office{t: t, dir: cfg.DataDir, server: a.handler, routes: a.routes, keys: map[gateway.Role]string{}, callers: map[string]string{}, ids: map[string]string{}}
	o.document, o.undocumented = openapitest.Document(a.handler.(*httpapi.Server).Routes(), root)
	if o.undocumented == nil {
		if o.checker, err = openapitest.NewChecker(o.document); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range gateway.Roles() {
		o.keys[r] = o.must("POST", "/v1/api-keys", fmt.Sprintf(`{"name":%q,"workspace":"a","member":"%s@example.com","role":%q}`, r, r, r)).Get("key").String()
	}
	for _, w := range []string{"a", "b"} {
		o.callers[w] = o.must("POST", "/v1/api-keys", fmt.Sprintf(`{"name":"caller","workspace":%q,"member":"member@example.com"}`, w)).Get("key").String()
		o.furnish(w)
		o.respond(w)
		for deadline := time.Now().Add(30 * time.Second); o.ids[w+" log"] == ""; time.Sleep(20 * time.Millisecond) {
			o.ids[w+" log"] = o.must("GET", "/v1/logs?workspace="+w, "").Get("data.0.id").String()
			if time.Now().After(deadline) {
				t.Fatal("no log row came")
			}
		}
	}
	return o
}

// respond makes a response of the member in a workspace.
func (o *office) respond(workspace string) {
	o.t.Helper()
	code, body := o.call(o.callers[workspace], "POST", "/v1/responses", `{"model":"mock/echo","input":"Hi"}`)
	if code != http.StatusOK {
		o.t.Fatalf("%d %s", code, body)
	}
	o.ids[workspace+" response"] = gjson.Get(body, "id").String()
}

// furnish makes the objects of a workspace that are not there.
func (o *office) furnish(workspace string) {
	for path, body := range map[string]string{
		"/v1/api-keys": `{"name":"other","member":"other-%[1]s","workspace":"%[1]s"}`, "/v1/configs": `{"slug":"cfg","config":{"retry":1},"workspace":"%[1]s"}`,
		"/v1/teams":         `{"name":"team","members":[],"workspace":"%[1]s"}`,
		"/v1/virtual-keys":  `{"name":"vk","provider":"mock","api_key":"sk-x","workspace":"%[1]s"}`,
		"/v1/alert-targets": `{"name":"ops","url":"http://127.0.0.1:1/x","secret":"0123456789abcdef","workspace":"%[1]s"}`,
		"/v1/price-rules":   `{"name":"resale","multiplier":1.2,"workspace":"%[1]s"}`,
		"/v1/prompts":       `{"slug":"pr","body":{"messages":[{"role":"user","content":"Hi"}],"model":"mock/echo"},"workspace":"%[1]s"}`,
	} {
		code, answer := o.call(ownersKey, "POST", path, fmt.Sprintf(body, workspace))
		if code != http.StatusCreated && code != http.StatusConflict {
			o.t.Fatalf("%s: %d %s", path, code, answer)
		}
		if id := gjson.Get(answer, "id").String(); code == http.StatusCreated && id != "" && path != "/v1/configs" { // whose id is its slug
			o.ids[workspace+" "+path] = id
			if member := gjson.Get(answer, "member_id").String(); member != "" {
				o.ids[workspace+" member"] = member
			}
		}
	}
	for path, body := range map[string]string{ // names of these may stand several times
		"/v1/policies/rate-limits":  `{"name":"many","type":"requests","unit":"rpm","value":1000000,"workspace":"%s"}`,
		"/v1/policies/usage-limits": `{"name":"much","credit_limit":1000000,"period":"month","conditions":[{"key":"metadata.of","value":"nobody"}],"workspace":"%s"}`,
		"/v1/wallets":               `{"name":"paid","api_key":"other","workspace":"%s"}`,
		"/v1/logs/exports":          `{"description":"all","workspace":"%s"}`,
	} {
		if id := o.ids[workspace+" "+path]; id != "" {
			if code, _ := o.call(ownersKey, "GET", path+"/"+id+"?workspace="+workspace, ""); code == http.StatusOK {
				continue
			}
		}
		o.ids[workspace+" "+path] = o.must("POST", path, fmt.Sprintf(body, workspace)).Get("id").String()
	}
	if code, answer := o.call(ownersKey, "POST", "/team/new?workspace="+workspace, `{"team_alias":"crew"}`); code == http.StatusOK {
		o.ids[workspace+" team"] = gjson.Get(answer, "team_id").String()
	} else if code != http.StatusConflict {
		o.t.Fatalf("a team: %d %s", code, answer)
	}
	o.ids[workspace+" hash"] = o.must("GET", "/key/list?key_alias=other&workspace="+workspace, "").Get("keys.0").String() // a rotation changes it
	o.must("PUT", "/v1/members/"+o.ids[workspace+" member"]+"?workspace="+workspace, `{"role":"member"}`)
	o.must("PUT", "/v1/teams/"+o.ids[workspace+" /v1/teams"]+"/members/"+o.ids[workspace+" member"]+"?workspace="+workspace, "")
}

func (o *office) call(key, method, path, body string) (int, string) {
	w := o.answer(key, method, path, body)
	return w.Code, w.Body.String()
}

func (o *office) answer(key, method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+key)
	r.Header.Set("Content-Type", "application/json")
	if strings.HasPrefix(path, "/ollama/mock/") { // its vendor needs no key, so that a server would be asked
		r.Header.Set("X-Sluice-Provider", "mock")
	}
	w := httptest.NewRecorder()
	if strings.HasPrefix(path, "/v1/logs/tail") { // lasts until its caller hangs up
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		o.server.ServeHTTP(hangsUp{w, cancel}, r.WithContext(ctx))
	} else {
		o.server.ServeHTTP(w, r)
	}
	if o.checker != nil {
		o.checker.Answer(o.t, method, path, w.Code, w.Body.String())
	}
	return w
}

// hangsUp is a caller who leaves once it has the first part of an answer.
type hangsUp struct {
	*httptest.ResponseRecorder
	leave context.CancelFunc
}

func (h hangsUp) Flush() { h.ResponseRecorder.Flush(); h.leave() }

func (o *office) must(method, path, body string) gjson.Result {
	o.t.Helper()
	code, answer := o.call(ownersKey, method, path, body)
	if code >= 300 {
		o.t.Fatalf("%s %s: %d %s", method, path, code, answer)
	}
	return gjson.Parse(answer)
}

// as calls with a token.
func (o *office) as(token, method, path, body string, headers ...string) *http.Response {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+token)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return o.visitor().do(r)
}

// row is the only row of a request.
func (o *office) row(id string) gjson.Result {
	o.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		_, answer := o.call(ownersKey, "GET", "/v1/logs/"+id+"?workspace=a", "")
		rows := gjson.Get(answer, "data").Array()
		if len(rows) == 1 {
			return rows[0]
		}
		if len(rows) > 1 || time.Now().After(deadline) {
			o.t.Errorf("%s has %d rows", id, len(rows))
			return gjson.Result{}
		}
	}
}

func body(t *testing.T, res *http.Response) string {
	_, after, ok := strings.Cut(text(t, res), "\r\n\r\n")
	if !ok {
		t.Fatal("no body")
	}
	return after
}
