package provider

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/tidwall/gjson"
)

func TestVendors(t *testing.T) {
	compatible, names := 0, map[string]string{}
	for _, v := range Vendors() {
		if v.Format == FormatOpenAI {
			compatible++
		}
		for _, n := range append([]string{v.ID}, v.Aliases...) {
			if other, taken := names[n]; taken || n != strings.ToLower(n) {
				t.Errorf("%s: name %q is also %s's, or not lower case", v.ID, n, other)
			}
			names[n] = v.ID
			if got, ok := Lookup(strings.ToUpper(n)); !ok || got.ID != v.ID {
				t.Errorf("Lookup(%q) = %q", n, got.ID)
			}
		}
		if v.Name == "" || v.OTel == "" || strings.HasSuffix(v.BaseURL, "/") {
			t.Errorf("%s: incomplete row %+v", v.ID, v)
		}
		if v.BaseURL != "" && !v.KeyLess && CheckAddress(v.BaseURL, nil) != nil {
			t.Errorf("%s: %v", v.ID, CheckAddress(v.BaseURL, nil))
		}
		if v.KeyHeader != http.CanonicalHeaderKey(v.KeyHeader) {
			t.Errorf("%s: header %q is not canonical", v.ID, v.KeyHeader)
		}
		for _, p := range v.Pass {
			if p != http.CanonicalHeaderKey(p) || !forwardable(p) {
				t.Errorf("%s: header %q cannot pass", v.ID, p)
			}
		}
	}
	if compatible < 25 {
		t.Errorf("%d vendors with OpenAI's format, want 25", compatible)
	}
	if _, ok := Lookup("nobody"); ok {
		t.Error("found a vendor that is not there")
	}
	if h := Host(&gateway.Target{Provider: "openai"}); h != "api.openai.com" {
		t.Errorf("host %q", h)
	}
}

func TestForwardedHeaders(t *testing.T) {
	r := newRig(t, Config{})
	target := r.target("openai")
	target.Forward = []string{"X-Team", "authorization", "Cookie", "x-sluice-api-key", "x-portkey-config", "Connection", "X-Hop", "Metadata-Flavor", "X-Aws-Ec2-Metadata-Token", "Content-Type", "x-absent", "Host", "User-Agent"}
	h := http.Header{"X-Team": {"blue"}, "Authorization": {"Bearer caller"}, "Cookie": {"a=b"}, "X-Sluice-Api-Key": {"sk-sl-1"}, "X-Portkey-Config": {"{}"}, "Connection": {"close, x-hop"}, "X-Hop": {"1"},
		"Metadata-Flavor": {"Google"}, "X-Aws-Ec2-Metadata-Token": {"t"}, "Content-Type": {"text/evil"}, "Host": {"evil"}, "User-Agent": {"caller/1"}, "X-Secret": {"not named"}, "Openai-Organization": {"org-1"}}
	_, err := r.answer("openai", gatewaytest.Hello, gatewaytest.WithTarget(target), func(ex *gateway.Exchange) { ex.Envelope.Header = h })
	if err != nil {
		t.Fatal(err)
	}
	got := r.up.Last().Header
	got.Del("Content-Length")
	want := map[string]string{"X-Team": "blue", "Openai-Organization": "org-1", "Authorization": "Bearer " + testKey, "Content-Type": "application/json", "Accept": "application/json", "User-Agent": "sluice"}
	for k, v := range got {
		if want[k] != v[0] || len(v) != 1 {
			t.Errorf("%s: %q was sent", k, v)
		}
		delete(want, k)
	}
	if len(want) > 0 {
		t.Errorf("not sent: %v", want)
	}
}

func TestCredentials(t *testing.T) {
	r := newRig(t, Config{})
	target := r.target("openai")
	target.Credential = gateway.Secret{}
	own := func(ex *gateway.Exchange) { ex.Envelope.Credential = gateway.NewSecret("sk-the-callers-own") }
	if _, err := r.answer("openai", gatewaytest.Hello, gatewaytest.WithTarget(target), own); err != nil || r.up.Last().Header.Get("Authorization") != "Bearer sk-the-callers-own" {
		t.Errorf("the caller's own credential: %v, %v", err, r.up.Last().Header)
	}
	if _, err := r.answer("anthropic", gatewaytest.Hello, own); err != nil || r.up.Last().Header.Get("X-Api-Key") != testKey || r.up.Last().Header.Get("Authorization") != "" {
		t.Errorf("the target's credential wins: %v, %v", err, r.up.Last().Header)
	}
	_, err := r.answer("openai", gatewaytest.Hello, gatewaytest.WithTarget(&gateway.Target{Path: "config", Provider: "openai"}))
	if e := gateway.AsError(err); e == nil || e.Kind != gateway.Unauthorized || !strings.Contains(e.Public, "openai") {
		t.Errorf("no credential: %v", err)
	}
	_, err = r.answer("openai", gatewaytest.Hello, gatewaytest.WithTarget(&gateway.Target{Path: "config", Provider: "nobody"}))
	if e := gateway.AsError(err); e == nil || e.Kind != gateway.Invalid || !strings.Contains(e.Public, "nobody") {
		t.Errorf("unknown vendor: %v", err)
	}
	_, err = r.answer("openai", gatewaytest.Hello, gatewaytest.WithTarget(&gateway.Target{Path: "config", Provider: "openai", BaseURL: "http://127.0.0.1:1/v1"}))
	if e := gateway.AsError(err); e == nil || e.Kind != gateway.BadUpstream || strings.Contains(e.Public, "127.0.0.1") {
		t.Errorf("nobody listens: %v", err)
	}
}

func TestWithoutKey(t *testing.T) {
	const key = "sk-abcdefghijklmnop"
	for in, want := range map[string]string{
		"bad key sk-abcdefghijklmnop.": "bad key [secret].", "nothing": "nothing", "sk-abc": "sk-abc", "starts sk-abcdefghi... ok": "starts [secret]... ok",
		"ends ...hijklmnop": "ends ...[secret]", key + key: "[secret][secret]", "": "",
	} {
		if got := withoutKey(in, key); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	e := scrub(&gateway.Error{Public: "none of it", Err: nil}, gateway.NewSecret("none"))
	if e.Public != "none of it" {
		t.Errorf("the key that is none: %q", e.Public)
	}
}

func TestRetryAfterForms(t *testing.T) {
	now := time.Date(2026, 8, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		header string
		want   time.Duration
	}{
		{"Retry-After: 7", 7 * time.Second}, {"Retry-After: 0.5", 500 * time.Millisecond}, {"Retry-After: Sat, 01 Aug 2026 12:01:00 GMT", time.Minute}, {"Retry-After: Sat, 01 Aug 2026 11:00:00 GMT", 0},
		{"Retry-After: -3", 0}, {"Retry-After: soon", 0}, {"Retry-After: NaN", 0}, {"Retry-After: 1e300", maxWait}, {"Retry-After-Ms: 250", 250 * time.Millisecond}, {"X-Ms-Retry-After-Ms: 1500", 1500 * time.Millisecond},
		{"X-Ratelimit-Remaining-Tokens: 0|X-Ratelimit-Reset-Tokens: 6m0s", 6 * time.Minute}, {"X-Ratelimit-Remaining-Tokens: 5|X-Ratelimit-Reset-Tokens: 6m0s", 0},
		{"Anthropic-Ratelimit-Requests-Remaining: 0|Anthropic-Ratelimit-Requests-Reset: 2026-08-01T12:00:30Z", 30 * time.Second}, {"X-Ratelimit-Remaining: 0|X-Ratelimit-Reset: 1785585610000", 10 * time.Second},
		{"X-Ratelimit-Remaining: 0|X-Ratelimit-Reset: 1785585620", 20 * time.Second}, {"X-Ratelimit-Remaining: 0|X-Ratelimit-Reset: 12", 12 * time.Second},
		{"Retry-After: 1|X-Ratelimit-Remaining: 0|X-Ratelimit-Reset: 12", time.Second},
	} {
		h := http.Header{}
		for _, l := range strings.Split(c.header, "|") {
			k, v, _ := strings.Cut(l, ": ")
			h.Set(k, v)
		}
		if got := retryAfter(h, now); got != c.want {
			t.Errorf("%s: %v, want %v", c.header, got, c.want)
		}
	}
}

func mockAsk(t *testing.T, body string, options ...gatewaytest.Option) (*gateway.Response, []gateway.Chunk, error) {
	t.Helper()
	c := New(Config{})
	defer c.Close()
	options = append([]gatewaytest.Option{gatewaytest.WithTarget(&gateway.Target{Path: "config", Provider: "mock"})}, options...)
	s, err := c.Handler()(context.Background(), gatewaytest.Exchange(t, body, options...))
	if err != nil {
		return nil, nil, err
	}
	chunks, err := gatewaytest.Collect(s)
	var r gateway.Response
	for _, ch := range chunks {
		if len(ch.Raw) > 0 && !json.Valid(ch.Raw) {
			t.Errorf("not JSON: %s", ch.Raw)
		}
		r.Fold(ch)
	}
	return &r, chunks, err
}

func TestMock(t *testing.T) {
	for model, want := range map[string]string{"echo": "Say it back", "mock/echo": "Say it back", "hello": "Hello!", "tool": "Say it back"} {
		body := `{"model":"` + model + `","messages":[{"role":"system","content":"x"},{"role":"user","content":[{"type":"text","text":"Say it back"}]}]`
		unary, _, err := mockAsk(t, body+"}")
		if err != nil || !strings.HasPrefix(unary.Choices[0].Text(), want) || unary.Usage == nil || unary.Usage.Input == 0 || unary.Usage.Output == 0 {
			t.Errorf("%s: %v %v", model, unary, err)
			continue
		}
		streamed, chunks, err := mockAsk(t, body+`,"stream":true}`)
		if err != nil || streamed.Choices[0].Text() != unary.Choices[0].Text() || *streamed.Usage != *unary.Usage || streamed.Choices[0].Finish != "stop" || len(chunks) < 4 {
			t.Errorf("%s streamed: %s %v", model, streamed.Body(), err)
		}
		if gjson.GetBytes(unary.Raw, "choices.0.message.content").String() != unary.Choices[0].Text() {
			t.Errorf("%s: Raw and Deltas differ: %s", model, unary.Raw)
		}
	}
	r, _, err := mockAsk(t, `{"model":"echo","n":2,"max_tokens":2,"messages":[{"role":"user","content":"one two three"}],"stream":true,"stream_options":{"include_usage":true}}`)
	if err != nil || len(r.Choices) != 2 || r.Choices[1].Text() != "one two " || r.Choices[1].Finish != "length" {
		t.Errorf("n and max_tokens: %s %v", r.Body(), err)
	}
	r, _, err = mockAsk(t, `{"model":"tool","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f"}}],"stream":true}`)
	if err != nil || len(r.Choices[0].Tools) != 1 || r.Choices[0].Tools[0].Name != "f" || r.Choices[0].Finish != "tool_calls" {
		t.Errorf("tool: %s %v", r.Body(), err)
	}
	for model, status := range map[string]int{"fail-429": 429, "fail-500": 500, "fail-503": 503, "fail-stream": 502, "gpt-5": 400, "embed": 400} {
		if _, _, err := mockAsk(t, `{"model":"`+model+`","messages":[{"role":"user","content":"x"}]}`); gateway.AsError(err).HTTPStatus() != status {
			t.Errorf("%s: %v, want %d", model, err, status)
		}
	}
	if r, _, err := mockAsk(t, `{"model":"fail-stream","messages":[{"role":"user","content":"a b c d"}],"stream":true}`); err == nil || r.Choices[0].Text() == "" {
		t.Errorf("fail-stream: %v", err)
	}
	embed := func(body string) []gjson.Result {
		r, _, err := mockAsk(t, "", gatewaytest.WithRequest(gatewaytest.Embeddings(t, body)))
		if err != nil {
			t.Fatal(err)
		}
		return gjson.GetBytes(r.Raw, "data.#.embedding").Array()
	}
	if v := embed(`{"model":"embed","input":["a cat","a cat","dog"]}`); len(v) != 3 || v[0].Raw != v[1].Raw || v[0].Raw == v[2].Raw || len(v[0].Array()) != mockDims {
		t.Errorf("embeddings: %v", v)
	}
	if v := embed(`{"model":"embed","input":"a cat","encoding_format":"base64"}`); len(v) != 1 || len(v[0].Str) != (4*mockDims+2)/3*4 {
		t.Errorf("packed embeddings: %v", v)
	}
	for _, m := range MockModels() {
		if m.Price.Input == 0 || m.Description == "" {
			t.Errorf("%+v: no price or description", m)
		}
	}
}
