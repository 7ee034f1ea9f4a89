package admin

import (
	"context"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/route"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/prompts"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/audit"
	"github.com/sluicegate/sluice/telemetry/foreignspan"
	"github.com/sluicegate/sluice/telemetry/listing"
)

var testTime = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

// office is every admin part at once. It counts what was done to it.
type office struct {
	t       testing.TB
	did     []string
	events  []audit.Event
	lose    error // of Audit
	unready error // of Ready
	configs map[string]route.Saved
	query   telemetry.Query
	asked   audit.Query
	newKey  identity.NewAPIKey
	keyRuns string // the config of the API key that there is
	newVK   credential.NewVirtualKey
	draft   prompts.Draft
	acted   map[string]bool // ids of the workspaces that the parts were asked about
	last    string          // of them
}

// in notes the workspace that a part was asked about: the one named, by id or name, else the
// caller's.
func (o *office) in(by *gateway.Principal, workspace string) {
	switch {
	case workspace == "":
		workspace = by.Workspace
	case !strings.HasPrefix(workspace, "ws_"):
		workspace = "ws_" + workspace
	}
	if o.acted == nil {
		o.acted = map[string]bool{}
	}
	o.acted[workspace], o.last = true, workspace
}

func (o *office) server() *httpapi.Server {
	return httpapi.New(httpapi.Settings{NewID: func(time.Time) string { return "01TEST" }, Now: func() time.Time { return testTime }, MaxBody: 1 << 16, Authenticator: o, Audit: o,
		Routes: Routes(Settings{Workspaces: o, Objects: &action.Objects{}, APIKeys: o, Members: o, Teams: squads{o}, Usage: o, VirtualKeys: o, Configs: o, Prompts: shelf{o}, Logs: o, AuditLogs: o,
			VerifyAudit: func(context.Context) ([]audit.Verdict, error) {
				return []audit.Verdict{{Chain: "a"}, {Chain: "b", Bad: 7}}, nil
			}})})
}

func (o *office) done(what ...string) { o.did = append(o.did, strings.Join(what, " ")) }

func (o *office) Identify(_ context.Context, key gateway.Secret, _ string) (*gateway.Principal, error) {
	role, workspace, _ := strings.Cut(key.Reveal(), "@")
	if workspace == "" {
		return nil, &gateway.Error{Op: "test", Kind: gateway.Unauthorized, Code: "invalid_api_key", Public: "This API key is unknown."}
	}
	return &gateway.Principal{Organisation: "org", Workspace: "ws_" + workspace, WorkspaceRef: workspace, Member: "mem", MemberRef: "m@example.com",
		Role: gateway.Role(role), APIKey: "key"}, nil
}

func (o *office) Workspace(_ context.Context, org, ref string) (string, error) {
	if ref = strings.TrimPrefix(ref, "ws_"); org != "org" || ref == "nowhere" {
		return "", &gateway.Error{Op: "test", Kind: gateway.NotFound, Public: "There is no workspace '" + ref + "'."}
	}
	return "ws_" + ref, nil
}

func (o *office) Workspaces(_ context.Context, by *gateway.Principal) ([]identity.Workspace, error) {
	o.in(by, "")
	return []identity.Workspace{{ID: by.Workspace, Name: by.WorkspaceRef, Config: "kept", CreatedAt: testTime}}, nil
}

func (o *office) UpdateWorkspace(_ context.Context, by *gateway.Principal, ref string, to identity.WorkspaceChange) error {
	o.in(by, ref)
	if to.Config != nil {
		o.done("set config", ref, *to.Config)
	}
	if to.Compat != nil {
		o.done("set compat", ref, string(*to.Compat))
	}
	return nil
}

func (o *office) DeleteWorkspace(_ context.Context, by *gateway.Principal, ref string) (identity.Workspace, error) {
	o.in(by, ref)
	o.done("delete workspace", ref)
	return identity.Workspace{ID: ref, Name: by.WorkspaceRef}, nil
}

func (o *office) Members(_ context.Context, by *gateway.Principal) ([]identity.MemberInfo, error) {
	o.in(by, "")
	return []identity.MemberInfo{{Member: identity.Member{ID: "m1", Name: "bob", CreatedAt: testTime}, Role: gateway.RoleViewer}}, nil
}

func (o *office) PutMember(_ context.Context, by *gateway.Principal, workspace, ref string, role gateway.Role) (identity.Member, error) {
	o.in(by, workspace)
	o.done("put member", ref, string(role))
	return identity.Member{ID: "m1", Name: ref}, nil
}

func (o *office) SetEverywhere(_ context.Context, by *gateway.Principal, ref string, role gateway.Role) (identity.Member, error) {
	o.in(by, "")
	o.done("everywhere", ref, string(role))
	return identity.Member{ID: "m1", Name: ref, Everywhere: role}, nil
}

func (o *office) SetPassword(_ context.Context, by *gateway.Principal, ref, _ string) (identity.Member, error) {
	o.in(by, "")
	o.done("password of", ref)
	return identity.Member{ID: "m1", Name: ref}, nil
}

func (o *office) RemoveMember(_ context.Context, by *gateway.Principal, ref string) (identity.Member, error) {
	o.in(by, "")
	o.done("remove member", ref)
	return identity.Member{ID: "m1", Name: ref}, nil
}

func (o *office) Audit(ctx context.Context, e audit.Event) error {
	if ctx.Err() != nil {
		o.t.Error("the audit event was to be written with a dead context")
	}
	o.events = append(o.events, e)
	return o.lose
}

func (o *office) Ready() error { return o.unready }

func (o *office) info(n identity.NewAPIKey) identity.APIKeyInfo {
	budget := int64(12_500_000_000)
	return identity.APIKeyInfo{APIKey: identity.APIKey{ID: "id1", Name: n.Name, Workspace: o.last, Config: o.keyRuns, Masked: "sk-sl-Ab3d…", Budget: &budget, CreatedAt: testTime},
		WorkspaceName: "a", MemberName: "m@example.com", Role: gateway.RoleMember, Spent: 1, Closed: true}
}
func (o *office) APIKeys(_ context.Context, by *gateway.Principal, workspace string) ([]identity.APIKeyInfo, error) {
	o.in(by, workspace)
	return []identity.APIKeyInfo{o.info(identity.NewAPIKey{Name: "n"})}, nil
}
func (o *office) APIKey(_ context.Context, by *gateway.Principal, ref string) (identity.APIKeyInfo, error) {
	o.in(by, "")
	if ref != "id1" {
		return identity.APIKeyInfo{}, &gateway.Error{Op: "test", Kind: gateway.NotFound, Param: "id", Public: "There is no API key '" + ref + "'."}
	}
	return o.info(identity.NewAPIKey{Name: "n"}), nil
}
func (o *office) CreateAPIKey(_ context.Context, by *gateway.Principal, n identity.NewAPIKey) (identity.APIKeyInfo, gateway.Secret, error) {
	o.in(by, n.Workspace)
	o.done("create key", n.Name)
	o.newKey = n
	return o.info(n), gateway.NewSecret("sk-sl-once"), nil
}
func (o *office) UpdateAPIKey(_ context.Context, by *gateway.Principal, ref string, to identity.APIKeyChange) (identity.APIKeyInfo, error) {
	o.in(by, "")
	if to.BudgetUSD != nil {
		o.done("budget of key", ref, *to.BudgetUSD)
	}
	if to.Compat != nil {
		o.done("compat of key", ref, string(*to.Compat))
	}
	return o.info(identity.NewAPIKey{Name: ref}), nil
}
func (o *office) SetAPIKeyDisabled(_ context.Context, by *gateway.Principal, ref string, disabled bool) (identity.APIKeyInfo, error) {
	o.in(by, "")
	o.done("switch key", ref)
	return o.info(identity.NewAPIKey{Name: ref}), nil
}
func (o *office) RotateAPIKey(_ context.Context, by *gateway.Principal, ref string, overlap time.Duration) (identity.APIKeyInfo, gateway.Secret, error) {
	o.in(by, "")
	o.done("rotate key", ref, overlap.String())
	return o.info(identity.NewAPIKey{Name: ref}), gateway.NewSecret("sk-sl-next"), nil
}
func (o *office) DeleteAPIKey(_ context.Context, by *gateway.Principal, ref string) (identity.APIKeyInfo, error) {
	o.in(by, "")
	o.done("delete key", ref)
	return o.info(identity.NewAPIKey{Name: ref}), nil
}
func (o *office) Config(_ context.Context, workspace, slug string) (route.Saved, error) {
	o.in(nil, workspace)
	if c, ok := o.configs[workspace+"/"+slug]; ok {
		return c, nil
	}
	return route.Saved{}, &gateway.Error{Op: "test", Kind: gateway.NotFound, Param: "slug", Public: "There is no config '" + slug + "'."}
}
func (o *office) Configs(_ context.Context, workspace string) ([]route.Saved, error) {
	o.in(nil, workspace)
	var out []route.Saved
	for _, c := range o.configs {
		if c.Workspace == workspace {
			out = append(out, c)
		}
	}
	return out, nil
}
func (o *office) ConfigVersion(ctx context.Context, workspace, slug string, _ int) (route.Saved, error) {
	return o.Config(ctx, workspace, slug)
}
func (o *office) ConfigVersions(ctx context.Context, workspace, slug string) ([]route.Saved, error) {
	c, err := o.Config(ctx, workspace, slug)
	return []route.Saved{c}, err
}
func (o *office) PutConfig(_ context.Context, s route.Saved) (route.Saved, error) {
	o.in(nil, s.Workspace)
	o.done("put config", s.Workspace, s.Slug)
	s.Version++
	if o.configs == nil {
		o.configs = map[string]route.Saved{}
	}
	o.configs[s.Workspace+"/"+s.Slug] = s
	return s, nil
}
func (o *office) DeleteConfig(_ context.Context, workspace, slug string) error {
	o.in(nil, workspace)
	o.done("delete config", workspace, slug)
	delete(o.configs, workspace+"/"+slug)
	return nil
}
func (o *office) Logs(_ context.Context, q telemetry.Query) (telemetry.Page, error) {
	o.query = q
	return telemetry.Page{Next: "c2"}, nil
}
func (o *office) Log(_ context.Context, scope listing.Scope, id string) ([]*telemetry.Record, error) {
	o.query.Scope = scope
	return []*telemetry.Record{{ID: id, Member: "mem", Time: testTime, FirstByte: -1}}, nil
}
func (o *office) ForeignTrace(_ context.Context, scope listing.Scope, _ gateway.TraceID) (foreignspan.Trace, error) {
	if scope != o.query.Scope {
		o.t.Errorf("foreign spans are asked for in %+v, exchanges in %+v", scope, o.query.Scope)
	}
	return foreignspan.Trace{}, nil
}
func (o *office) AuditLogs(_ context.Context, q audit.Query) (audit.Page, error) {
	o.asked = q
	return audit.Page{}, nil
}

// shelf keeps the prompts' method names apart from the office's.
type shelf struct{ o *office }

func (s shelf) List(_ context.Context, _ *gateway.Principal, workspace string) ([]prompts.View, error) {
	s.o.in(nil, workspace)
	return []prompts.View{{ID: "pp-1", Slug: "p", Workspace: workspace}}, nil
}
func (s shelf) Get(_ context.Context, _ *gateway.Principal, workspace, ref string) (prompts.View, error) {
	s.o.in(nil, workspace)
	return prompts.View{ID: "pp-1", Slug: ref, Workspace: workspace}, nil
}
func (s shelf) Versions(_ context.Context, _ *gateway.Principal, workspace, ref string) ([]prompts.VersionView, error) {
	s.o.in(nil, workspace)
	return []prompts.VersionView{{Number: 2}, {Number: 1}}, nil
}
func (s shelf) Create(_ context.Context, _ *gateway.Principal, workspace string, d prompts.Draft) (prompts.View, error) {
	s.o.in(nil, workspace)
	s.o.done("create prompt", workspace, d.Slug)
	s.o.draft = d
	return prompts.View{ID: "pp-1", Slug: d.Slug}, nil
}
func (s shelf) AddVersion(_ context.Context, _ *gateway.Principal, workspace, ref string, d prompts.Draft) (prompts.VersionView, error) {
	s.o.in(nil, workspace)
	s.o.done("add version", workspace, ref)
	s.o.draft = d
	return prompts.VersionView{Number: 3}, nil
}
func (s shelf) SetLabel(_ context.Context, _ *gateway.Principal, workspace, ref, label string, version int) (prompts.View, error) {
	s.o.in(nil, workspace)
	s.o.done("set label", workspace, ref, label)
	return prompts.View{Labels: map[string]int{label: version}}, nil
}
func (s shelf) Delete(_ context.Context, _ *gateway.Principal, workspace, ref string) error {
	s.o.in(nil, workspace)
	s.o.done("delete prompt", workspace, ref)
	return nil
}

func (o *office) call(key, method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	ctx, cancel := context.WithCancel(r.Context())
	if method != "GET" {
		cancel() // an admin write goes on when its caller has gone
	}
	defer cancel()
	w := httptest.NewRecorder()
	o.server().ServeHTTP(w, r.WithContext(ctx))
	if h := w.Header(); h.Get("X-Portkey-Trace-Id") == "" || h.Get("X-Request-Id") != "01TEST" || h.Get("Request-Id") != "01TEST" {
		o.t.Errorf("%s %s: no trace id, or no request id: %v", method, path, h)
	}
	return w
}

// TestAdminRoutes: who may do what, what it does, and what the audit trail says.
func TestAdminRoutes(t *testing.T) {
	const config = `{"slug":"c","config":{"retry":1}}`
	for name, c := range map[string]struct {
		key, request, body string
		status             int
		holds              string // of the answer
		did, event         string
	}{
		"no key":                  {"", "GET /v1/api-keys", "", 401, `"status":"failure"`, "", "api_key.list denied 401"},
		"unknown key":             {"x", "POST /v1/configs", config, 401, "unknown", "", "config.create denied 401"},
		"member reads":            {"member@a", "GET /v1/configs", "", 200, `{"object":"list","data":[]}`, "", ""},
		"member writes":           {"member@a", "POST /v1/configs", config, 403, "these roles have: owner, admin", "", "config.create denied 403"},
		"member reads audit":      {"member@a", "GET /v1/audit-logs", "", 403, "these roles have: owner, admin", "", "audit.list denied 403"},
		"admin verifies":          {"admin@a", "GET /v1/audit-logs/verify", "", 403, "these roles have: owner. ", "", "audit.verify denied 403"},
		"owner verifies":          {"owner@a", "GET /v1/audit-logs/verify", "", 200, `"ok":false,"data":[{"chain":"a","rows":0,"first":0,"last":0},{"chain":"b","rows":0,"first":0,"last":0,"bad":7}]`, "", "audit.verify ok 200"},
		"workspaces":              {"member@a", "GET /v1/workspaces", "", 200, `"id":"ws_a","name":"a","config":"kept","from_file":false`, "", ""},
		"default config":          {"admin@a", "PUT /v1/workspaces/a", `{"config":"old"}`, 200, `"object":"workspace"`, "set config ws_a old", "workspace.update ok 200 a"},
		"compat":                  {"admin@a", "PUT /v1/workspaces/a", `{"compat":"openrouter"}`, 200, `"object":"workspace"`, "set compat ws_a openrouter", "workspace.update ok 200 a"},
		"both":                    {"admin@a", "PUT /v1/workspaces/a", `{"config":"","compat":null}`, 200, `"object":"workspace"`, "set config ws_a ; set compat ws_a ", "workspace.update ok 200 a"},
		"no default config":       {"admin@a", "PUT /v1/workspaces/a", `{"config":null}`, 200, `"object":"workspace"`, "set config ws_a ", "workspace.update ok 200 a"},
		"default, not there":      {"admin@a", "PUT /v1/workspaces/a", `{"config":"new"}`, 400, `no config 'new'`, "", "workspace.update error 400 a"},
		"default, left out":       {"admin@a", "PUT /v1/workspaces/a", `{}`, 400, `'config' is missing`, "", "workspace.update error 400 a"},
		"default, of others":      {"admin@a", "PUT /v1/workspaces/b", `{"config":""}`, 404, `workspace 'b'`, "", "workspace.update error 404 b"},
		"default, as a member":    {"member@a", "PUT /v1/workspaces/a", `{"config":""}`, 403, "these roles have: owner, admin", "", "workspace.update denied 403"},
		"key in a workspace":      {"owner@a", "POST /v1/api-keys/n/disable?workspace=a", "", 200, `"id":"id1"`, "switch key id1", "api_key.disable ok 200 id1"},
		"key, deleted there":      {"owner@a", "DELETE /v1/api-keys/n?workspace=a", "", 200, `"deleted":true`, "delete key id1", "api_key.delete ok 200 id1"},
		"key, read there":         {"owner@a", "GET /v1/api-keys/n?workspace=a", "", 200, `"id":"id1"`, "", ""},
		"no such key there":       {"owner@a", "DELETE /v1/api-keys/m?workspace=a", "", 404, `'m'`, "", "api_key.delete error 404 m"},
		"vk in a workspace":       {"owner@a", "POST /v1/virtual-keys/vk/enable?workspace=a", "", 200, `virtual_key`, "switch vk v1", "virtual_key.enable ok 200"},
		"vk, deleted there":       {"owner@a", "DELETE /v1/virtual-keys/vk?workspace=a", "", 200, `"deleted":true`, "delete vk v1", "virtual_key.delete ok 200"},
		"no such vk there":        {"owner@a", "DELETE /v1/virtual-keys/no?workspace=a", "", 404, `'no'`, "", "virtual_key.delete error 404 no"},
		"create key":              {"admin@a", "POST /v1/api-keys", `{"name":"n"}`, 201, `"key":"sk-sl-once"`, "create key n", "api_key.create ok 201 id1"},
		"list keys":               {"admin@a", "GET /v1/api-keys", "", 200, `"budget_usd":12.5,"spent_usd":0.000000001,"reserved_usd":0,"closed":true`, "", ""},
		"get key":                 {"admin@a", "GET /v1/api-keys/id1", "", 200, `"masked":"sk-sl-Ab3d…"`, "", ""},
		"get unknown key":         {"admin@a", "GET /v1/api-keys/id9", "", 404, `id9`, "", ""},
		"disable key":             {"admin@a", "POST /v1/api-keys/id1/disable", "", 200, `"id":"id1"`, "switch key id1", "api_key.disable ok 200 id1"},
		"enable key":              {"admin@a", "POST /api/v1/api-keys/id1/enable", "", 200, `"id":"id1"`, "switch key id1", "api_key.enable ok 200 id1"},
		"budget of a key":         {"admin@a", "PUT /v1/api-keys/id1", `{"budget_usd":20.5}`, 200, `"id":"id1"`, "budget of key id1 20.5", "api_key.update ok 200 id1"},
		"no budget":               {"admin@a", "PUT /v1/api-keys/id1", `{"budget_usd":null}`, 200, `"id":"id1"`, "budget of key id1 ", "api_key.update ok 200 id1"},
		"budget left out":         {"admin@a", "PUT /v1/api-keys/id1", `{"budget":1}`, 400, "'budget_usd' is missing; the field 'budget' is unknown", "", "api_key.update error 400 id1"},
		"compat of a key":         {"admin@a", "PUT /v1/api-keys/id1", `{"compat":"litellm"}`, 200, `"id":"id1"`, "compat of key id1 litellm", "api_key.update ok 200 id1"},
		"unknown compat":          {"admin@a", "PUT /v1/api-keys/id1", `{"compat":"bifrost"}`, 400, "'compat' must be one of portkey, litellm, openrouter, one-api", "", "api_key.update error 400 id1"},
		"budget, as a member":     {"member@a", "PUT /v1/api-keys/id1", `{"budget_usd":1}`, 403, "these roles have: owner, admin", "", "api_key.update denied 403"},
		"delete key":              {"admin@a", "DELETE /v1/api-keys/id1", "", 200, `"deleted":true`, "delete key id1", "api_key.delete ok 200 id1"},
		"create vk":               {"admin@a", "POST /v1/virtual-keys", `{"name":"v","provider":"openai","api_key":"sk-secret","prices":{"m":{"input":2.5,"output":10}}}`, 201, `"input":2.5`, "create vk v", "virtual_key.create ok 201 v"},
		"get vk":                  {"admin@a", "GET /v1/virtual-keys/vk", "", 200, `"name":"vk"`, "", ""},
		"get no vk":               {"admin@a", "GET /v1/virtual-keys/no", "", 404, `'no'`, "", ""},
		"disable vk":              {"admin@a", "POST /v1/virtual-keys/vk/disable", "", 200, `"object":"virtual_key"`, "switch vk vk", "virtual_key.disable ok 200"},
		"test vk":                 {"admin@a", "POST /v1/virtual-keys/vk/test", "", 200, `"data":[{"name":"a","ok":true,"status":200,"latency_ms":12},{"name":"b","ok":false,"status":401,"latency_ms":0,"error":"No such key."}],"ok":false`, "test vk vk", "virtual_key.test ok 200 vk"},
		"test vk, member":         {"member@a", "POST /v1/virtual-keys/vk/test", "", 403, "these roles have: owner, admin", "", "virtual_key.test denied 403"},
		"test no vk there":        {"owner@a", "POST /v1/virtual-keys/no/test?workspace=a", "", 404, `'no'`, "", "virtual_key.test error 404 no"},
		"delete vk":               {"admin@a", "DELETE /v1/virtual-keys/vk", "", 200, `"deleted":true`, "delete vk vk", "virtual_key.delete ok 200"},
		"create config":           {"admin@a", "POST /v1/configs", config, 201, `"config":{"retry":1}`, "put config ws_a c", "config.create ok 201 c"},
		"config without slug":     {"admin@a", "POST /v1/configs", `{"name":"x","config":{}}`, 201, `"slug":"pc-01test"`, "put config ws_a pc-01test", "config.create ok 201 pc-01test"},
		"config, 65 letters":      {"admin@a", "POST /v1/configs", `{"slug":"` + strings.Repeat("c", 65) + `","config":{}}`, 400, "1 to 64 letters", "", "config.create error 400 " + strings.Repeat("c", 65)},
		"config that exists":      {"admin@a", "POST /v1/configs", `{"slug":"old","config":{}}`, 409, "already", "", "config.create error 409 old"},
		"update config":           {"admin@a", "PUT /v1/configs/old", `{"config":{"retry":2}}`, 200, `"version":2`, "put config ws_a old", "config.update ok 200 old"},
		"update file's config":    {"admin@a", "PUT /v1/configs/file", `{"config":{}}`, 409, "server's file", "", "config.update error 409 file"},
		"delete config":           {"admin@a", "DELETE /v1/configs/old", "", 200, `"deleted":true`, "delete config ws_a old", "config.delete ok 200 old"},
		"foreign workspace":       {"admin@a", "POST /v1/configs", `{"slug":"c","config":{},"workspace":"b"}`, 404, "workspace 'b'", "", "config.create error 404 c"},
		"owner's other":           {"owner@a", "POST /v1/configs", `{"slug":"c","config":{},"workspace":"b"}`, 201, `"workspace":"ws_b"`, "put config ws_b c", "config.create ok 201 c"},
		"owner's nowhere":         {"owner@a", "GET /v1/configs?workspace=nowhere", "", 404, "nowhere", "", ""},
		"foreign config":          {"admin@b", "GET /v1/configs/old", "", 404, "'old'", "", ""},
		"create prompt":           {"admin@a", "POST /v1/prompts", `{"slug":"p","body":{"prompt":"Hi"}}`, 201, `"object":"prompt"`, "create prompt ws_a p", "prompt.create ok 201 pp-1"},
		"list prompts":            {"member@a", "GET /v1/prompts", "", 200, `"workspace":"ws_a"`, "", ""},
		"get prompt":              {"member@a", "GET /v1/prompts/p@2", "", 200, `"slug":"p@2"`, "", ""},
		"versions":                {"member@a", "GET /v1/prompts/p/versions", "", 200, `"version":2`, "", ""},
		"add version":             {"admin@a", "POST /v1/prompts/p/versions", `{"body":{"prompt":"Ho"}}`, 201, `"version":3`, "add version ws_a p", "prompt.version ok 201 p"},
		"set label":               {"admin@a", "PUT /v1/prompts/p/labels/production", `{"version":2}`, 200, `"production":2`, "set label ws_a p production", "prompt.label ok 200 p@production"},
		"delete prompt":           {"admin@a", "DELETE /v1/prompts/p", "", 200, `"deleted":true`, "delete prompt ws_a p", "prompt.delete ok 200 p"},
		"unknown fields":          {"admin@a", "POST /v1/api-keys", `{"nam":"n","budget_usd":"x","expires_at":7,"role":"king"}`, 400, "'name' is missing; the field 'role' must be one of owner, admin, manager, member, viewer, auditor, billing; the field 'expires_at' must be a string; the field 'budget_usd' must be an amount in USD such as 12.50; the field 'nam' is unknown", "", "api_key.create error 400"},
		"NUL in a name":           {"admin@a", "POST /v1/configs", `{"slug":"c","name":"a\u0000b","config":{}}`, 400, "'name' must not hold the character NUL", "", "config.create error 400 c"},
		"NUL, nested":             {"admin@a", "POST /v1/configs", `{"slug":"c","config":{"a":[{"b\u0000":1},"\u0000"]}}`, 400, "'config.a[0].b\ufffd' must not hold the character NUL; the field 'config.a[1]' must", "", "config.create error 400 c"},
		"NUL, escaped itself":     {"admin@a", "POST /v1/configs", `{"slug":"c","name":"a\\u0000b","config":{}}`, 201, `"slug":"c"`, "put config ws_a c", "config.create ok 201 c"},
		"half a pair":             {"admin@a", "POST /v1/api-keys", `{"name":"a\ud800b"}`, 400, "'name' must not hold half a surrogate pair", "", "api_key.create error 400 a\ufffdb"},
		"half a pair, second":     {"admin@a", "POST /v1/configs", `{"slug":"c","name":"\uDC00\uD800","config":{}}`, 400, "'name' must not hold half", "", "config.create error 400 c"},
		"half a pair, nested":     {"admin@a", "POST /v1/prompts", `{"slug":"p","body":{"messages":[{"content":"x\ud83d\u0041","\udfff":1}]}}`, 400, "'body.messages[0].content' must not hold half a surrogate pair; the field 'body.messages[0].\ufffd' must", "", "prompt.create error 400 p"},
		"pair in a name":          {"admin@a", "POST /v1/configs", `{"slug":"c","name":"\ud83d\ude00","config":{}}`, 201, `"name":"😀"`, "put config ws_a c", "config.create ok 201 c"},
		"half, escaped itself":    {"admin@a", "POST /v1/configs", `{"slug":"c","name":"a\\ud800b","config":{}}`, 201, `"slug":"c"`, "put config ws_a c", "config.create ok 201 c"},
		"NUL in a path":           {"admin@a", "GET /v1/configs/a%00b", "", 400, "The path must not hold", "", ""},
		"NUL in a query":          {"admin@a", "GET /v1/logs?model=a%00b", "", 400, "'model' must not hold", "", "log.list error 400"},
		"no UTF-8 in a path":      {"admin@a", "DELETE /v1/configs/a%ff", "", 400, "valid UTF-8", "", "config.delete error 400"},
		"field twice":             {"admin@a", "POST /v1/configs", `{"slug":"a","slug":"b","config":{}}`, 400, "'slug' is given twice", "", "config.create error 400"},
		"create vk's limits":      {"admin@a", "POST /v1/virtual-keys", `{"name":"v","provider":"openai","api_key":"sk-secret","max_output":{"m":8192}}`, 201, `"max_output":{"m":8192}`, "create vk v", "virtual_key.create ok 201 v"},
		"create vk's formats":     {"admin@a", "POST /v1/virtual-keys", `{"name":"v","provider":"openai","api_key":"sk-secret","formats":{"chat":null,"messages":"https://llm.example"}}`, 201, `"formats":{"chat":"","messages":"https://llm.example"}`, "create vk v", "virtual_key.create ok 201 v"},
		"limit of a key, zero":    {"admin@a", "POST /v1/api-keys", `{"name":"n","rate_limits":[{"type":"requests","unit":"rpm","value":0}]}`, 400, "value must be between 1", "", "api_key.create error 400 n"},
		"limit of a key, twice":   {"admin@a", "PUT /v1/api-keys/id1", `{"rate_limits":[{"type":"requests","unit":"rpm","value":1},{"type":"requests","unit":"rpm","value":2}]}`, 400, "'rate_limits[1]' limits what another entry", "", "api_key.update error 400 id1"},
		"limit of a key, unknown": {"admin@a", "POST /v1/api-keys", `{"name":"n","rate_limits":[{"kind":"requests"}]}`, 400, "'rate_limits[0]' must be a limit such as", "", "api_key.create error 400 n"},
		"bad credentials":         {"admin@a", "POST /v1/virtual-keys", `{"name":"v","provider":"p","models":[],"credentials":[{"name":"a","api_key":"k","weight":0},{"api_key":7,"x":1},"t"]}`, 400, "'credentials[0].weight' must be a whole number; the field 'credentials[1].name' is missing; the field 'credentials[1].api_key' must be a string; the field 'credentials[1].x' is unknown; the field 'credentials[2]' must be an object with name, api_key and weight; the field 'models' is an empty list", "", "virtual_key.create error 400 v"},
		"no credentials":          {"admin@a", "POST /v1/virtual-keys", `{"name":"v","provider":"p","credentials":[]}`, 400, "'credentials' must be a list of credentials", "", "virtual_key.create error 400 v"},
		"bad formats":             {"admin@a", "POST /v1/virtual-keys", `{"name":"v","provider":"p","api_key":"k","formats":["chat","chat"]}`, 400, "'formats' must be a list of formats without doubles", "", "virtual_key.create error 400 v"},
		"bad limit":               {"admin@a", "POST /v1/virtual-keys", `{"name":"v","provider":"p","api_key":"k","max_output":{"m":0}}`, 400, "'max_output.m' must be a positive number of tokens", "", "virtual_key.create error 400 v"},
		"bad price":               {"admin@a", "POST /v1/virtual-keys", `{"name":"v","provider":"p","api_key":"k","prices":{"m":{"input":"1","x":1}}}`, 400, "'prices.m.input' must be an amount of USD per million tokens; the field 'prices.m.output' is missing; the field 'prices.m.x' is unknown", "", "virtual_key.create error 400 v"},
		"bad JSON":                {"admin@a", "POST /v1/configs", `{"slug":`, 400, "line 1, column", "", "config.create error 400"},
		"no object":               {"admin@a", "PUT /v1/configs/old", `[]`, 400, "JSON object", "", "config.update error 400 old"},
		"label no number":         {"admin@a", "PUT /v1/prompts/p/labels/x", `{"version":"2"}`, 400, "'version'", "", "prompt.label error 400 p@x"},
		"logs":                    {"member@a", "GET /v1/logs?limit=5&status=4xx&metadata.team=x", "", 200, `"next_cursor":"c2"`, "", "log.list ok 200"},
		"log":                     {"member@a", "GET /v1/logs/1729", "", 200, `1729`, "", "log.get ok 200 1729"},
		"logs, bad query":         {"member@a", "GET /v1/logs?limit=0&since=yesterday&moddel=x", "", 400, "'since' must be a time", "", "log.list error 400"},
		"logs, bad cursor":        {"member@a", "GET /v1/logs?cursor=!", "", 400, "cursor", "", "log.list error 400"},
		"audit":                   {"admin@a", "GET /v1/audit-logs?action=api_key.*&since=1h", "", 200, `"data":[]`, "", "audit.list ok 200"},
	} {
		t.Run(name, func(t *testing.T) {
			o := &office{t: t, configs: map[string]route.Saved{
				"ws_a/old":  {Workspace: "ws_a", Slug: "old", Version: 1, Config: json.RawMessage(`{}`)},
				"ws_a/file": {Workspace: "ws_a", Slug: "file", Version: 1, Config: json.RawMessage(`{}`), FromFile: true},
			}}
			if name == "member reads" {
				o.configs = nil
			}
			method, path, _ := strings.Cut(c.request, " ")
			w := o.call(c.key, method, path, c.body)
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.holds) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			if strings.Contains(w.Body.String(), "sk-secret") || strings.Contains(w.Body.String(), "sealed") {
				t.Errorf("a credential came back: %s", w.Body)
			}
			if got := strings.Join(o.did, "; "); got != c.did {
				t.Errorf("did %q, want %q", got, c.did)
			}
			var events []string
			for _, e := range o.events {
				events = append(events, strings.TrimSpace(e.Action+" "+e.Outcome+" "+itoa(e.Status)+" "+e.ResourceID))
				if e.RequestID != "01TEST" || e.TraceID == "" || e.Client != "192.0.2.1" || c.status != 401 && e.Member != "mem" {
					t.Errorf("%+v", e)
				}
			}
			if got := strings.Join(events, "; "); got != c.event {
				t.Errorf("audit %q, want %q", got, c.event)
			}
		})
	}
}

func itoa(n int) string { b, _ := json.Marshal(n); return string(b) }

func TestLostAuditEventIsReported(t *testing.T) {
	o := &office{t: t, lose: errors.New("disk full")}
	w := o.call("admin@a", "POST", "/v1/api-keys", `{"name":"n"}`)
	if w.Code != 500 || !strings.Contains(w.Body.String(), "api_key.create was carried out") || strings.Contains(w.Body.String(), "sk-sl-once") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	w = o.call("member@a", "POST", "/v1/api-keys", `{"name":"n"}`)
	if w.Code != 500 || !strings.Contains(w.Body.String(), "not carried out") || len(o.did) != 1 {
		t.Errorf("%d %s %v", w.Code, w.Body, o.did)
	}
}

// TestNoActionWithoutItsEvent: while no event can be written, nothing is carried out.
func TestNoActionWithoutItsEvent(t *testing.T) {
	o := &office{t: t, unready: errors.New("disk full")}
	w := o.call("admin@a", "POST", "/v1/configs", `{"slug":"x","config":{}}`)
	if w.Code != 503 || !strings.Contains(w.Body.String(), "not carried out") || len(o.did) != 0 {
		t.Errorf("%d %s %v", w.Code, w.Body, o.did)
	}
	if w := o.call("admin@a", "GET", "/v1/api-keys", ""); w.Code != 200 {
		t.Errorf("a read: %d %s", w.Code, w.Body)
	}
}

func TestScopeOfLogs(t *testing.T) {
	for path, want := range map[string]struct {
		key   string
		scope listing.Scope
	}{
		"/v1/logs":             {"member@a", listing.Workspace("ws_a")},
		"/v1/logs/x":           {"admin@a", listing.Workspace("ws_a")},
		"/v1/logs?limit=1":     {"owner@a", listing.AllWorkspaces()},
		"/v1/logs?workspace=b": {"owner@a", listing.Workspace("ws_b")},
	} {
		o := &office{t: t}
		if w := o.call(want.key, "GET", path, ""); w.Code != 200 || o.query.Scope != want.scope {
			t.Errorf("%s: %d %+v", path, w.Code, o.query.Scope)
		}
	}
	o := &office{t: t}
	if w := o.call("admin@a", "GET", "/v1/logs?workspace=b", ""); w.Code != 404 || !o.query.Scope.Empty() {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
