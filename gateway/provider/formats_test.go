package provider

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/gemini"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/gateway/provider/codec"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
)

// mustRequest parses a request in the caller's format.
func mustRequest(t *testing.T, format string, op gateway.Op) *gateway.Request {
	t.Helper()
	bodies := map[string]struct {
		dialect gateway.Dialect
		body    string
	}{
		"chat":      {openai.Dialect{}, `{"model":"m","messages":[{"role":"user","content":"Hi"}]}`},
		"responses": {responses.Dialect{}, `{"model":"m","input":"Hi"}`},
		"messages":  {anthropic.Dialect{}, `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"Hi"}]}`},
		"gemini":    {gemini.Dialect{}, `{"model":"m","contents":[{"parts":[{"text":"Hi"}]}]}`},
	}
	req, err := gateway.NewRequest(bodies[format].dialect, op, []byte(bodies[format].body))
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// TestFormatOfTarget: the caller's own format where the target offers it, at the base URL of that
// format.
func TestFormatOfTarget(t *testing.T) {
	c := New(Config{})
	const own, known = "http://127.0.0.1:8000/v1", "https://chat.example/v1"
	c.chatOnly.add(known)
	at := func(formats ...string) gateway.Formats {
		out := gateway.Formats{}
		for _, f := range formats {
			out[f] = ""
		}
		return out
	}
	elsewhere := gateway.Formats{"chat": "", "messages": "https://llm.example/anthropic"}
	for _, tc := range []struct {
		name, vendor, caller string
		target               gateway.Target
		format, base         string
		checked              bool
	}{
		{"OpenAI", "openai", "responses", gateway.Target{}, "responses", "", false},
		{"OpenAI's chat", "openai", "chat", gateway.Target{}, "chat", "", false},
		{"OpenAI has no Messages", "openai", "messages", gateway.Target{}, "chat", "", false},
		{"a server of one's own", "openai", "responses", gateway.Target{BaseURL: own}, "responses", own, false},
		{"a server that is known to have none", "openai", "responses", gateway.Target{BaseURL: known}, "chat", known, false},
		{"a vendor without it", "groq", "responses", gateway.Target{}, "chat", "", false},
		{"a key that says so", "groq", "responses", gateway.Target{Formats: at("chat", "responses")}, "responses", "", false},
		{"a key that denies it", "openai", "responses", gateway.Target{Formats: at("chat")}, "chat", "", false},
		{"a server with nothing else", "openai", "chat", gateway.Target{Formats: at("responses")}, "responses", "", false},
		{"Anthropic", "anthropic", "responses", gateway.Target{}, "messages", "", false},
		{"Google", "google", "gemini", gateway.Target{}, "gemini", "", false},
		{"a vendor with Messages at another address", "deepseek", "messages", gateway.Target{}, "messages", "https://api.deepseek.com/anthropic", false},
		{"and its chat", "deepseek", "chat", gateway.Target{}, "chat", "", false},
		{"not at an address of one's own", "deepseek", "messages", gateway.Target{BaseURL: own}, "chat", own, false},
		{"named by the key, at the vendor's address", "deepseek", "messages", gateway.Target{Formats: at("messages"), CheckFormats: true}, "messages", "https://api.deepseek.com/anthropic", false},
		{"at the key's address", "openai", "messages", gateway.Target{BaseURL: own, Formats: elsewhere}, "messages", "https://llm.example/anthropic", false},
		{"and its chat", "openai", "gemini", gateway.Target{BaseURL: own, Formats: elsewhere}, "chat", own, false},
		{"set by an admin", "openai", "messages", gateway.Target{Formats: elsewhere, CheckFormats: true}, "messages", "https://llm.example/anthropic", true},
	} {
		v := vendor.ByID(tc.vendor)
		format := c.format(v, &tc.target, mustRequest(t, tc.caller, gateway.OpChat))
		reached := codec.ReachedIn(v, &tc.target, format)
		if format != tc.format || reached.BaseURL != tc.base || reached.CustomHost != tc.checked {
			t.Errorf("%s: %s at %q (checked: %t), want %s at %q", tc.name, format, reached.BaseURL, reached.CustomHost, tc.format, tc.base)
		}
	}
	for id, want := range map[string]map[string]bool{
		"anthropic": {"messages": true, "chat": true}, "google": {"gemini": true}, "openai": {"responses": true, "chat": false}, "deepseek": {"messages": false},
	} {
		for caller, counts := range want {
			if got := c.counts(vendor.ByID(id), &gateway.Target{}, mustRequest(t, caller, gateway.OpCountTokens)); got != counts {
				t.Errorf("%s counts the tokens of %s: %t", id, caller, got)
			}
		}
	}
}

// TestReachedInFormat: the path, the credential's header and the headers of the format, for targets
// that are called in another format than their vendor's.
func TestReachedInFormat(t *testing.T) {
	var got *http.Request
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		w.WriteHeader(http.StatusTeapot)
	}))
	defer server.Close()
	c := New(Config{})
	defer c.Close()
	for _, tc := range []struct{ vendor, format, url, caller, path, header, beta string }{
		{"openai", "messages", "/anthropic", "messages", "/anthropic/v1/messages", "Authorization", "b1"},
		{"openai", "messages", "/anthropic/v1", "chat", "/anthropic/v1/messages", "Authorization", ""},
		{"openai", "gemini", "/google", "chat", "/google/v1beta/models/m:generateContent", "Authorization", ""},
		{"google", "chat", "/v1beta/openai", "chat", "/v1beta/openai/chat/completions", "Authorization", ""},
		{"anthropic", "chat", "/v1", "messages", "/v1/chat/completions", "Authorization", "b1"},
		{"anthropic", "messages", "", "messages", "/v1/messages", "X-Api-Key", "b1"},
	} {
		target := &gateway.Target{Path: "config", Provider: tc.vendor, Credential: gateway.NewSecret(testKey), Formats: gateway.Formats{tc.format: server.URL + tc.url}}
		ex := gatewaytest.Exchange(t, "", gatewaytest.WithTarget(target))
		ex.Request = mustRequest(t, tc.caller, gateway.OpChat)
		ex.Envelope.Header = http.Header{"Anthropic-Beta": {"b1"}}
		_, err := c.Handler()(context.Background(), ex)
		if gateway.AsError(err).Status != http.StatusTeapot || got.URL.Path != tc.path || got.Header.Get(tc.header) == "" || got.Header.Get("Anthropic-Beta") != tc.beta {
			t.Errorf("%s in %s: %v %s %v", tc.vendor, tc.format, err, got.URL.Path, got.Header)
		}
	}
}
