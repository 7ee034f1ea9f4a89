package admin

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route"
	"github.com/sluicegate/sluice/telemetry/audit"
	"github.com/sluicegate/sluice/telemetry/listing"
)

// bodies are what each writing route takes. A route that is not here fails the tests below.
var bodies = map[string]string{
	"PUT /v1/workspaces/:name":             `{"config":""}`,
	"DELETE /v1/workspaces/:name":          "",
	"POST /v1/api-keys":                    `{"name":"n"}`,
	"POST /v1/api-keys/workspace/user":     `{"name":"n","user_id":"bob","scopes":["completions.write"]}`,
	"POST /v1/api-keys/workspace/service":  `{"name":"n","scopes":["completions.write"]}`,
	"PUT /v1/api-keys/:id":                 `{"budget_usd":1}`,
	"DELETE /v1/api-keys/:id":              "",
	"POST /v1/api-keys/:id/disable":        "",
	"POST /v1/api-keys/:id/enable":         "",
	"POST /v1/members":                     `{"name":"new"}`,
	"POST /v1/teams":                       `{"name":"ml"}`,
	"PUT /v1/teams/:id":                    `{"name":"ml"}`,
	"DELETE /v1/teams/:id":                 "",
	"PUT /v1/teams/:id/members/:member":    "",
	"DELETE /v1/teams/:id/members/:member": "",
	"PUT /v1/members/:name":                `{"role":"viewer"}`,
	"PUT /v1/members/:name/password":       `{"password":"correct horse battery"}`,
	"DELETE /v1/members/:name":             "",
	"POST /v1/api-keys/:id/rotate":         `{"overlap":"1h"}`,
	"POST /v1/virtual-keys":                `{"name":"v","provider":"openai","api_key":"sk"}`,
	"PUT /v1/virtual-keys/:name":           `{"note":"n"}`,
	"DELETE /v1/virtual-keys/:name":        "",
	"POST /v1/virtual-keys/:name/disable":  "",
	"POST /v1/virtual-keys/:name/enable":   "",
	"POST /v1/virtual-keys/:name/test":     "",
	"POST /v1/configs":                     `{"slug":"new","config":{}}`,
	"PUT /v1/configs/:slug":                `{"config":{"retry":1}}`,
	"POST /v1/configs/:slug/rollback":      `{"version":1}`,
	"DELETE /v1/configs/:slug":             "",
	"POST /v1/prompts":                     `{"slug":"p","body":{}}`,
	"DELETE /v1/prompts/:id":               "",
	"POST /v1/prompts/:id/versions":        `{"body":{}}`,
	"PUT /v1/prompts/:id/labels/:label":    `{"version":1}`,
}

// everyRoute calls ask for each route of the admin API, with the path that it is called by.
func everyRoute(t *testing.T, ask func(t *testing.T, o *office, method, path, body string)) {
	o := &office{t: t}
	settings := Settings{Workspaces: o, APIKeys: o, Members: o, Teams: squads{o}, Usage: o, VirtualKeys: o, Configs: o, Prompts: shelf{o}, Logs: o, AuditLogs: o,
		VerifyAudit: func(context.Context) ([]audit.Verdict, error) { return nil, nil }}
	for _, r := range Routes(settings) {
		name := r.Method + " " + r.Path
		t.Run(name, func(t *testing.T) {
			body, known := bodies[name]
			if !known && r.Method != http.MethodGet {
				t.Fatal("this route has no body in the table of this test")
			}
			path := strings.NewReplacer("workspaces/:name", "workspaces/b", "api-keys/:id", "api-keys/id1", "virtual-keys/:name", "virtual-keys/vk", "members/:name", "members/bob", ":slug", "old", ":id", "x", ":label", "l").Replace(r.Path)
			ask(t, &office{t: t, configs: map[string]route.Saved{
				"ws_a/old": {Workspace: "ws_a", Slug: "old", Version: 1, Config: json.RawMessage(`{}`)},
				"ws_b/old": {Workspace: "ws_b", Slug: "old", Version: 1, Config: json.RawMessage(`{}`)},
			}}, r.Method, path, body)
		})
	}
}

// TestEveryRouteHonoursTheWorkspace: an owner of workspace a who names workspace b acts there
// and nowhere else, or is told that the route knows no workspaces.
func TestEveryRouteHonoursTheWorkspace(t *testing.T) {
	everyRoute(t, func(t *testing.T, o *office, method, path, body string) {
		o.t = t
		w := o.call("owner@a", method, path+"?workspace=b", body)
		if w.Code == http.StatusBadRequest {
			if !strings.Contains(w.Body.String(), `"param":"workspace"`) || len(o.did) > 0 {
				t.Errorf("%s, did %v", w.Body, o.did)
			}
			return
		}
		if w.Code >= 300 || o.acted["ws_a"] {
			t.Errorf("%d %s, acted in %v", w.Code, w.Body, o.acted)
		}
		scoped := o.query.Scope == listing.Workspace("ws_b") || o.asked.Scope == listing.Workspace("ws_b")
		if !o.acted["ws_b"] && !scoped {
			t.Errorf("did not act in the workspace that was named: %v, %+v", o.acted, o.query)
		}
		for _, e := range o.events {
			if e.Workspace != "ws_b" && e.Workspace != "ws_a" || e.Workspace == "ws_a" && !strings.Contains(path, "-keys") { // the fake's keys lie in ws_a
				t.Errorf("the event says %q", e.Workspace)
			}
		}
	})
}

// TestEveryRouteRefusesForeignWorkspaces: whoever is no owner gets 404 for another workspace,
// whether it exists or not, or 403 where the role does not allow the route at all. Nothing is done.
func TestEveryRouteRefusesForeignWorkspaces(t *testing.T) {
	everyRoute(t, func(t *testing.T, o *office, method, path, body string) {
		o.t = t
		w := o.call("admin@a", method, path+"?workspace=b", body)
		absent := w.Code == http.StatusNotFound && strings.Contains(w.Body.String(), "no workspace 'b'")
		forbidden := w.Code == http.StatusForbidden && strings.Contains(w.Body.String(), gateway.CodeRole)
		if !absent && !forbidden || len(o.did) > 0 || len(o.acted) > 0 {
			t.Errorf("%d %s, did %v in %v", w.Code, w.Body, o.did, o.acted)
		}
		if w := o.call("owner@a", method, path+"?workspace=nowhere", body); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "nowhere") || len(o.did) > 0 {
			t.Errorf("%d %s, did %v", w.Code, w.Body, o.did)
		}
	})
}

// TestTwoWorkspacesNamed: a body and a query that do not agree, or a query with two, are refused.
func TestTwoWorkspacesNamed(t *testing.T) {
	for request, body := range map[string]string{
		"POST /v1/api-keys?workspace=b":                        `{"name":"n","workspace":"c"}`,
		"POST /v1/virtual-keys?workspace=b":                    `{"name":"v","provider":"openai","api_key":"sk","workspace":"a"}`,
		"POST /v1/configs?workspace=b&workspace=c":             `{"slug":"new","config":{}}`,
		"PUT /v1/prompts/p/labels/l?workspace=b":               `{"version":1,"workspace":"nowhere"}`,
		"PUT /v1/workspaces/a?workspace=b":                     `{"config":""}`,
		"GET /v1/audit-logs?workspace=b&workspace=b":           "",
		"POST /v1/api-keys/id1/disable?workspace=b&workspace=": "",
	} {
		o := &office{t: t}
		method, path, _ := strings.Cut(request, " ")
		if w := o.call("owner@a", method, path, body); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "workspace") || len(o.did) > 0 {
			t.Errorf("%s: %d %s, did %v", request, w.Code, w.Body, o.did)
		}
	}
	o := &office{t: t}
	if w := o.call("owner@a", "POST", "/v1/api-keys?workspace=b", `{"name":"n","workspace":"ws_b"}`); w.Code != http.StatusCreated || !o.acted["ws_b"] {
		t.Errorf("the same one twice: %d %s", w.Code, w.Body)
	}
}

// TestEveryRouteRefusesOtherSpellingsOfTheWorkspace: a parameter that equals "workspace" but for
// its case is refused by name, and nothing is done elsewhere in silence.
func TestEveryRouteRefusesOtherSpellingsOfTheWorkspace(t *testing.T) {
	everyRoute(t, func(t *testing.T, o *office, method, path, body string) {
		o.t = t
		for name, written := range map[string]string{"Workspace": "Workspace", "WORKSPACE": "WORKSPACE", "workSpace": "workSpace", "workſpace": "work%C5%BFpace"} {
			for _, query := range []string{"?" + written + "=b", "?workspace=a&" + written + "=b", "?" + written + "="} {
				w := o.call("owner@a", method, path+query, body)
				if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "'"+name+"'") || len(o.did) > 0 || len(o.acted) > 0 {
					t.Errorf("%s: %d %s, did %v in %v", query, w.Code, w.Body, o.did, o.acted)
				}
			}
		}
	})
}
