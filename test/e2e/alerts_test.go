package e2e

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

const alertSecret = "0123456789abcdef-alerts"

// receiver takes alerts: a webhook at /hook, whose first request it refuses, and Slack at /slack.
type receiver struct {
	*httptest.Server

	mu     sync.Mutex
	ids    []string // of deliveries to the webhook
	hooked []string // what it took
	slack  []string
	wrong  []string // signed wrongly
}

func startReceiver(t *testing.T) *receiver {
	r := &receiver{}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	raw, _ := io.ReadAll(req.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	if req.URL.Path == "/slack" {
		r.slack = append(r.slack, gjson.GetBytes(raw, "text").String())
		return
	}
	at, sum, _ := strings.Cut(strings.TrimPrefix(req.Header.Get("X-Sluice-Signature"), "t="), ",v1=")
	mac := hmac.New(sha256.New, []byte(alertSecret))
	mac.Write([]byte(at + "." + string(raw)))
	if sum != hex.EncodeToString(mac.Sum(nil)) {
		r.wrong = append(r.wrong, req.Header.Get("X-Sluice-Signature")+" "+string(raw))
	}
	if r.ids = append(r.ids, req.Header.Get("X-Sluice-Delivery")); len(r.ids) == 1 {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	event := gjson.ParseBytes(raw)
	r.hooked = append(r.hooked, fmt.Sprintf("%s %s %d %s of %s", event.Get("kind"), event.Get("name"), event.Get("percent").Int(), event.Get("spent_usd"), event.Get("limit_usd")))
}

// until waits for alerts at the webhook and in Slack, in whatever order.
func (r *receiver) until(t *testing.T, hooked, slack []string) {
	t.Helper()
	sorted := func(list []string) []string { return slices.Sorted(slices.Values(list)) }
	for end := time.Now().Add(60 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		r.mu.Lock()
		got, chat, wrong := sorted(r.hooked), sorted(r.slack), slices.Clone(r.wrong)
		r.mu.Unlock()
		switch {
		case len(wrong) > 0:
			t.Fatalf("signed wrongly: %q", wrong)
		case slices.Equal(got, sorted(hooked)) && slices.Equal(chat, sorted(slack)):
			return
		case time.Now().After(end):
			t.Fatalf("the webhook got\n%q, want\n%q\nSlack got\n%q, want\n%q", got, sorted(hooked), chat, sorted(slack))
		}
	}
}

// alertsConfig has a budget that ten calls spend, and one for calls that are held.
const alertsConfig = `
virtual_keys:
  - {name: shop, provider: openai, base_url: "UPSTREAM/v1", api_key: none, formats: [chat], prices: {"*": {input: 0, output: 1000}}}
budgets:
  - {name: small, credit_limit: 1, period: life, conditions: [{key: metadata.of, value: small}]}
  - {name: held, credit_limit: 1, period: life, conditions: [{key: metadata.of, value: held}]}
alerts:
  webhooks:
    - {name: ops, url: "RECEIVER/hook", secret: "` + alertSecret + `"}
    - {name: chat, url: "RECEIVER/slack", format: slack}
`

// A budget that is spent step by step is told at 50, 80 and 100 percent: to a webhook, signed and
// again until it is taken, and to Slack. What a killed process had reserved is spent at the next
// start, which tells that, too, and nothing a second time.
func TestAlerts(t *testing.T) {
	up := gatewaytest.NewUpstream()
	defer up.Close()
	up.Set("tenth", gatewaytest.Reply{Status: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: `{"id":"x","object":"chat.completion","created":1,"model":"tenth","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":100,"total_tokens":101}}`})
	entered := make(chan struct{})
	up.Set("held", gatewaytest.Reply{Handle: func(_ http.ResponseWriter, r *http.Request, _ []byte) {
		close(entered)
		<-r.Context().Done()
	}})
	to := startReceiver(t)
	s := start(t, strings.ReplaceAll(alertsConfig, "RECEIVER", to.URL), up)
	call := func(n int) {
		t.Helper()
		for range n {
			if r := s.post("/v1/chat/completions", `{"model":"@shop/tenth","max_tokens":100,"messages":[{"role":"user","content":"Hello"}]}`, "X-Sluice-Metadata", `{"of":"small"}`); r.StatusCode != http.StatusOK {
				t.Fatalf("%d %s", r.StatusCode, r.body)
			}
		}
	}
	var hooked, slack []string
	told := func(name string, percent int, spent string) {
		t.Helper()
		hooked = append(hooked, fmt.Sprintf("budget %s %d %s of 1", name, percent, spent))
		slack = append(slack, fmt.Sprintf("Budget %s has used %d %%: %s of 1 USD.", name, percent, spent))
		to.until(t, hooked, slack)
	}
	call(5)
	told("small", 50, "0.5")
	if len(to.ids) != 2 || to.ids[0] == "" || to.ids[0] != to.ids[1] {
		t.Errorf("one alert came as %q", to.ids)
	}
	call(3)
	told("small", 80, "0.8")
	call(2)
	told("small", 100, "1")

	go func() { // it has no answer: the server is killed
		req, err := http.NewRequest(http.MethodPost, s.url+"/v1/chat/completions", strings.NewReader(`{"model":"@shop/held","max_tokens":850,"messages":[{"role":"user","content":"Hello"}]}`))
		if err != nil {
			return
		}
		req.Header.Set("Authorization", "Bearer "+ownerKey)
		req.Header.Set("X-Sluice-Metadata", `{"of":"held"}`)
		if res, err := http.DefaultClient.Do(req); err == nil {
			_ = res.Body.Close()
		}
	}()
	select {
	case <-entered:
	case <-time.After(30 * time.Second):
		t.Fatal("the call did not reach the upstream")
	}
	s.stop(syscall.SIGKILL)
	s.launch()
	told("held", 80, "0.85")
}
