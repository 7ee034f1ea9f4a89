package httpapi

import (
	"context"
	"fmt"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/internal/httpapi/errorformat"
)

// TestCompat: what each gateway's clients read in the errors that the gateways give differently.
func TestCompat(t *testing.T) {
	failures := map[string]*gateway.Error{
		"spent":    {Kind: gateway.Exhausted, Type: "api_key_exhaust_error", Code: "04", Public: "Spent."},
		"model":    {Kind: gateway.Exhausted, Type: "model_not_allowed_error", Param: "model", Public: "Not this one."},
		"key":      {Kind: gateway.Unauthorized, Code: "03", Public: "Invalid API key."},
		"expired":  {Kind: gateway.Unauthorized, Code: "01", Public: "Expired."},
		"denied":   {Kind: gateway.Denied, Public: "No."},
		"invalid":  {Kind: gateway.Invalid, Param: "messages", Public: "Bad."},
		"missing":  {Kind: gateway.NotFound, Public: "Gone."},
		"upstream": {Kind: gateway.Upstream, Status: 400, Type: "invalid_request_error", Code: gateway.CodeContextWindow, Public: "Too long."},
		"broken":   {Kind: gateway.BadUpstream, Public: "Nonsense."},
	}
	for compat, want := range map[gateway.Compat]map[string]string{ // status, type, code
		"":                       {"spent": `412 "api_key_exhaust_error" "04"`, "model": `412 "model_not_allowed_error" null`, "denied": `446 "hooks_failed" null`, "broken": `502 "upstream_error" null`},
		gateway.CompatPortkey:    {"spent": `412 "api_key_exhaust_error" "04"`, "key": `401 "authentication_error" "03"`},
		gateway.CompatOpenRouter: {"spent": `402 "api_key_exhaust_error" 402`, "model": `403 "model_not_allowed_error" 403`, "denied": `403 "hooks_failed" 403`, "broken": `502 "upstream_error" 502`},
		gateway.CompatOneAPI:     {"spent": `403 "one_api_error" "insufficient_user_quota"`, "key": `401 "one_api_error" "03"`, "upstream": `400 "invalid_request_error" "context_length_exceeded"`, "invalid": `400 "invalid_request_error" ""`, "broken": `500 "upstream_error" ""`},
		gateway.CompatLiteLLM: {"spent": `429 "budget_exceeded" "429"`, "model": `401 "key_model_access_denied" "401"`, "key": `401 "token_not_found_in_db" "401"`, "expired": `401 "expired_key" "401"`, "denied": `400 "invalid_request_error" "400"`,
			"invalid": `400 "invalid_request_error" "400"`, "missing": `404 "not_found_error" "404"`, "upstream": `400 "invalid_request_error" "400"`, "broken": `500 "internal_server_error" "500"`},
	} {
		s := serve(func(c *Call) error { e := *failures[c.Query("how")]; e.Op = "test"; return &e }, func(s *Settings) { s.Compat = compat })
		for how, want := range want {
			w := call(s, "POST", "/v1/test?how="+how, "")
			got := gjson.GetBytes(w.Body.Bytes(), "error")
			if line := fmt.Sprint(w.Code, " ", got.Get("type").Raw, " ", got.Get("code").Raw); line != want || got.Get("message").Str == "" {
				t.Errorf("%s, %s: %s, want %s", compat, how, w.Body, want)
			}
			if again := w.Header().Get("X-Should-Retry"); (again == "false") != (how == "spent" && w.Code == 429) {
				t.Errorf("%s, %s: x-should-retry %q", compat, how, again)
			}
		}
	}
}

// TestOpenRoutersPathIsItsOwn: below /api the errors are OpenRouter's whatever compat says.
func TestOpenRoutersPathIsItsOwn(t *testing.T) {
	for _, compat := range []gateway.Compat{"", gateway.CompatPortkey, gateway.CompatLiteLLM, gateway.CompatOneAPI} {
		s := serve(func(*Call) error {
			return &gateway.Error{Op: "test", Kind: gateway.Exhausted, Type: "api_key_exhaust_error", Code: "04", Public: "Spent."}
		}, func(s *Settings) { s.Compat = compat })
		w := call(s, "POST", "/api/v1/test", "")
		if e := gjson.GetBytes(w.Body.Bytes(), "error"); w.Code != 402 || e.Get("code").Int() != 402 || e.Get("metadata.error_type").Str != "payment_required" {
			t.Errorf("%s: %d %s", compat, w.Code, w.Body)
		}
	}
}

// TestACapOnAVendorsSurface: Anthropic's clients learn of a spent budget as Claude Code expects
// it; the vendors' envelopes stay whatever compat says.
func TestACapOnAVendorsSurface(t *testing.T) {
	spent := func(*Call) error {
		return &gateway.Error{Op: "test", Kind: gateway.Exhausted, Type: "api_key_exhaust_error", Code: "04", Public: "The budget is spent."}
	}
	for _, c := range []struct {
		compat gateway.Compat
		format errorformat.Format
		status int
		kind   string
	}{
		{"", errorformat.Anthropic{}, 429, "billing_error"}, {gateway.CompatPortkey, errorformat.Anthropic{}, 412, "billing_error"}, {gateway.CompatLiteLLM, errorformat.Anthropic{}, 429, "billing_error"},
		{gateway.CompatOpenRouter, errorformat.Anthropic{}, 402, "billing_error"}, {"", errorformat.Google{}, 429, "RESOURCE_EXHAUSTED"}, {gateway.CompatOneAPI, errorformat.Google{}, 403, "PERMISSION_DENIED"},
	} {
		w := call(serve(spent, func(s *Settings) { s.Compat, s.Routes[0].Errors = c.compat, c.format }), "POST", "/v1/test", "")
		body := gjson.ParseBytes(w.Body.Bytes())
		if w.Code != c.status || body.Get("error.type").Str+body.Get("error.status").Str != c.kind || body.Get("error.message").Str != "The budget is spent." || (w.Header().Get("X-Should-Retry") == "false") != (c.status == 429) {
			t.Errorf("%+v: %d %s %v", c, w.Code, w.Body, w.Header())
		}
	}
}

// TestPromptIsTooLong: Anthropic's words reach its clients as they are; other vendors' words for
// the same get them in front.
func TestPromptIsTooLong(t *testing.T) {
	for text, want := range map[string]string{
		"prompt is too long: 201234 tokens > 200000 maximum":    "prompt is too long: 201234 tokens > 200000 maximum",
		"This model's maximum context length is 128000 tokens.": "prompt is too long: This model's maximum context length is 128000 tokens.",
	} {
		s := serve(func(*Call) error {
			return &gateway.Error{Op: "test", Kind: gateway.Upstream, Status: 400, Code: gateway.CodeContextWindow, Public: text}
		}, func(s *Settings) { s.Routes[0].Errors = errorformat.Anthropic{} })
		w := call(s, "POST", "/v1/test", "")
		if got := gjson.GetBytes(w.Body.Bytes(), "error"); w.Code != 400 || got.Get("message").Str != want || got.Get("type").Str != "invalid_request_error" {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
}

// TestHello: Claude Code asks its gateway without a key.
func TestHello(t *testing.T) {
	for _, method := range []string{"HEAD", "GET"} {
		if w := call(serve(length), method, "/api/hello", "", "Authorization", ""); w.Code != 200 {
			t.Errorf("%s: %d %s", method, w.Code, w.Body)
		}
	}
}

// TestLiteLLMHeaders: how a call was answered, for clients of LiteLLM's proxy and for no others.
func TestLiteLLMHeaders(t *testing.T) {
	answer := func(c *Call) error {
		req, err := openai.NewRequest(gateway.OpChat, []byte(`{"model":"opus","messages":[{"role":"user","content":"x"}]}`))
		if err != nil {
			return err
		}
		c.Exchange = &gateway.Exchange{Request: req, Facts: &gateway.Facts{Cost: gateway.Cost{Known: true, Nano: 1_500_000}, Attempts: []gateway.Attempt{
			{Target: "a", Err: &gateway.Error{}}, {Target: "a", Retry: 1, Err: &gateway.Error{}}, {Target: "a", Retry: 2, Err: &gateway.Error{}}, {Target: "b"}}}}
		c.SetRoutingHeaders()
		return c.SendJSON(200, 1)
	}
	h := call(serve(answer, func(s *Settings) { s.Compat = gateway.CompatLiteLLM }), "POST", "/v1/test", "").Header()
	for name, want := range map[string]string{"Call-Id": "01TEST", "Model-Group": "opus", "Attempted-Retries": "2", "Attempted-Fallbacks": "1", "Response-Cost": "0.0015"} {
		if got := h.Get("X-Litellm-" + name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if h := call(serve(answer), "POST", "/v1/test", "").Header(); h.Get("X-Litellm-Call-Id") != "" {
		t.Errorf("%v", h)
	}
}

// stranger is a caller whose API key or workspace says whose errors it gets.
type stranger struct{ compat gateway.Compat }

func (s stranger) Identify(_ context.Context, key gateway.Secret, _ string) (*gateway.Principal, error) {
	p, err := keys{}.Identify(context.Background(), key, "")
	if p != nil {
		p.Compat = s.compat
	}
	return p, err
}

// TestCompatOfTheCaller: the caller's own compat beats the server's once the caller is known.
func TestCompatOfTheCaller(t *testing.T) {
	for _, tc := range []struct {
		server, caller gateway.Compat
		key            string
		want           string // status and code
	}{
		{"", gateway.CompatLiteLLM, "good", `429 "429"`}, {gateway.CompatLiteLLM, "", "good", `429 "429"`},
		{gateway.CompatLiteLLM, gateway.CompatPortkey, "good", `412 "04"`}, {gateway.CompatPortkey, gateway.CompatOpenRouter, "good", `402 402`},
		{gateway.CompatOpenRouter, gateway.CompatOneAPI, "good", `403 "insufficient_user_quota"`},
		{gateway.CompatLiteLLM, gateway.CompatPortkey, "bad", `401 "401"`}, {"", gateway.CompatLiteLLM, "bad", `401 "03"`},
	} {
		s := serve(func(c *Call) error {
			if _, err := c.Authenticated(); err != nil {
				return err
			}
			return &gateway.Error{Op: "test", Kind: gateway.Exhausted, Type: "api_key_exhaust_error", Code: "04", Public: "Spent."}
		}, func(s *Settings) { s.Compat, s.Authenticator = tc.server, stranger{tc.caller} })
		w := call(s, "POST", "/v1/test", "", "Authorization", "Bearer "+tc.key)
		if got := fmt.Sprint(w.Code, " ", gjson.GetBytes(w.Body.Bytes(), "error.code").Raw); got != tc.want {
			t.Errorf("server %q, caller %q, key %s: %s, want %s", tc.server, tc.caller, tc.key, got, tc.want)
		}
	}
}
