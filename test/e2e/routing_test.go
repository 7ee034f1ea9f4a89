package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// routing is the server's file with two virtual keys, whose credentials tell which target was
// called, and a trusted host for custom_host.
const routing = `
virtual_keys:
  - {name: a, provider: openai, base_url: UPSTREAM/v1, api_key: sk-a-7d1f03ac}
  - {name: b, provider: openai, base_url: UPSTREAM/v1, api_key: sk-b-91e4c2b8}
  - {name: few, provider: openai, base_url: UPSTREAM/v1, api_key: sk-few-5a60dd17, models: [gpt-mock]}
trusted_hosts: ["127.0.0.1"]
timeouts: {connect: 2s, first_byte: 3s, idle_stream: 1s}
`

func target(vk, model, more string) string {
	return `{"virtual_key":"` + vk + `","override_params":{"model":"` + model + `"}` + more + `}`
}

func fallback(on string, targets ...string) string {
	if on != "" {
		on = `,"on_status_codes":[` + on + `]`
	}
	return `{"strategy":{"mode":"fallback"` + on + `},"targets":[` + strings.Join(targets, ",") + `]}`
}

// TestRouting: configs and the status, headers and number of upstream calls that they cause.
func TestRouting(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	up.Set("slow", gatewaytest.Reply{Fault: gatewaytest.Fault{BeforeHeaders: 400 * time.Millisecond}})
	up.Set("later", gatewaytest.Reply{Pieces: []string{"a", "b", "c"}, Fault: gatewaytest.Fault{Between: 120 * time.Millisecond}})
	ms := http.Header{"Retry-After-Ms": {"40"}, "Retry-After": {"30"}}
	up.Set("soon", gatewaytest.Reply{Status: 429, Header: ms, Body: `{"error":{"message":"slow down"}}`})
	up.Set("long", gatewaytest.Reply{Status: 429, Header: http.Header{"Retry-After": {"61"}}, Body: `{"error":{"message":"slow down"}}`})
	s := start(t, routing, up)
	for _, c := range []struct {
		name, config, model, more string
		header                    []string
		status, calls             int
		retries, option, body     string // body: what the answer must hold
	}{
		{"no retry", `{}`, "@a/gpt-mock", "", nil, 200, 1, "0", "config", ""},
		{"a retry that helps", `{"retry":{"attempts":3}}`, "@a/fault-500-then-ok:1", "", nil, 200, 2, "1", "config", ""},
		{"retries spent", `{"retry":1}`, "@a/fault-503", "", nil, 503, 2, "-1", "config", "upstream connect error"},
		{"the first try is not retried away", `{"retry":3}`, "@a/gpt-mock", "", nil, 200, 1, "0", "config", ""},
		{"400 is final", `{"retry":3}`, "@a/fault-400", "", nil, 400, 1, "0", "config", "temperature"},
		{"a listed status only", `{"retry":{"attempts":2,"on_status_codes":[429]}}`, "@a/fault-500", "", nil, 500, 1, "0", "config", ""},
		{"retry-after-ms beats retry-after", `{"retry":{"attempts":1,"use_retry_after_header":true}}`, "@a/soon", "", nil, 429, 2, "-1", "config", "slow down"},
		{"the other spelling", `{"retry":{"attempts":1,"use_retry_after_headers":true}}`, "@a/soon", "", nil, 429, 2, "-1", "config", ""},
		{"longer than a minute", `{"retry":{"attempts":2,"use_retry_after_header":true}}`, "@a/long", "", nil, 429, 1, "0", "config", ""},
		{"fallback on anything", fallback("", target("a", "fault-400", ""), target("b", "gpt-mock", "")), "x", "", nil, 200, 2, "0", "config.targets[1]", ""},
		{"fallback on nothing meaningful", fallback("", target("a", "fault-html", ""), target("b", "gpt-mock", "")), "x", "", nil, 200, 2, "0", "config.targets[1]", ""},
		{"fallback stays", fallback("429", target("a", "fault-500", ""), target("b", "gpt-mock", "")), "x", "", nil, 500, 1, "0", "config.targets[0]", ""},
		{"fallback leaves", fallback("429", target("a", "fault-429", ""), target("b", "gpt-mock", "")), "x", "", nil, 200, 2, "0", "config.targets[1]", ""},
		{"the last failure is told", fallback("", target("a", "fault-500", ""), target("b", "fault-404", "")), "x", "", nil, 404, 2, "0", "config.targets[1]", "does not exist"},
		{"a model that one target forbids", fallback("", `{"virtual_key":"few"}`, `{"virtual_key":"b"}`), "other", "", nil, 200, 1, "0", "config.targets[1]", ""},
		{"short form", `{"fallback":["@b/gpt-mock"]}`, "@a/fault-500", "", nil, 200, 2, "0", "config.targets[1]", ""},
		{"short form, same key", `{"fallback":["gpt-mock"]}`, "@a/fault-500", "", nil, 200, 2, "0", "config.targets[1]", ""},
		{"retry, then fallback", fallback("", target("a", "fault-503", `,"retry":1`), target("b", "gpt-mock", "")), "x", "", nil, 200, 3, "0", "config.targets[1]", ""},
		{"nested", fallback("", `{"strategy":{"mode":"loadbalance"},"targets":[`+target("a", "gpt-mock", `,"weight":0`)+`,`+target("b", "gpt-mock", "")+`]}`, target("a", "x", "")),
			"x", "", nil, 200, 1, "0", "config.targets[0].targets[1]", ""},
		{"retry is inherited", `{"retry":1,` + fallback("500", target("a", "fault-503", ""))[1:], "x", "", nil, 503, 2, "-1", "config.targets[0]", ""},
		{"timeout of the config", `{"request_timeout":50}`, "@a/slow", "", nil, 408, 1, "0", "config", "Request exceeded the timeout sent in the request: 50ms"},
		{"timeout of the header", `{}`, "@a/slow", "", []string{"X-Portkey-Request-Timeout", "60"}, 408, 1, "0", "config", "60ms"},
		{"the header beats the config", `{"request_timeout":50}`, "@a/slow", "", []string{"X-Portkey-Request-Timeout", "2000"}, 200, 1, "0", "config", ""},
		{"408 falls back", fallback("408", target("a", "slow", `,"request_timeout":50`), target("b", "gpt-mock", "")), "x", "", nil, 200, 2, "0", "config.targets[1]", ""},
		{"what has begun is not cut", `{"request_timeout":300}`, "@a/later", `"stream":true,`, nil, 200, 1, "0", "config", "[DONE]"},
		{"a broken stream is no fallback", fallback("", target("a", "fault-cut:2", ""), target("b", "gpt-mock", "")), "x", `"stream":true,`, nil, 200, 1, "0", "config.targets[0]", "broke off"},
		{"before its first chunk it is one", fallback("", target("a", "fault-cut:1", ""), target("b", "gpt-mock", "")), "x", `"stream":true,`, nil, 200, 2, "0", "config.targets[1]", "[DONE]"},
		{"an error event before the text as well", fallback("", target("a", "fault-error-event:1", ""), target("b", "gpt-mock", "")), "x", `"stream":true,`, nil, 200, 2, "0", "config.targets[1]", "[DONE]"},
		{"all weights 0", `{"strategy":{"mode":"loadbalance"},"targets":[` + target("a", "x", `,"weight":0`) + `]}`, "x", "", nil, 400, 0, "", "", "weight 0"},
		{"no such mode", `{"strategy":{"mode":"quickest"},"targets":[` + target("a", "x", "") + `]}`, "x", "", nil, 400, 0, "", "", "config.strategy.mode"},
		{"a credential of two lines", `{"provider":"openai","api_key":"sk\r\nX-Evil: 1"}`, "x", "", nil, 400, 0, "", "", "config.api_key"},
		{"streamed upstream, one body here", `{"override_params":{"stream":true}}`, "@a/gpt-mock", "", nil, 200, 1, "0", "config", `"total_tokens":12`},
		{"one body upstream, streamed here", `{"override_params":{"stream":false}}`, "@a/gpt-mock", `"stream":true,`, nil, 200, 1, "0", "config", "[DONE]"},
		{"model not on the list", `{}`, "@few/gpt-9", "", nil, 412, 0, "", "", "model_not_allowed_error"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			trace := "routing-" + strings.ReplaceAll(c.name, " ", "-")
			begin := time.Now()
			r := s.post(chat, ask(c.model, c.more), append([]string{"X-Portkey-Config", c.config, "X-Sluice-Trace-Id", trace}, c.header...)...)
			h := r.Header
			if r.StatusCode != c.status || h.Get("X-Portkey-Retry-Attempt-Count") != c.retries || h.Get("X-Portkey-Last-Used-Option-Index") != c.option || !strings.Contains(r.body, c.body) {
				t.Errorf("%d, retries %s, option %s: %s", r.StatusCode, h.Get("X-Portkey-Retry-Attempt-Count"), h.Get("X-Portkey-Last-Used-Option-Index"), r.body)
			}
			if c.status == 429 && h.Get("Retry-After") == "" {
				t.Error("retry-after is not passed on")
			}
			if time.Since(begin) > 5*time.Second {
				t.Errorf("took %v", time.Since(begin))
			}
			if calls := s.logged(trace).Get("attempts.#").Int(); calls != int64(c.calls) {
				t.Errorf("%d calls, want %d", calls, c.calls)
			}
		})
	}
}

// TestRoutingOnTheWire: the body that the upstream receives after defaults, overrides and drops.
func TestRoutingOnTheWire(t *testing.T) {
	up := gatewaytest.NewUpstream()
	defer up.Close()
	s := start(t, routing, up)
	for _, c := range []struct{ name, config, more, has, lacks string }{
		{"defaults fill gaps only", `{"default_params":{"temperature":0.5,"top_p":0.1}}`, `"temperature":0.9,`, `"temperature":0.9 "top_p":0.1`, `0.5`},
		{"overrides win", `{"override_params":{"temperature":0.5}}`, `"temperature":0.9,`, `"temperature":0.5`, `0.9`},
		{"drops win over all", `{"override_params":{"temperature":0.5},"drop_params":["temperature","stop[*].x"]}`, `"temperature":0.9,"stop":[{"x":1,"y":2},{"x":3}],`, `"y":2`, `temperature "x":`},
		{"a child's overrides win", `{"override_params":{"temperature":0.1,"seed":7},"targets":[{"virtual_key":"b","override_params":{"temperature":0.2}}]}`, ``, `"temperature":0.2 "seed":7`, `0.1`},
		{"unknown members and numbers survive", `{}`, `"x_vendor":{"n":1.50e2,"big":12345678901234567890},`, `1.50e2 12345678901234567890`, ``},
		{"tools survive", `{}`, `"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}],"n":2,`, `"name":"f" "n":2`, ``},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := s.post(chat, ask("@a/gpt-mock", c.more), "X-Portkey-Config", c.config)
			body := string(up.Last().Body)
			if r.StatusCode != 200 {
				t.Fatalf("%d %s", r.StatusCode, r.body)
			}
			for _, want := range strings.Fields(c.has) {
				if !strings.Contains(body, want) {
					t.Errorf("lacks %s: %s", want, body)
				}
			}
			for _, not := range strings.Fields(c.lacks) {
				if strings.Contains(body, not) {
					t.Errorf("has %s: %s", not, body)
				}
			}
		})
	}
	t.Run("forward-headers", func(t *testing.T) {
		r := s.post(chat, ask("@a/gpt-mock", ""), "X-Portkey-Forward-Headers", "X-Named, x-absent", "X-Named", "yes", "X-Other", "no")
		if h := up.Last().Header; r.StatusCode != 200 || h.Get("X-Named") != "yes" || h.Get("X-Other") != "" {
			t.Errorf("%d %v", r.StatusCode, h)
		}
		for _, bad := range []string{"x-portkey-forward-headers", "x-sluice-api-key", "metadata-flavor", "authorization", "user-agent", "host", "a b"} {
			if r := s.post(chat, ask("@a/gpt-mock", ""), "X-Sluice-Forward-Headers", bad); r.StatusCode != 400 || !strings.Contains(r.body, "forward-headers") {
				t.Errorf("%s: %d %s", bad, r.StatusCode, r.body)
			}
		}
	})
	t.Run("weights", func(t *testing.T) {
		const draws = 400
		for range draws {
			s.post(chat, ask("gpt-mock", ""), "X-Portkey-Config",
				`{"strategy":{"mode":"loadbalance"},"targets":[`+target("a", "heavy", `,"weight":3`)+`,`+target("b", "light", `,"weight":1`)+`,`+target("b", "never", `,"weight":0`)+`]}`)
		}
		if h, l := up.Hits("heavy"), up.Hits("light"); up.Hits("never") != 0 || h+l != draws || l < 60 || l > 140 { // 100 ± 4.6 σ
			t.Errorf("heavy %d, light %d, never %d", h, l, up.Hits("never"))
		}
	})
}

// TestSticky: each user's calls reach one upstream model, although redaction makes the users alike, and
// users divide by the weights.
func TestSticky(t *testing.T) {
	up := gatewaytest.NewUpstream()
	defer up.Close()
	s := start(t, routing, up)
	config := `{"strategy":{"mode":"loadbalance","failover":true,"sticky":{"enabled":true,"hash_fields":["params.user"],"ttl":86400}},"redact":["email"],"targets":[` +
		target("a", "heavy", `,"weight":3`) + `,` + target("b", "light", `,"weight":1`) + `,` + target("b", "never", `,"weight":0`) + `]}`
	const users = 200
	light := 0
	for i := range users {
		before, calls := up.Hits("light"), 3
		for range calls {
			if r := s.post(chat, ask("gpt-mock", fmt.Sprintf(`"user":"ann%d@example.com",`, i)), "X-Portkey-Config", config); r.StatusCode != 200 {
				t.Fatal(r.StatusCode, r.body)
			}
		}
		switch up.Hits("light") - before {
		case 0:
		case calls:
			light++
		default:
			t.Fatalf("user %d changed the target", i)
		}
	}
	if light < 22 || light > 80 || up.Hits("never") != 0 { // 50 ± 4.6 σ
		t.Errorf("light %d of %d, never %d", light, users, up.Hits("never"))
	}
}

// TestRoutingCustomHost: private addresses are refused in every spelling, trusted hosts are not.
func TestRoutingCustomHost(t *testing.T) {
	up := gatewaytest.NewUpstream()
	defer up.Close()
	s := start(t, routing, up)
	port := up.URL()[strings.LastIndexByte(up.URL(), ':'):]
	call := func(host string) reply {
		return s.post(chat, ask("gpt-mock", ""), "Authorization", "Bearer sk-the-callers-own-key", "X-Sluice-Api-Key", ownerKey,
			"X-Portkey-Provider", "openai", "X-Portkey-Custom-Host", host)
	}
	for _, host := range []string{
		"http://2130706433%s", "http://0x7f000001%s", "http://017700000001%s", "http://0177.0.0.1%s", "http://0x7f.0.0.1%s", "http://127.1%s", "http://127.0.1%s",
		"http://0%s", "http://0.0.0.0%s", "http://[::1]%s", "http://[::ffff:127.0.0.1]%s", "http://[::ffff:7f00:1]%s", "http://[64:ff9b::7f00:1]%s",
		"http://localhost%s", "http://127.0.0.1.nip.io%s", "http://localtest.me%s", "http://host.internal%s", "http://169.254.169.254", "http://metadata.google.internal",
		"http://10.0.0.1%s", "http://192.168.0.1%s", "http://100.64.0.1%s", "http://user:pw@127.0.0.1%s", "http://127.0.0.1%s#@example.com", "http://127。0。0。1%s",
		"file:///etc/passwd", "gopher://127.0.0.1%s", "127.0.0.1%s", "http://%%31%%32%%37.0.0.1%s",
	} {
		if strings.Contains(host, "%s") {
			host = fmt.Sprintf(host, port)
		}
		if r := call(host + "/v1"); r.StatusCode != 400 || !strings.Contains(r.json("error.param").String(), "custom-host") {
			t.Errorf("%s: %d %s", host, r.StatusCode, r.body)
		}
		config := `{"provider":"openai","api_key":"sk-mine","custom_host":"` + host + `/v1"}`
		if r := s.post(chat, ask("gpt-mock", ""), "X-Portkey-Config", config); r.StatusCode != 400 || !strings.Contains(r.body, "custom_host") {
			t.Errorf("%s in a config: %d %s", host, r.StatusCode, r.body)
		}
	}
	if n := up.Hits(""); n != 0 {
		t.Fatalf("%d calls went out", n)
	}
	if r := call(up.URL() + "/v1"); r.StatusCode != 200 || up.Last().Header.Get("Authorization") != "Bearer sk-the-callers-own-key" {
		t.Errorf("the trusted host: %d %s", r.StatusCode, r.body)
	}
	if r := s.post(chat, ask("gpt-mock", ""), "X-Portkey-Virtual-Key", "a", "X-Portkey-Custom-Host", "https://example.com/v1"); r.StatusCode != 400 {
		t.Errorf("a stored credential would leave for a host of the caller's: %d %s", r.StatusCode, r.body)
	}
	up.Set("moved", gatewaytest.Reply{Status: 302, Header: http.Header{"Location": {up.URL() + "/v1/chat/completions"}}})
	before := up.Hits("")
	if r := s.post(chat, ask("@a/moved", "")); r.StatusCode != 502 || up.Hits("") != before+1 || gjson.Get(r.body, "error.message").String() == "" {
		t.Errorf("a redirect: %d %s, %d calls", r.StatusCode, r.body, up.Hits("")-before)
	}
}

// TestClientsOwnRetries: Portkey's client does not repeat a call that Sluice has answered with
// a failure, and both clients map every refusal to its error class.
func TestClientsOwnRetries(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	s := start(t, streaming, up)
	got := s.script("qa_retry.mjs")
	for model, hits := range map[string]int{"fault-500": 1, "fault-503": 1, "fault-500-then-ok:1": 2, "fault-cut:3": 2, "fault-stall": 1, "fault-429-retry-after": 1} {
		if n := up.Hits(model); n != hits {
			t.Errorf("%s: %d calls, want %d", model, n, hits)
		}
	}
	for path, want := range map[string]string{
		"once.status": "500", "onceStreamed.status": "503", "timeout.status": "408", "denied.status": "446", "limited.status": "429", "badKey.status": "401", "noModel.status": "400",
		"broken.text": "", "brokenOpenAI.text": "", "limited.name": "RateLimitError", "badKey.name": "AuthenticationError",
		"flagged.text": "a b c d", "flaggedStream.text": "a b c d", "flagged.hooks.after_request_hooks.0.verdict": "false",
		"retried.retry-attempt-count": "1", "retried.last-used-option-index": "config", "slug.provider": "openai",
	} {
		if g := got.Get(path).String(); g != want {
			t.Errorf("%s: %q, want %q", path, g, want)
		}
	}
	if t.Failed() {
		t.Log(got.Raw)
	}
}
