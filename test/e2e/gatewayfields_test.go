package e2e

import (
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// TestFieldsForAGateway: what clients of OpenRouter and LiteLLM say to their gateway is acted
// upon, dropped and said so, or refused; it reaches a vendor only if that is a gateway itself.
func TestFieldsForAGateway(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	s := start(t, `
virtual_keys:
  - {name: a, provider: openai, base_url: UPSTREAM/v1, api_key: none}
  - {name: b, provider: groq, base_url: UPSTREAM/v1, api_key: none}
  - {name: router, provider: openrouter, base_url: UPSTREAM/v1, api_key: none}
`, up)
	all := []string{"models", "fallbacks", "provider", "transforms", "route", "plugins", "\"usage\"", "guardrails", "\"cache\"", "tags"}
	for name, c := range map[string]struct {
		model, more   string
		status, calls int
		option, holds string // of the answer
		dropped       string
		upstream      string // what the last call holds, or none of the fields
	}{
		"a chain":      {"@a/fault-500", `"models":["@b/gpt-mock"],"transforms":["middle-out"],"route":"fallback",`, 200, 2, "config.targets[1]", "", "route, transforms", ""},
		"LiteLLM's":    {"@a/fault-500", `"fallbacks":[{"model":"gpt-mock"}],"tags":["x"],"metadata":{"tags":["y"]},"cache":{"no-store":true},`, 200, 2, "config.targets[1]", "", "", ""},
		"preferences":  {"gpt-mock", `"provider":{"order":["groq","openai"]},`, 200, 1, "config.targets[0]", "", "", ""},
		"usage":        {"@a/gpt-mock", `"usage":{"include":true},"stream":true,`, 200, 1, "config", `"total_tokens":`, "", ""},
		"refused":      {"@a/gpt-mock", `"guardrails":["pii"],`, 400, 0, "", "guardrails", "", ""},
		"refused too":  {"@a/gpt-mock", `"provider":{"zdr":true},`, 400, 0, "", "provider.zdr", "", ""},
		"reasoning":    {"@a/gpt-mock", `"reasoning":{"effort":"low","exclude":true},`, 200, 1, "config", "", "", `"reasoning_effort":"low"`},
		"no effort":    {"@a/gpt-mock", `"reasoning":{"effort":"extreme"},`, 400, 0, "config", "reasoning.effort", "", ""},
		"its own":      {"@router/gpt-mock", `"reasoning":{"effort":"low"},`, 200, 1, "config", "", "", `"reasoning":{"effort":"low"}`},
		"to a gateway": {"@router/gpt-mock", `"models":["m"],"provider":{"zdr":true},"transforms":["t"],`, 200, 1, "config", "", "", `"models":["m"],"provider":{"zdr":true},"transforms":["t"]`},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(up.Requests())
			r := s.post(chat, ask(c.model, c.more))
			if r.StatusCode != c.status || r.Header.Get("X-Sluice-Last-Used-Option-Index") != c.option || !strings.Contains(r.body, c.holds) || r.Header.Get("X-Sluice-Dropped") != c.dropped {
				t.Fatalf("%d %v %s", r.StatusCode, r.Header, r.body)
			}
			sent := up.Requests()[before:]
			if len(sent) != c.calls {
				t.Errorf("%d calls, want %d", len(sent), c.calls)
			}
			for _, call := range sent {
				if body := string(call.Body); c.upstream != "" && !strings.Contains(body, c.upstream) {
					t.Errorf("upstream got %s", body)
				} else if c.upstream == "" {
					for _, field := range all {
						if strings.Contains(body, field) {
							t.Errorf("%s reached upstream: %s", field, body)
						}
					}
				}
			}
			row := s.logged(r.Header.Get("X-Sluice-Trace-Id"))
			if got := row.Get("metadata._dropped").String(); got != c.dropped {
				t.Errorf("the row says %q dropped, want %q: %s", got, c.dropped, row.Get("metadata"))
			}
			if name == "LiteLLM's" && row.Get("metadata.tags").String() != "x,y" {
				t.Errorf("the row's tags: %s", row.Get("metadata"))
			}
		})
	}
}
