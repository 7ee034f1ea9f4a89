package e2e

import (
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// TestBadInput: bad input gets a 4xx in the caller's format that names the field, and one
// trace. Nothing is sent upstream, and the server keeps running.
func TestBadInput(t *testing.T) {
	up := gatewaytest.NewUpstream()
	defer up.Close()
	s := start(t, clients+"max_body: 64KiB\n", up, "prompts/greeting.prompt.yaml", greeting)
	const good = `{"model":"@local/gpt-mock","messages":[{"role":"user","content":"hi"}]}`
	for _, c := range []struct {
		name, path, body string
		header           []string
		status           int
		names            string // what the message or param must name
	}{
		{"malformed JSON", "", `{"model": }`, nil, 400, "line 1"},
		{"not an object", "", `[]`, nil, 400, "object"},
		{"empty", "", ``, nil, 400, "JSON"},
		{"messages of a wrong type", "", `{"model":"mock/echo","messages":"hi"}`, nil, 400, "messages"},
		{"no messages", "", `{"model":"mock/echo"}`, nil, 400, "messages"},
		{"model of a wrong type", "", `{"model":5,"messages":[{"role":"user","content":"x"}]}`, nil, 400, "model"},
		{"stream of a wrong type", "", `{"model":"mock/echo","stream":"yes","messages":[{"role":"user","content":"x"}]}`, nil, 400, "stream"},
		{"no provider", "", `{"model":"gpt-5","messages":[{"role":"user","content":"x"}]}`, nil, 400, "model"},
		{"unknown virtual key", "", `{"model":"@nobody/gpt-5","messages":[{"role":"user","content":"x"}]}`, nil, 400, "nobody"},
		{"model not allowed", "", `{"model":"@local/gpt-9","messages":[{"role":"user","content":"x"}]}`, nil, 412, "gpt-9"},
		{"unknown config slug", "", good, []string{"X-Portkey-Config", "pc-nope"}, 400, "pc-nope"},
		{"config that is not JSON", "", good, []string{"X-Sluice-Config", `{"retry": }`}, 400, "config"},
		{"config with a mistake", "", good, []string{"X-Sluice-Config", `{"targets":[{"virtual_key":"local","cache":"semantic"}]}`}, 400, "targets[0].cache"},
		{"metadata that is not JSON", "", good, []string{"X-Sluice-Metadata", `a=b`}, 400, "metadata"},
		{"timeout that is no number", "", good, []string{"X-Portkey-Request-Timeout", "soon"}, 400, "timeout"},
		{"unknown provider", "", good, []string{"X-Portkey-Provider", "acme"}, 400, "acme"},
		{"private host", "", good, []string{"X-Portkey-Custom-Host", "http://169.254.169.254/v1"}, 400, "host"},
		{"private host in decimal", "", good, []string{"X-Portkey-Custom-Host", "http://2130706433/v1"}, 400, "host"},
		{"a body over the limit", "", `{"model":"mock/echo","messages":[{"role":"user","content":"` + strings.Repeat("x", 70<<10) + `"}]}`, nil, 413, "65536"},
		{"unknown key", "", good, []string{"Authorization", "Bearer sk-sl-unknown"}, 401, "key"},
		{"no key", "", good, []string{"Authorization", ""}, 401, "key"},
		{"unknown prompt", "/v1/prompts/nope/completions", `{"variables":{}}`, nil, 404, "nope"},
		{"missing variable", "/v1/prompts/greeting/completions", `{"variables":{}}`, nil, 400, "name"},
		{"unknown variable", "/v1/prompts/greeting/render", `{"variables":{"name":"A","nam":"B"}}`, nil, 400, "nam"},
		{"embeddings without input", "/v1/embeddings", `{"model":"mock/embed"}`, nil, 400, "input"},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := up.Hits("")
			path := c.path
			if path == "" {
				path = "/v1/chat/completions"
			}
			r := s.post(path, c.body, c.header...)
			message := r.json("error.message").String() + " " + r.json("error.param").String()
			if r.StatusCode != c.status || !strings.Contains(message, c.names) {
				t.Errorf("got %d %s, want %d naming %q", r.StatusCode, r.body, c.status, c.names)
			}
			if up.Hits("") != before {
				t.Error("something was sent upstream")
			}
			trace := r.Header.Get("X-Portkey-Trace-Id")
			if trace == "" || trace != r.Header.Get("X-Sluice-Trace-Id") {
				t.Fatal("no trace id")
			}
			if c.status == 401 {
				return // a row without a workspace cannot be read
			}
			if row := s.logged(trace); row.Get("status").Int() != int64(c.status) || row.Get("error.message").String() == "" {
				t.Errorf("the row: %s", row.Raw)
			}
		})
	}
	if r := s.post("/v1/chat/completions", good); r.StatusCode != 200 {
		t.Errorf("after all that: %d %s", r.StatusCode, r.body)
	}
	for _, path := range []string{"/v1/nope", "/nope", "/api/v1/nope"} {
		if r := s.get(path); r.StatusCode != 404 || r.json("error.message").String() == "" || r.Header.Get("X-Portkey-Trace-Id") == "" {
			t.Errorf("%s: %d %s", path, r.StatusCode, r.body)
		}
	}
}
