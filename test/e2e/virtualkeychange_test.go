package e2e

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestVirtualKeyChanges: a virtual key's note, credential, limits and budgets change while it is used;
// its budget holds, is shown, and goes with it.
func TestVirtualKeyChanges(t *testing.T) {
	v := &greedyVendor{release: make(chan struct{})}
	up := httptest.NewServer(v)
	t.Cleanup(up.Close)
	s := start(t, "trusted_hosts: [127.0.0.1]\n", nil)
	made := s.post("/v1/virtual-keys", `{"name":"shop","provider":"openai","key":"sk-canary-one","base_url":"`+up.URL+`/v1","formats":["chat"],"prices":{"*":{"input":1,"output":10}},"max_output":{"*":500},
		"note":"first","usage_limits":{"credit_limit":0.0012,"periodic_reset":"monthly"},"rate_limits":[{"type":"requests","unit":"rpm","value":100}]}`)
	if made.StatusCode != http.StatusCreated || made.json("note").String() != "first" || made.json("budgets.0.period").String() != "month" || made.json("rate_limits.0.value").Int() != 100 || made.json("usage_limits.periodic_reset").String() != "monthly" {
		t.Fatal(made.body)
	}
	key := s.post("/v1/api-keys", `{"name":"ci","member":"ann"}`).json("key").String()
	call := func() reply {
		return s.post(surfaces[0].path, surfaces[0].body, "Authorization", "Bearer "+key)
	}
	if r := call(); r.StatusCode != http.StatusOK {
		t.Fatalf("a call that the budget pays for: %d %s", r.StatusCode, r.body)
	}
	if r := call(); r.StatusCode != http.StatusPreconditionFailed || !strings.Contains(r.body, "budget of the virtual key 'shop'") {
		t.Errorf("a call that it does not: %d %s", r.StatusCode, r.body)
	}
	shown := s.get("/v1/virtual-keys/shop")
	if spent := shown.json("budgets.0.spent_usd").Float(); spent <= 0 || shown.json("budgets.0.resets_at").String() == "" || strings.Contains(shown.body, "canary") {
		t.Errorf("shown: %s", shown.body)
	}
	changed := s.do(http.MethodPut, "/v1/virtual-keys/shop", `{"note":"second","api_key":"sk-canary-two","budgets":[{"credit_limit":5,"period":"month"},{"credit_limit":1,"period":"life"}],"rate_limits":null}`)
	if changed.StatusCode != http.StatusOK || changed.json("note").String() != "second" || len(changed.json("rate_limits").Array()) != 0 || changed.json("budgets.0.spent_usd").Raw != shown.json("budgets.0.spent_usd").Raw || changed.json("budgets.1.period").String() != "life" || strings.Contains(changed.body, "canary") {
		t.Errorf("changed: %d %s", changed.StatusCode, changed.body)
	}
	if r := call(); r.StatusCode != http.StatusOK {
		t.Errorf("after the budget was raised: %d %s", r.StatusCode, r.body)
	}
	for body, field := range map[string]string{
		`{}`: "note", `{"provider":"anthropic"}`: "provider", `{"name":"other"}`: "name", `{"note":5}`: "note", `{"budgets":[{"credit_limit":0,"period":"day"}]}`: "budgets[0]",
		`{"budgets":[],"usage_limits":{"credit_limit":1}}`: "usage_limits", `{"rate_limits":[{"type":"requests","unit":"rpm","value":0}]}`: "rate_limits[0].value", `{"credentials":[{"name":"new"}]}`: "credentials[0].api_key",
	} {
		if r := s.do(http.MethodPut, "/v1/virtual-keys/shop", body); r.StatusCode != http.StatusBadRequest || !strings.Contains(r.body, field) {
			t.Errorf("%s: %d %s; want a 400 that names %s", body, r.StatusCode, r.body, field)
		}
	}
	if r := s.get("/v1/virtual-keys/shop"); r.json("note").String() != "second" || len(r.json("budgets").Array()) != 2 {
		t.Errorf("half saved: %s", r.body)
	}
	if r := s.do(http.MethodDelete, "/v1/virtual-keys/shop", ""); r.StatusCode != http.StatusOK {
		t.Fatal(r.body)
	}
	again := s.post("/v1/virtual-keys", `{"name":"shop","provider":"openai","api_key":"none","base_url":"`+up.URL+`/v1"}`)
	if len(again.json("budgets").Array()) != 0 || len(again.json("rate_limits").Array()) != 0 {
		t.Errorf("a new key of the name has what the old one had: %s", again.body)
	}
}
