package e2e

import (
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

const twoOffices = `
workspaces:
  - {name: team, config: pc-team}
virtual_keys:
  - {name: local, provider: openai, base_url: UPSTREAM/v1, api_key: none}
  - {name: local, workspace: team, provider: openai, base_url: UPSTREAM/v1, api_key: none}
api_keys:
  - {name: team, key: ` + teamKey + `, role: admin, workspace: team}
configs:
  - {slug: pc-team, workspace: team, config: {virtual_key: local, cache: simple, override_params: {model: from-team}}}
  - {slug: pc-default, config: {virtual_key: local, cache: simple, override_params: {model: from-default}}}
`

// TestWorkspaceDefaults: a workspace's config, from the file or the admin API, applies to calls
// without one, and a header turns its cache off.
func TestWorkspaceDefaults(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	s := start(t, twoOffices, up)
	for i, status := range []string{"MISS", "HIT", "DISABLED", "DISABLED"} {
		header := as(teamKey)
		if status == "DISABLED" {
			header = append(header, []string{"X-Sluice-Cache", "X-Portkey-Cache"}[i-2], []string{"false", "off"}[i-2])
		}
		r := s.do("POST", "/chat/completions", ask("gpt-mock", ""), header...)
		if r.StatusCode != 200 || r.Header.Get("X-Sluice-Cache-Status") != status || !strings.Contains(string(up.Last().Body), "from-team") {
			t.Errorf("%d: %d %s, upstream got %s", i, r.StatusCode, r.Header.Get("X-Sluice-Cache-Status"), up.Last().Body)
		}
	}
	for _, c := range []struct {
		path, body string
		status     int
		holds      string
	}{
		{"/v1/workspaces/team", `{"config":""}`, 409, "server's file"},
		{"/v1/workspaces/default", `{"config":"pc-team"}`, 400, "no config 'pc-team'"},
		{"/v1/workspaces/nowhere", `{"config":""}`, 404, "nowhere"},
		{"/v1/workspaces/default", `{"config":"pc-default"}`, 200, `"config":"pc-default"`},
	} {
		if r := s.do("PUT", c.path, c.body); r.StatusCode != c.status || !strings.Contains(r.body, c.holds) {
			t.Errorf("%s %s: %d %s", c.path, c.body, r.StatusCode, r.body)
		}
	}
	if r := s.post(chat, ask("gpt-mock", "")); r.StatusCode != 200 || !strings.Contains(string(up.Last().Body), "from-default") {
		t.Errorf("%d %s, upstream got %s", r.StatusCode, r.body, up.Last().Body)
	}
	if r := s.get("/v1/workspaces"); r.json("data.#").Int() != 2 || r.json("data.1.config").String() != "pc-team" || !r.json("data.1.from_file").Bool() {
		t.Errorf("%s", r.body)
	}
	if r := s.do("GET", "/v1/workspaces", "", as(teamKey)...); r.json("data.#").Int() != 1 || r.json("data.0.name").String() != "team" {
		t.Errorf("%s", r.body)
	}
}

// TestNamesInWorkspaces: where two workspaces have a name, an owner states the workspace.
func TestNamesInWorkspaces(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	s := start(t, twoOffices, up)
	for _, w := range []string{"default", "team"} {
		for path, body := range map[string]string{
			"/v1/api-keys":     `{"name":"app","workspace":"` + w + `"}`,
			"/v1/virtual-keys": `{"name":"vk","provider":"openai","api_key":"k","workspace":"` + w + `"}`,
			"/v1/prompts":      `{"slug":"p","workspace":"` + w + `","body":{"model":"mock/echo","messages":[{"role":"user","content":"in ` + w + `"}]}}`,
		} {
			if r := s.post(path, body); r.StatusCode != 201 || path == "/v1/api-keys" && r.json("role").String() != "member" {
				t.Fatalf("%s: %d %s", path, r.StatusCode, r.body)
			}
		}
	}
	for _, path := range []string{"/v1/api-keys/app", "/v1/virtual-keys/vk"} {
		if r := s.post(path+"/disable?workspace=team", ""); r.StatusCode != 200 || r.json("workspace").String() != "team" || !r.json("disabled").Bool() {
			t.Errorf("%s: %d %s", path, r.StatusCode, r.body)
		}
		if r := s.get(path + "?workspace=default"); r.json("workspace").String() != "default" || r.json("disabled").Bool() {
			t.Errorf("%s: %d %s", path, r.StatusCode, r.body)
		}
		if r := s.do("DELETE", path+"?workspace=team", ""); r.StatusCode != 200 {
			t.Errorf("%s: %d %s", path, r.StatusCode, r.body)
		}
		if r := s.get(path); r.StatusCode != 200 || r.json("workspace").String() != "default" {
			t.Errorf("the other one went: %d %s", r.StatusCode, r.body)
		}
	}
	for _, w := range []string{"default", "team"} {
		if r := s.post("/v1/prompts/p/render?workspace="+w, "{}"); r.StatusCode != 200 || !strings.Contains(r.body, "in "+w) {
			t.Errorf("%s: %d %s", w, r.StatusCode, r.body)
		}
	}
	if r := s.do("POST", "/v1/prompts/p/render?workspace=default", "{}", as(teamKey)...); r.StatusCode != 404 {
		t.Errorf("a foreign workspace: %d %s", r.StatusCode, r.body)
	}
}
