package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

const claudeCodeConfig = `
virtual_keys:
  - {name: claude, provider: anthropic, base_url: UPSTREAM, api_key: none, models: [claude-mock, full]}
  - {name: local, provider: openai, base_url: UPSTREAM/v1, api_key: none, models: [gpt-mock, full-gpt]}
`

// TestClaudeCodesGateway: what Claude Code asks of a gateway beside its messages: a greeting, the
// models, a full context in the words that it acts on, and no limits of an upstream account.
func TestClaudeCodesGateway(t *testing.T) {
	up := gatewaytest.NewUpstream()
	defer up.Close()
	limits := http.Header{"Anthropic-Ratelimit-Requests-Remaining": {"1"}, "Anthropic-Ratelimit-Unified-Status": {"rejected"}, "Content-Type": {"application/json"}}
	up.Set("full", gatewaytest.Reply{Status: 400, Header: limits, Body: `{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 201234 tokens > 200000 maximum"}}`})
	up.Set("full-gpt", gatewaytest.Reply{Status: 400, Body: `{"error":{"message":"Your input exceeds the context window of this model.","type":"invalid_request_error","code":"context_length_exceeded"}}`})
	up.Set("claude-mock", gatewaytest.Reply{Handle: func(w http.ResponseWriter, _ *http.Request, _ []byte) {
		for name, v := range limits {
			w.Header()[name] = v
		}
		_, _ = w.Write([]byte(`{"id":"msg_1","type":"message","role":"assistant","model":"claude-mock","content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":3,"output_tokens":1}}`))
	}})
	s := start(t, claudeCodeConfig, up)
	version := []string{"Anthropic-Version", "2023-06-01"}
	if r := s.do("HEAD", "/api/hello", "", "Authorization", ""); r.StatusCode != 200 {
		t.Errorf("hello: %d", r.StatusCode)
	}
	if r := s.do("GET", "/v1/models?limit=1000", "", version...); r.StatusCode != 200 || r.json("data.0.type").String() != "model" || r.json("data.0.id").String() != "@claude/claude-mock" || r.json("has_more").Bool() {
		t.Errorf("models: %d %s", r.StatusCode, r.body)
	}
	for model, want := range map[string]struct {
		status int
		text   string
	}{
		"@claude/claude-mock": {200, ""}, "@claude/full": {400, "prompt is too long: 201234 tokens > 200000 maximum"},
		"@local/full-gpt": {400, "prompt is too long: Your input exceeds the context window of this model."},
	} {
		r := s.post("/v1/messages?beta=true", `{"model":"`+model+`","max_tokens":5,"messages":[{"role":"user","content":"Hello"}]}`, version...)
		if r.StatusCode != want.status || r.json("error.message").String() != want.text {
			t.Errorf("%s: %d %s", model, r.StatusCode, r.body)
		}
		for name := range r.Header {
			if strings.HasPrefix(name, "Anthropic-Ratelimit") {
				t.Errorf("%s: the upstream's %s came through", model, name)
			}
		}
	}
	for _, signal := range []string{"logs", "metrics"} {
		if r := s.post("/v1/"+signal, `{}`, "Content-Type", "application/json"); r.StatusCode != 200 || r.body != "{}" {
			t.Errorf("%s: %d %s", signal, r.StatusCode, r.body)
		}
	}
	if body := s.get("/metrics").body; !strings.Contains(body, `otlp_intake_dropped_total{signal="logs"} 1`) {
		t.Errorf("not counted: %s", body)
	}
}
