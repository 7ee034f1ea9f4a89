package app

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/config"
)

// device is the token of a program that the member lets in as one of its keys.
func (o *office) device(t *testing.T, role gateway.Role, key string) string {
	t.Helper()
	code, user := o.askDevice(t, url.Values{"surface": {"claude_code"}})
	v := o.signedIn(t, o.keys[role])
	if status, page := v.send(t, "/device", url.Values{"user_code": {user}, "decision": {"approve"}, "csrf_token": {csrfOf(t, o.pageFor(t, v, user))}, "api_key": {key}}); status != http.StatusOK {
		t.Fatalf("%d %s", status, page)
	}
	_, answer := o.redeem(t, code)
	return gjson.Get(answer, "access_token").String()
}

// TestClaudeCode: what Claude Code asks besides models: managed settings with their checksum, and
// the budget in headers, in the refusal and in its usage.
func TestClaudeCode(t *testing.T) {
	const settings = `{"permissions":{"deny":["WebFetch"]},"env":{"B":"2","A":"1"}}`
	o := openOffice(t, func(cfg *config.Config) { cfg.SignIn.ManagedSettings = json.RawMessage(settings) })
	key := o.must("POST", "/v1/api-keys", `{"name":"budgeted","workspace":"a","member":"member@example.com","budget_usd":1}`).Get("id").String()
	token := o.device(t, gateway.RoleMember, "budgeted")

	res := o.as(token, "GET", "/managed/settings", "")
	answer := body(t, res)
	if res.StatusCode != http.StatusOK || gjson.Get(answer, "checksum").String() != "sha256:b91e8aa8a81383c0e35e1e13f0027bb93a98f68482be20ab454957fd6979bd41" || res.Header.Get("Etag") != `"`+gjson.Get(answer, "checksum").String()+`"` ||
		gjson.Get(answer, "settings").Raw != `{"env":{"A":"1","B":"2"},"permissions":{"deny":["WebFetch"]}}` {
		t.Errorf("managed settings: %d %s", res.StatusCode, answer)
	}
	if again := o.as(token, "GET", "/managed/settings", "", "If-None-Match", res.Header.Get("Etag")); again.StatusCode != http.StatusNotModified {
		t.Errorf("the same settings: %d", again.StatusCode)
	}
	if other := o.as(token, "GET", "/managed/settings", "", "If-None-Match", `"sha256:00"`); other.StatusCode != http.StatusOK {
		t.Errorf("other settings: %d", other.StatusCode)
	}
	if none := o.as("sk-sl-nobody-knows-this-key-at-all", "GET", "/managed/settings", ""); none.StatusCode != http.StatusUnauthorized {
		t.Errorf("a stranger: %d", none.StatusCode)
	}

	const chat = `{"model":"mock/echo","max_tokens":5,"messages":[{"role":"user","content":"Hi"}]}`
	res = o.as(token, "POST", "/v1/messages", chat)
	for name, want := range map[string]string{"Status": "allowed", "Overage-Status": "allowed", "Representative-Claim": "overage", "Overage-Utilization": "0.00", "Overage-Surpassed-Threshold": "", "Reset": ""} {
		if got := res.Header.Get("Anthropic-Ratelimit-Unified-" + name); got != want {
			t.Errorf("%s is %q, want %q (%d)", name, got, want, res.StatusCode)
		}
	}
	if res := o.as(o.callers["a"], "POST", "/v1/messages", chat); res.Header.Get("Anthropic-Ratelimit-Unified-Status") != "" {
		t.Error("a caller without a budget is told one")
	}
	// An answer of the cache tells the budget, too; so does a count of tokens, which costs nothing.
	for i, want := range []string{"MISS", "HIT"} {
		res = o.as(token, "POST", "/v1/messages", chat, "X-Sluice-Cache", "simple")
		if got := res.Header.Get("X-Sluice-Cache-Status"); got != want || res.Header.Get("Anthropic-Ratelimit-Unified-Status") != "allowed" || res.Header.Get("Anthropic-Ratelimit-Unified-Overage-Utilization") != "0.00" {
			t.Errorf("call %d: cache %q, headers %v", i, got, res.Header)
		}
	}
	if res = o.as(token, "POST", "/v1/messages/count_tokens", chat); res.StatusCode != http.StatusOK || res.Header.Get("Anthropic-Ratelimit-Unified-Status") != "allowed" {
		t.Errorf("a count of tokens: %d %v", res.StatusCode, res.Header)
	}
	used := body(t, o.as(token, "GET", "/api/oauth/usage", ""))
	if gjson.Get(used, "extra_usage.monthly_limit").Int() != 100 || !gjson.Get(used, "limits.0.is_active").Bool() || gjson.Get(used, "limits.0.group").String() != "lifetime" {
		t.Errorf("the usage: %s", used)
	}
	if none := body(t, o.as(o.callers["a"], "GET", "/api/oauth/usage", "")); gjson.Get(none, "limits").Raw != "[]" || gjson.Get(none, "extra_usage.monthly_limit").Type != gjson.Null {
		t.Errorf("without a budget: %s", none)
	}
	o.must("PUT", "/v1/api-keys/"+key, `{"budget_usd":0}`)
	res = o.as(token, "POST", "/v1/messages", chat)
	answer = body(t, res)
	for name, want := range map[string]string{"X-Should-Retry": "false", "Anthropic-Ratelimit-Unified-Status": "rejected", "Anthropic-Ratelimit-Unified-Overage-Utilization": "1", "Anthropic-Ratelimit-Unified-Representative-Claim": "",
		"Anthropic-Ratelimit-Unified-Overage-Status": "", "Anthropic-Ratelimit-Unified-Overage-Disabled-Reason": "org_spend_cap_reached"} {
		if got := res.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if res.StatusCode != http.StatusTooManyRequests || gjson.Get(answer, "error.type").String() != "billing_error" {
		t.Errorf("a spent budget: %d %s", res.StatusCode, answer)
	}
}
