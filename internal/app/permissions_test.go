package app

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/goldentest"
	"github.com/sluicegate/sluice/internal/httpapi"
)

// path is the route's path with the ids of a workspace.
func (o *office) path(r httpapi.Route, workspace string) string {
	model := "models/mock/echo"
	if r.Method == http.MethodPost {
		model += ":countTokens"
	}
	path := strings.NewReplacer(
		"workspaces/:workspace", "workspaces/"+workspace, "users/:user", "users/"+o.ids[workspace+" member"], "keys/:hash", "keys/"+o.ids[workspace+" hash"], "key/:key", "key/"+o.ids[workspace+" /v1/api-keys"], "api-keys/:id", "api-keys/"+o.ids[workspace+" /v1/api-keys"], "virtual-keys/:name", "virtual-keys/"+o.ids[workspace+" /v1/virtual-keys"],
		"configs/:slug", "configs/cfg", "members/:name", "members/"+o.ids[workspace+" member"], "teams/:id", "teams/"+o.ids[workspace+" /v1/teams"], ":member", o.ids[workspace+" member"], "prompts/:id", "prompts/"+o.ids[workspace+" /v1/prompts"], "responses/:id", "responses/"+o.ids[workspace+" response"],
		"sessions/:id", "sessions/none", "rate-limits/:id", "rate-limits/"+o.ids[workspace+" /v1/policies/rate-limits"], "usage-limits/:id", "usage-limits/"+o.ids[workspace+" /v1/policies/usage-limits"], "wallets/:id", "wallets/"+o.ids[workspace+" /v1/wallets"], "alert-targets/:id", "alert-targets/"+o.ids[workspace+" /v1/alert-targets"], "price-rules/:id", "price-rules/"+o.ids[workspace+" /v1/price-rules"], "exports/:id", "exports/"+o.ids[workspace+" /v1/logs/exports"], "logs/:id", "logs/"+o.ids[workspace+" log"], "workspaces/:name", "workspaces/"+workspace, "labels/:label", "labels/l",
		"models/*", model, "deployments/*", "deployments/mock%2Fecho/chat/completions", "engines/*", "engines/mock%2Fecho/chat/completions", ":model", "mock%2Fecho", "*", "mock/echo",
	).Replace(r.Path)
	if query := otherQueries[r.Method+" "+r.Path]; query != "" {
		path += "?" + o.withIDs(query, workspace)
	}
	return path
}

// inWorkspace is a path with the parameter that names a workspace.
func inWorkspace(path, workspace string) string {
	if strings.Contains(path, "?") {
		return path + "&workspace=" + workspace
	}
	return path + "?workspace=" + workspace
}

// requestBodies are what the writing routes of the admin API take; every other route gets a chat.
var requestBodies = map[string]string{
	"PUT /v1/workspaces/:name": `{"config":""}`, "POST /v1/cache/purge": `{"all":true}`, "POST /v1/cache/explain": `{"text":"Hi","model":"mock/echo"}`, "POST /v1/api-keys": `{"name":"other"}`, "PUT /v1/api-keys/:id": `{"budget_usd":1}`,
	"POST /v1/virtual-keys": `{"name":"vk","provider":"mock","api_key":"sk"}`, "POST /v1/configs": `{"slug":"cfg","config":{}}`,
	"POST /v1/api-keys/:id/rotate": `{"overlap":"1h"}`, "PUT /v1/members/:name": `{"role":"member"}`,
	"PUT /v1/members/:name/password": `{"password":"correct horse battery"}`, "POST /v1/auth/sessions": `{"api_key":"` + ownersKey + `"}`,
	"POST /v1/members": `{"name":"new"}`, "POST /v1/teams": `{"name":"team"}`, "PUT /v1/teams/:id": `{"name":"team"}`, "PUT /v1/configs/:slug": `{"config":{"retry":2}}`, "POST /v1/configs/:slug/rollback": `{"version":1}`, "POST /v1/prompts": `{"slug":"pr","body":{"model":"mock/echo","messages":[]}}`,
	"POST /v1/prompts/:id/versions": `{"body":{"model":"mock/echo","messages":[]}}`, "PUT /v1/prompts/:id/labels/:label": `{"version":1}`,
	"POST /v1/policies/rate-limits": `{"name":"l","type":"requests","unit":"rpm","value":1000000}`, "PUT /v1/policies/rate-limits/:id": `{"name":"l","type":"requests","unit":"rpm","value":1000000}`,
	"PUT /v1/policies/usage-limits/:id": `{"name":"b","credit_limit":1000000,"period":"month"}`,
	"POST /v1/policies/usage-limits":    `{"name":"b","credit_limit":1000000}`, "POST /v1/wallets": `{"name":"w"}`, "POST /v1/wallets/:id/credits": `{"amount_usd":1,"reference":"r"}`,
	"POST /v1/price-rules": `{"name":"resale","markup":20}`, "PUT /v1/price-rules/:id": `{"markup":30}`, "PUT /v1/price-settings": `{"unpriced_models":"deny"}`,
	"POST /v1/logs/exports": `{"format":"csv"}`, "PUT /v1/logs/exports/:id": `{"description":"other"}`, "POST /v1/logs/exports/:id/start": `{}`, "POST /v1/logs/exports/:id/cancel": `{}`,
	"POST /v1/alert-targets":      `{"name":"ops","url":"http://127.0.0.1:1/x","secret":"0123456789abcdef"}`,
	"POST /v1/logs":               `{"resourceLogs":[]}`, // OTLP's; rows of calls are audited
	"POST /v1/prompts/:id/render": `{"variables":{}}`, "POST /v1/prompts/:id/completions": `{"variables":{}}`,
	"POST /api/chat": ollamaChat, "POST /ollama/api/chat": ollamaChat, "POST /api/generate": ollamaPrompt, "POST /ollama/api/generate": ollamaPrompt,
}

const (
	ollamaChat   = `{"model":"mock/echo","stream":false,"messages":[{"role":"user","content":"Hi"}]}`
	ollamaPrompt = `{"model":"mock/echo","stream":false,"prompt":"Hi"}`
)

// otherBodies are what the writing routes of other gateways' admin APIs take, and otherQueries what
// the reading ones do. Braces stand for the id of an object.
var otherBodies = map[string]string{
	"POST /key/generate": `{}`, "POST /key/service-account/generate": `{}`,
	"POST /key/update": `{"key":"{api_key}","blocked":false}`, "POST /key/delete": `{"keys":["{api_key}"]}`,
	"POST /key/block": `{"key":"{api_key}"}`, "POST /key/unblock": `{"key":"{api_key}"}`, "POST /key/regenerate": `{"key":"{api_key}"}`, "POST /key/:key/regenerate": `{}`,
	"POST /team/new": `{"team_alias":"fresh"}`, "POST /team/update": `{"team_id":"{team}"}`, "POST /team/delete": `{"team_ids":["{team}"]}`,
	"POST /team/member_add": `{"team_id":"{team}","member":{"user_id":"member@example.com"}}`, "POST /team/member_delete": `{"team_id":"{team}","user_id":"member@example.com"}`,
	"POST /v1/api-keys/workspace/user": `{"name":"fresh","user_id":"member@example.com","scopes":["completions.write"]}`, "POST /v1/api-keys/workspace/service": `{"name":"fresh","scopes":["completions.write"]}`,
	"POST /v1/admin/workspaces": `{"name":"fresh"}`, "PUT /v1/admin/workspaces/:workspace": `{"defaults":{}}`, "PUT /v1/admin/users/:user": `{"role":"member"}`,
	"POST /v1/admin/workspaces/:workspace/users": `{"users":[{"id":"fresh@example.com"}]}`, "PUT /v1/admin/workspaces/:workspace/users/:user": `{"role":"member"}`,
	"POST /v1/keys": `{"name":"fresh"}`, "PATCH /v1/keys/:hash": `{"disabled":false}`,
	"POST /user/new": `{"user_id":"fresh","auto_create_key":false}`,
}

var otherQueries = map[string]string{
	"GET /key/info": "key={api_key}", "GET /team/info": "team_id={team}", "GET /user/info": "user_id={member}",
}

// withIDs puts the ids of a workspace in the place of braces.
func (o *office) withIDs(text, workspace string) string {
	return strings.NewReplacer("{api_key}", o.ids[workspace+" /v1/api-keys"], "{team}", o.ids[workspace+" team"], "{member}", o.ids[workspace+" member"]).Replace(text)
}

// body is what a route takes, with the ids of a workspace.
func (o *office) body(r httpapi.Route, workspace string) string {
	if body, other := otherBodies[r.Method+" "+r.Path]; other {
		return o.withIDs(body, workspace)
	}
	return bodyOf(r)
}

func bodyOf(r httpapi.Route) string {
	switch body, ok := requestBodies[r.Method+" "+r.Path]; {
	case ok:
		return body
	case r.Method == http.MethodGet || r.Method == http.MethodDelete || !calls(r):
		return ""
	}
	return `{"model":"mock/echo","messages":[{"role":"user","content":"Hi"}],"input":"Hi","max_tokens":5}`
}

// calls reports whether a route is for calling models rather than for administration.
func calls(r httpapi.Route) bool {
	return r.Need == gateway.CompletionsWrite || r.Need == gateway.PromptsRender || r.Need == gateway.LogsWrite
}

// cell is what the matrix says of one call.
func cell(code int) string {
	if code == http.StatusForbidden || code == http.StatusNotFound || code == http.StatusUnauthorized {
		return fmt.Sprint(code)
	}
	return "allow"
}

// matrix writes a table of all routes and roles.
// of is the workspace whose objects the routes are called for.
func (o *office) matrix(routes []httpapi.Route, of string, path func(httpapi.Route) string) string {
	var b strings.Builder
	row := func(method, path string, cells []string) {
		line := fmt.Sprintf("%-7s%-41s ", method, path)
		for _, c := range cells {
			line += fmt.Sprintf("%-9s", c)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	var names []string
	for _, r := range gateway.Roles() {
		names = append(names, string(r))
	}
	row("", "", names)
	changed := true // by the last call: something may have to be made again
	for _, route := range routes {
		var cells []string
		for _, role := range gateway.Roles() {
			if changed {
				o.furnish("a")
				o.furnish("b")
			}
			if strings.Contains(route.Path, "responses/:id") {
				o.respond("a")
			}
			code, answer := o.call(o.keys[role], route.Method, path(route), o.body(route, of))
			if code >= http.StatusInternalServerError && code != http.StatusNotImplemented {
				o.t.Errorf("%s %s as %s: %d %s", route.Method, path(route), role, code, answer)
			}
			changed = route.Method != http.MethodGet && !calls(route) && code < http.StatusBadRequest
			cells = append(cells, cell(code))
		}
		row(route.Method, route.Path, cells)
	}
	return b.String()
}

// TestRolesAndRoutes: what each role may call in its own workspace, and what an id of another
// workspace, or its name, is answered with. Only an owner sees another workspace.
func TestRolesAndRoutes(t *testing.T) {
	o := openOffice(t, passesUnknown)
	var administrative []httpapi.Route
	for _, r := range o.routes {
		if r.Need == "" {
			t.Errorf("%s %s names no permission", r.Method, r.Path)
		}
		if !calls(r) {
			administrative = append(administrative, r)
		}
	}
	goldentest.Text(t, "testdata/roles_own_workspace.txt", o.matrix(o.routes, "a", func(r httpapi.Route) string { return o.path(r, "a") }))
	goldentest.Text(t, "testdata/roles_other_workspace.txt", o.matrix(administrative, "b", func(r httpapi.Route) string { return inWorkspace(o.path(r, "b"), "b") }))
}

// hideIDs replaces the ids of workspace b. The id of a response holds that of its log row.
func (o *office) hideIDs(text, by string) string {
	for key, id := range o.ids {
		if strings.HasPrefix(key, "b ") && key != "b response" {
			text = strings.ReplaceAll(text, id, by)
		}
	}
	return text
}

// TestGuessedIDs: an id of another workspace is answered exactly as one that never existed, for
// whoever acts in one workspace only.
func TestGuessedIDs(t *testing.T) {
	o := openOffice(t)
	const never = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
	for _, r := range o.routes {
		foreign, body := o.path(r, "b"), o.body(r, "b")
		absent, without := o.hideIDs(foreign, never), o.hideIDs(body, never)
		if absent == foreign && without == body && !strings.Contains(r.Path, ":name") {
			continue // it names no object by an id
		}
		absent = strings.ReplaceAll(absent, "workspaces/b", "workspaces/"+never)
		for role, key := range o.keys {
			if role == gateway.RoleOwner {
				continue
			}
			code, got := o.call(key, r.Method, foreign, body)
			wantCode, want := o.call(key, r.Method, absent, without)
			got = strings.ReplaceAll(o.hideIDs(got, never), "'b'", "'"+never+"'")
			if code != wantCode || got != want || code < 400 {
				t.Errorf("%s %s as %s: %d %s\nbut for no such id: %d %s", r.Method, r.Path, role, code, got, wantCode, want)
			}
		}
	}
}
