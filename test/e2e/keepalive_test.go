package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

const keepAliveConfig = `
virtual_keys:
  - {name: local, provider: openai, base_url: UPSTREAM/v1, api_key: none}
`

// TestFailoverGoesOnAfterAKeepAlive: a client of OpenRouter gets a comment after one second of
// silence. The first target then fails, and the second one answers; where none is left the
// failure is an event, and the row says what was sent.
func TestFailoverGoesOnAfterAKeepAlive(t *testing.T) {
	up := gatewaytest.NewUpstream()
	defer up.Close()
	up.Set("slow", gatewaytest.Reply{Handle: func(w http.ResponseWriter, _ *http.Request, _ []byte) {
		time.Sleep(1500 * time.Millisecond)
		w.WriteHeader(503)
		_, _ = w.Write([]byte(`{"error":{"message":"Overloaded.","type":"server_error"}}`))
	}})
	s := start(t, keepAliveConfig, up)
	ask := func(targets string) reply {
		return s.post("/api/v1/chat/completions", `{"stream":true,"messages":[{"role":"user","content":"Hello there"}]}`,
			"X-Sluice-Config", `{"strategy":{"mode":"fallback"},"targets":[`+targets+`]}`)
	}
	const slow, quick = `{"virtual_key":"local","override_params":{"model":"slow"}}`, `{"virtual_key":"local","override_params":{"model":"quick"}}`
	if r := ask(slow + "," + quick); r.StatusCode != 200 || !strings.HasPrefix(r.body, ": keep-alive\n\n") || texts(r.body) != "Hello there" || !strings.HasSuffix(r.body, "data: [DONE]\n\n") {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
	r := ask(slow + "," + slow)
	if r.StatusCode != 200 || !strings.HasPrefix(r.body, ": keep-alive\n\n") || !strings.Contains(r.body, `data: {"error":{"message":"Overloaded."`) || strings.Contains(r.body, "[DONE]") {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
	if row := s.logged(r.Header.Get("X-Sluice-Trace-Id")); row.Get("status").Int() != 200 || !strings.Contains(row.Raw, "Overloaded.") {
		t.Errorf("the row: %s", row.Raw)
	}
}
