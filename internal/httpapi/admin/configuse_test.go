package admin

import (
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway/route"
)

// TestConfigsInUse: nothing that names a config is made without it, and it is not deleted from under
// those that name it, because their calls would all be refused.
func TestConfigsInUse(t *testing.T) {
	for name, c := range map[string]struct {
		request, body, keyRuns string
		status                 int
		part                   string
	}{
		"a key with a config":            {"POST /v1/api-keys", `{"name":"n","config":"prod"}`, "", 201, ""},
		"a key, not there":               {"POST /v1/api-keys", `{"name":"n","config":"prd"}`, "", 400, `no config 'prd'`},
		"a key, as Portkey's defaults":   {"POST /v1/api-keys", `{"name":"n","defaults":{"config_id":"prd"}}`, "", 400, `no config 'prd'`},
		"a key at Portkey's path":        {"POST /v1/api-keys/workspace/service", `{"name":"n","scopes":["completions.write"],"defaults":{"config_id":"prd"}}`, "", 400, `no config 'prd'`},
		"a key changed":                  {"PUT /v1/api-keys/id1", `{"config":"prod"}`, "", 200, ""},
		"a key changed, not there":       {"PUT /v1/api-keys/id1", `{"config":"prd"}`, "", 400, `no config 'prd'`},
		"a key without one again":        {"PUT /v1/api-keys/id1", `{"config":null}`, "", 200, ""},
		"delete, of nobody":              {"DELETE /v1/configs/prod", "", "", 200, ""},
		"delete, of a key":               {"DELETE /v1/configs/prod", "", "prod", 409, `the API key 'n'`},
		"delete, a key pins its version": {"DELETE /v1/configs/prod", "", "prod@1", 200, ""},
		"delete, of the workspace":       {"DELETE /v1/configs/kept", "", "", 409, `the workspace 'a'`},
	} {
		o := &office{t: t, keyRuns: c.keyRuns, configs: map[string]route.Saved{}}
		for _, slug := range []string{"prod", "kept"} {
			o.configs["ws_a/"+slug] = route.Saved{Slug: slug, Workspace: "ws_a", Version: 1}
		}
		method, path, _ := strings.Cut(c.request, " ")
		w := o.call("admin@a", method, path, c.body)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.part) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		if c.status >= 400 && len(o.did) > 0 {
			t.Errorf("%s is refused, and did %v", name, o.did)
		}
	}
}
