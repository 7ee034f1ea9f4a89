package e2e

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

const (
	adminKey  = "sk-sl-admin-default-000000000001"
	memberKey = "sk-sl-member-default-00000000002"
	teamKey   = "sk-sl-admin-team-000000000000003"
)

const offices = `
virtual_keys:
  - {name: local, provider: openai, base_url: UPSTREAM/v1, api_key: sk-planted-default, prices: {gpt-mock: {input: 1, output: 2}, dear: {input: 1000, output: 1000}}}
  - {name: own, workspace: team, provider: openai, base_url: UPSTREAM/v1, api_key: sk-planted-team}
  - {name: local, workspace: team, provider: openai, base_url: UPSTREAM/v1, api_key: sk-planted-team-local}
api_keys:
  - {name: admin, key: ` + adminKey + `, member: adm@example.com, role: admin}
  - {name: member, key: ` + memberKey + `, member: mem@example.com, role: member}
  - {name: team, key: ` + teamKey + `, member: tea@example.com, role: admin, workspace: team}
configs:
  - {slug: pc-default, config: {virtual_key: local, cache: simple}}
prompts: {dir: ./prompts}
`

func as(key string) []string { return []string{"Authorization", "Bearer " + key} }

// TestWorkspacesAreApart: the resources of one workspace do not exist in another.
func TestWorkspacesAreApart(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	s := start(t, offices, up, "prompts/greeting.prompt.yaml", greeting)
	mine := s.do("POST", "/v1/api-keys", `{"name":"made","member":"bob@example.com"}`, as(adminKey)...)
	if mine.StatusCode != 201 || !strings.HasPrefix(mine.json("key").String(), "sk-sl-") {
		t.Fatalf("%d %s", mine.StatusCode, mine.body)
	}
	s.do("POST", "/v1/configs", `{"slug":"pc-made","config":{"retry":1}}`, as(adminKey)...)
	s.do("POST", "/v1/virtual-keys", `{"name":"vk-made","provider":"openai","api_key":"sk-planted-made"}`, as(adminKey)...)
	made := s.do("POST", "/v1/prompts", `{"slug":"made","body":{"model":"@local/gpt-mock","messages":[{"role":"user","content":"x"}]}}`, as(adminKey)...)
	done := s.do("POST", chat, ask("gpt-mock", ""), append(as(adminKey), "X-Portkey-Config", "pc-default", "X-Portkey-Trace-Id", "of default")...)
	if done.StatusCode != 200 || made.StatusCode != 201 {
		t.Fatalf("%d %s %d %s", done.StatusCode, done.body, made.StatusCode, made.body)
	}
	s.logged("of default")
	request := done.Header.Get("X-Sluice-Request-Id")
	for _, c := range []struct {
		method, path, body string
		status             int
	}{
		{"GET", "/v1/api-keys/made", "", 404}, {"GET", "/v1/api-keys/" + mine.json("id").String(), "", 404}, {"DELETE", "/v1/api-keys/" + mine.json("id").String(), "", 404},
		{"POST", "/v1/api-keys/made/disable", "", 404}, {"GET", "/v1/api-keys?workspace=default", "", 404}, {"POST", "/v1/api-keys", `{"name":"x","workspace":"default"}`, 404},
		{"GET", "/v1/virtual-keys/vk-made", "", 404}, {"DELETE", "/v1/virtual-keys/vk-made", "", 404}, {"POST", "/v1/virtual-keys/vk-made/disable", "", 404},
		{"GET", "/v1/configs/pc-made", "", 404}, {"DELETE", "/v1/configs/pc-made", "", 404}, {"PUT", "/v1/configs/pc-made", `{"config":{"retry":2}}`, 404},
		{"GET", "/v1/configs?workspace=default", "", 404},
		{"GET", "/v1/prompts/made", "", 404}, {"DELETE", "/v1/prompts/made", "", 404}, {"GET", "/v1/prompts/" + made.json("id").String(), "", 404},
		{"PUT", "/v1/prompts/made/labels/production", `{"version":1}`, 404}, {"POST", "/v1/prompts/made/versions", `{"body":{"model":"m","messages":[{"role":"user","content":"x"}]}}`, 404},
		{"POST", "/v1/prompts/greeting/completions", `{"variables":{"name":"x"}}`, 404}, {"POST", "/v1/prompts/greeting/render", `{"variables":{"name":"x"}}`, 404},
		{"GET", "/v1/logs?workspace=default", "", 404},
		{"POST", chat, ask("gpt-mock", `"config":"pc-default",`), 400}, {"POST", chat, ask("@vk-made/x", ""), 400},
	} {
		if r := s.do(c.method, c.path, c.body, as(teamKey)...); r.StatusCode != c.status || strings.Contains(r.body, "sk-planted") {
			t.Errorf("%s %s: %d %s", c.method, c.path, r.StatusCode, r.body)
		}
	}
	for _, path := range []string{"/v1/api-keys", "/v1/virtual-keys", "/v1/configs", "/v1/prompts", "/v1/logs", "/v1/models"} {
		r := s.do("GET", path, "", as(teamKey)...)
		foreigners := []string{"of default", request, "adm@example.com"}
		if path != "/v1/logs" { // there the caller's own refused calls name what they asked for
			foreigners = append(foreigners, "made", "pc-default", "greeting")
		}
		for _, foreign := range foreigners {
			if r.StatusCode != 200 || strings.Contains(r.body, `"`+foreign+`"`) {
				t.Errorf("%s shows %q of another workspace: %d %s", path, foreign, r.StatusCode, r.body)
			}
		}
	}
	if r := s.do("GET", "/v1/audit-logs", "", as(teamKey)...); r.json("data.#").Int() == 0 || r.json(`data.#(member_name!="tea@example.com")`).Exists() {
		t.Errorf("the audit shows what others did: %s", r.body)
	}
	for _, id := range []string{request, "of default"} {
		if r := s.do("GET", "/v1/logs/"+strings.ReplaceAll(id, " ", "%20"), "", as(teamKey)...); r.json("data.#").Int() != 0 {
			t.Errorf("the row %s: %d %s", id, r.StatusCode, r.body)
		}
	}
	// the same virtual key name, model, text and cache namespace in both: no answer crosses
	for i, c := range []struct{ key, status string }{{adminKey, "MISS"}, {teamKey, "MISS"}, {adminKey, "HIT"}, {teamKey, "HIT"}} {
		r := s.do("POST", chat, `{"model":"@local/gpt-mock","messages":[{"role":"user","content":"apart"}]}`,
			append(as(c.key), "X-Portkey-Config", `{"cache":"semantic"}`, "X-Portkey-Cache-Namespace", "shared")...)
		if got := r.Header.Get("X-Portkey-Cache-Status"); !strings.HasSuffix(got, c.status) {
			t.Errorf("%d: %s", i, got)
		}
	}
	if got := up.Last().Header.Get("Authorization"); got != "Bearer sk-planted-team-local" {
		t.Errorf("the team's call went out with %s", got)
	}
}

// TestRoles: members read, admins write in their own workspace, and nobody raises their own role.
func TestRoles(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	s := start(t, offices, up)
	for _, c := range []struct {
		name, key, method, path, body string
		status                        int
		names                         string
	}{
		{"member reads keys", memberKey, "GET", "/v1/api-keys", "", 200, ""},
		{"member writes a key", memberKey, "POST", "/v1/api-keys", `{"name":"x"}`, 403, "admin"},
		{"member deletes a key", memberKey, "DELETE", "/v1/api-keys/admin", ``, 403, "admin"},
		{"member writes a virtual key", memberKey, "POST", "/v1/virtual-keys", `{"name":"x","provider":"openai","api_key":"k"}`, 403, "admin"},
		{"member writes a config", memberKey, "POST", "/v1/configs", `{"slug":"x","config":{"retry":1}}`, 403, "admin"},
		{"member writes a prompt", memberKey, "POST", "/v1/prompts", `{"slug":"x","body":{}}`, 403, "admin"},
		{"member reads the audit", memberKey, "GET", "/v1/audit-logs", "", 403, "admin"},
		{"member talks", memberKey, "POST", chat, ask("@local/gpt-mock", ""), 200, ""},
		{"admin makes an owner", adminKey, "POST", "/v1/api-keys", `{"name":"x","role":"owner"}`, 403, "owner"},
		{"admin makes a key for the owner", adminKey, "POST", "/v1/api-keys", `{"name":"x","member":"owner"}`, 403, "owner"},
		{"admin disables the owner's key", adminKey, "POST", "/v1/api-keys/owner/disable", ``, 403, "owner"},
		{"the file's key", adminKey, "DELETE", "/v1/api-keys/member", ``, 409, "file"},
		{"the file's virtual key", adminKey, "DELETE", "/v1/virtual-keys/local", ``, 409, "file"},
		{"the file's config", adminKey, "PUT", "/v1/configs/pc-default", `{"config":{"retry":1}}`, 409, "file"},
		{"a private base_url", adminKey, "POST", "/v1/virtual-keys", `{"name":"x","provider":"openai","api_key":"k","base_url":"http://10.0.0.1/v1"}`, 400, "base_url"},
		{"all problems of a form", adminKey, "POST", "/v1/api-keys", `{"name":"q","colour":1,"role":"king","budget_usd":-1}`, 400, "colour"},
		{"all problems of a config", adminKey, "POST", "/v1/configs", `{"slug":"bad","config":{"retry":"x","cachee":1}}`, 400, "cachee"},
		{"an expiry that is past", adminKey, "POST", "/v1/api-keys", `{"name":"q","expires_at":"2020-01-01T00:00:00Z"}`, 400, "expires_at"},
		{"no body", adminKey, "POST", "/v1/api-keys", ``, 400, "name"},
		{"a list as body", adminKey, "POST", "/v1/api-keys", `[]`, 400, "object"},
		{"an unknown key", adminKey, "GET", "/v1/api-keys/nobody", ``, 404, "nobody"},
		{"a limit that is none", adminKey, "GET", "/v1/logs?limit=x", ``, 400, "limit"},
	} {
		r := s.do(c.method, c.path, c.body, as(c.key)...)
		if r.StatusCode != c.status || !strings.Contains(r.json("error.message").String()+r.json("error.param").String(), c.names) {
			t.Errorf("%s: %d %s", c.name, r.StatusCode, r.body)
		}
		if strings.Contains(r.body, "sk-planted") || strings.Contains(r.body, memberKey) {
			t.Errorf("%s shows a secret: %s", c.name, r.body)
		}
	}
}

// TestKeysThatEnd: disabled, expired and deleted keys are refused at once.
func TestKeysThatEnd(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	s := start(t, offices, up)
	create := func(body string) (string, string) {
		t.Helper()
		r := s.post("/v1/api-keys", body)
		if r.StatusCode != 201 {
			t.Fatalf("%d %s", r.StatusCode, r.body)
		}
		return r.json("key").String(), r.json("id").String()
	}
	try := func(what, key string, status int, code string) {
		t.Helper()
		r := s.do("POST", chat, ask("@local/gpt-mock", ""), as(key)...)
		if r.StatusCode != status || r.json("error.code").String() != code || status == 401 && r.json("status").String() != "failure" {
			t.Errorf("%s: %d %s", what, r.StatusCode, r.body)
		}
	}
	key, id := create(`{"name":"ends"}`)
	try("new", key, 200, "")
	s.post("/v1/api-keys/ends/disable", "")
	try("disabled", key, 401, "03")
	s.post("/v1/api-keys/"+id+"/enable", "")
	try("enabled", key, 200, "")
	s.do("DELETE", "/v1/api-keys/"+id, "")
	try("deleted", key, 401, "03")
	soon, _ := create(`{"name":"soon","expires_at":"` + time.Now().Add(1500*time.Millisecond).UTC().Format(time.RFC3339Nano) + `"}`)
	try("before it expires", soon, 200, "")
	time.Sleep(1600 * time.Millisecond)
	try("expired", soon, 401, "01")
	if r := s.post("/v1/virtual-keys", `{"name":"vk","provider":"openai","api_key":"sk-planted-vk"}`); r.StatusCode != 201 || strings.Contains(r.body, "sk-planted") {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
	s.post("/v1/virtual-keys/vk/disable", "")
	if r := s.post(chat, ask("@vk/x", "")); r.StatusCode != 400 || !strings.Contains(r.body, "vk") {
		t.Errorf("a disabled virtual key: %d %s", r.StatusCode, r.body)
	}
}

// TestBudgetOfParallelCalls: a budget is never exceeded, however many calls come at once.
func TestBudgetOfParallelCalls(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	up.Set("dear", gatewaytest.Reply{Input: 20, Output: 30, Fault: gatewaytest.Fault{BeforeHeaders: 20 * time.Millisecond}})
	s := start(t, offices, up)
	r := s.post("/v1/api-keys", `{"name":"poor","member":"poor@example.com","budget_usd":0.5}`) // 50 tokens cost 0.05
	key := r.json("key").String()
	var ok, spent atomic.Int64
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			more := `"max_tokens":30,`
			if i%2 == 1 {
				more += `"stream":true,`
			}
			switch r := s.do("POST", chat, ask("@local/dear", more), as(key)...); r.StatusCode {
			case 200:
				ok.Add(1)
			case 412:
				spent.Add(1)
				if !strings.Contains(r.body, "budget") || r.Header.Get("X-Portkey-Trace-Id") == "" {
					t.Errorf("%s", r.body)
				}
			default:
				t.Errorf("%d %s", r.StatusCode, r.body)
			}
		}()
	}
	wg.Wait()
	if ok.Load() == 0 || ok.Load() > 10 || int64(up.Hits("dear")) != ok.Load() {
		t.Errorf("%d answered, %d refused, %d calls upstream", ok.Load(), spent.Load(), up.Hits("dear"))
	}
	k := s.get("/v1/api-keys/poor")
	if got := k.json("spent_usd").Float(); got > 0.5 || got < 0.05*float64(ok.Load())-1e-9 || got > 0.05*float64(ok.Load())+1e-9 {
		t.Errorf("spent %v for %d answers", got, ok.Load())
	}
	if r := s.do("POST", chat, ask("@local/gpt-nobody-priced", ""), as(key)...); r.StatusCode != 412 || !strings.Contains(r.body, "price") {
		t.Errorf("a model without a price: %d %s", r.StatusCode, r.body)
	}
	hit := append(as(key), "X-Portkey-Config", `{"cache":"simple"}`)
	s.post(chat, ask("@local/dear", ""), "X-Portkey-Config", `{"cache":"simple"}`)
	if r := s.do("POST", chat, ask("@local/dear", ""), hit...); r.StatusCode != 200 || r.Header.Get("X-Portkey-Cache-Status") != "HIT" {
		t.Errorf("a hit costs nothing: %d %s", r.StatusCode, r.body)
	}
}
