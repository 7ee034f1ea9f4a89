package e2e

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tidwall/gjson"
)

const budgetsConfig = `
virtual_keys:
  - {name: shop, provider: openai, base_url: "UPSTREAM/v1", api_key: sk-shop, formats: [chat], prices: {"*": {input: 1, output: 10}}, max_output: {"*": 500}}
budgets:
  - {name: declared, credit_limit: 5, period: month, time_zone: Europe/Berlin, group_by: [user]}
`

// Budgets and wallets are made, changed and refused at their paths, by the names of Portkey's
// fields.
func TestBudgetsAreAdministered(t *testing.T) {
	v := &greedyVendor{release: make(chan struct{})}
	up := httptest.NewServer(v)
	t.Cleanup(up.Close)
	s := start(t, strings.ReplaceAll(budgetsConfig, "UPSTREAM", up.URL), nil)
	key := s.post("/v1/api-keys", `{"name":"ci","member":"ann"}`).json("key").String()
	const path = "/v1/policies/usage-limits"
	for _, tc := range []struct{ path, body, field string }{
		{path, `{"credit_limit":1,"period":"day"}`, "name"},
		{path, `{"name":"b","period":"day"}`, "credit_limit"},
		{path, `{"name":"b","credit_limit":0,"period":"day"}`, "credit_limit"},
		{path, `{"name":"b","credit_limit":-1,"period":"day"}`, "credit_limit"},
		{path, `{"name":"b","credit_limit":"a lot","period":"day"}`, "credit_limit"},
		{path, `{"name":"b","credit_limit":1,"period":"year"}`, "period"},
		{path, `{"name":"b","credit_limit":1,"periodic_reset":"hourly"}`, "periodic_reset"},
		{path, `{"name":"b","credit_limit":1,"type":"tokens"}`, "type"},
		{path, `{"name":"b","credit_limit":1,"period":"day","time_zone":"Mars/Olympus"}`, "time_zone"},
		{path, `{"name":"b","credit_limit":1,"period":"day","ends_at":"2020-01-01T00:00:00Z"}`, "ends_at"},
		{path, `{"name":"b","credit_limit":1,"period":"day","ends_at":"tomorrow"}`, "ends_at"},
		{path, `{"name":"b","credit_limit":1,"conditions":[{"key":"planet","value":"x"}]}`, "conditions[0].key"},
		{path, `{"name":"b","credit_limit":1,"conditions":[{"key":"api_key","value":"nobody"}]}`, "conditions[0].value"},
		{path, `{"name":"b","credit_limit":1,"conditions":[{"key":"model","value":[]}]}`, "conditions[0].value"},
		{path, `{"name":"b","credit_limit":1,"group_by":[{"key":"planet"}]}`, "group_by[0].key"},
		{path, `{"name":"b","credit_limit":1,"colour":"red"}`, "colour"},
		{"/v1/wallets", `{}`, "name"},
		{"/v1/wallets", `{"name":"w","api_key":"nobody"}`, "api_key"},
	} {
		if r := s.post(tc.path, tc.body); r.StatusCode != http.StatusBadRequest || !strings.Contains(r.json("error.message").String(), tc.field) && r.json("error.param").String() != tc.field {
			t.Errorf("%s: %d %s; want a 400 that names %s", tc.body, r.StatusCode, r.body, tc.field)
		}
	}
	if r := s.get(path); len(r.json("data").Array()) != 1 || r.json("data.0.name").String() != "declared" || r.json("data.0.from_file").Raw != "true" || r.json("data.0.periodic_reset").String() != "monthly" {
		t.Errorf("half saved: %s", r.body)
	}
	if r := s.get("/v1/wallets"); len(r.json("data").Array()) != 0 {
		t.Errorf("half saved: %s", r.body)
	}
	if r := s.do(http.MethodDelete, path+"/file::declared", ""); r.StatusCode != http.StatusConflict {
		t.Errorf("a budget of the file: %d %s", r.StatusCode, r.body)
	}

	made := s.post(path, `{"name":"small","credit_limit":0.0012,"periodic_reset":"weekly","time_zone":"Asia/Tokyo","conditions":[{"key":"api_key","value":"ci"}]}`)
	id := made.json("id").String()
	if made.StatusCode != http.StatusCreated || made.json("period").String() != "week" || made.json("credit_limit").Raw != "0.0012" {
		t.Fatal(made.body)
	}
	if status := spend(s.url, surfaces[0].path, key, surfaces[0].body); status != http.StatusOK {
		t.Fatalf("a call that the budget pays for: %d", status)
	}
	refusedByCompat(t, s, key)
	if r := s.get("/v1/api-keys/ci/budgets"); len(r.json("data").Array()) != 2 || r.json(`data.#(name=="small").accounts.0.resets_at`).String() == "" {
		t.Errorf("explained: %s", r.body)
	}
	if r := s.do(http.MethodPut, path+"/"+id, `{"credit_limit":1}`); r.StatusCode != http.StatusOK || r.json("time_zone").String() != "Asia/Tokyo" {
		t.Errorf("raised: %d %s", r.StatusCode, r.body)
	}
	if status := spend(s.url, surfaces[0].path, key, strings.Replace(surfaces[0].body, "{", `{"user":"eve",`, 1)); status != http.StatusOK {
		t.Errorf("after the budget was raised: %d", status)
	}
	poll(t, "the settlement", func() bool {
		return s.get(path+"/file::declared/entities").json(`data.0.spent_usd`).Float() > 0
	})
	if r := s.get(path + "/file::declared/entities"); r.json("data.0.group.0.value").String() != "eve" {
		t.Errorf("entities: %s", r.body)
	}
	if r := s.do(http.MethodDelete, path+"/"+id, ""); r.StatusCode != http.StatusOK {
		t.Errorf("deleted: %d %s", r.StatusCode, r.body)
	}
}

// refusedByCompat: a refusal has the status of the gateway that the key's clients know, says when
// the budget begins anew, and keeps the SDKs from repeating the call at once.
func refusedByCompat(t *testing.T, s *server, key string) {
	t.Helper()
	for compat, status := range map[string]int{"portkey": 412, "litellm": 429, "openrouter": 402, "one-api": 403} {
		if r := s.do(http.MethodPut, "/v1/api-keys/ci", `{"compat":"`+compat+`"}`); r.StatusCode != http.StatusOK {
			t.Fatal(r.body)
		}
		for _, call := range surfaces {
			if !strings.Contains(call.body, "100") {
				continue // what is left pays for it
			}
			r := s.post(call.path, call.body, "Authorization", "Bearer "+key)
			text := gjson.Get(r.body, "error.message").String()
			if r.StatusCode != status || r.Header.Get("Retry-After") == "" || !strings.Contains(text, "It begins anew at ") || !strings.Contains(text, "budget 'small'") {
				t.Errorf("%s %s: %d, retry after %q: %s", compat, call.path, r.StatusCode, r.Header.Get("Retry-After"), r.body)
			}
			if retry := r.Header.Get("X-Should-Retry"); status == 429 && retry != "false" {
				t.Errorf("%s %s: X-Should-Retry %q", compat, call.path, retry)
			}
		}
	}
	if r := s.do(http.MethodPut, "/v1/api-keys/ci", `{"compat":null}`); r.StatusCode != http.StatusOK {
		t.Fatal(r.body)
	}
}
