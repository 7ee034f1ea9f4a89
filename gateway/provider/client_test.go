package provider

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

var bothFormats = []string{"openai", "anthropic"}

const testKey = "sk-canary-0123456789abcdef"

// rig is a client and an upstream. Both are closed at the end of the test.
type rig struct {
	*Client
	up *gatewaytest.Upstream
	t  *testing.T
}

func newRig(t *testing.T, cfg Config) *rig {
	r := &rig{Client: New(cfg), up: gatewaytest.NewUpstream(), t: t}
	t.Cleanup(func() { r.Client.Close(); r.up.Close() })
	return r
}

func (r *rig) target(vendor string) *gateway.Target {
	url := r.up.URL()
	if vendor != "anthropic" {
		url += "/v1"
	}
	return &gateway.Target{Path: "config.targets[0]", Provider: vendor, BaseURL: url, Credential: gateway.NewSecret(testKey)}
}

func (r *rig) ask(ctx context.Context, vendor, body string, options ...gatewaytest.Option) (gateway.Stream, error) {
	r.t.Helper()
	options = append([]gatewaytest.Option{gatewaytest.WithTarget(r.target(vendor))}, options...)
	return r.Handler()(ctx, gatewaytest.Exchange(r.t, body, options...))
}

// answer asks and folds; the error is that of the attempt or of the stream.
func (r *rig) answer(vendor, body string, options ...gatewaytest.Option) (*gateway.Response, error) {
	r.t.Helper()
	s, err := r.ask(context.Background(), vendor, body, options...)
	if err != nil {
		return nil, err
	}
	return gatewaytest.Fold(s)
}

func chat(model string, stream bool) string {
	s := `{"model":"` + model + `","messages":[{"role":"user","content":"Say these five words back"}]`
	if stream {
		s += `,"stream":true`
	}
	return s + `}`
}

func TestAnswers(t *testing.T) {
	r := newRig(t, Config{})
	for _, vendor := range bothFormats {
		for _, stream := range []bool{false, true} {
			for _, model := range []string{"plain", "fault-crlf", "fault-multiline", "fault-comments", "fault-gzip", "fault-empty-first", "fault-no-done",
				"fault-usage-absent", "fault-usage-early", "fault-usage-twice", "fault-wrong-model", "fault-delay-between:2ms"} {
				got, err := r.answer(vendor, chat(model, stream))
				if err != nil {
					t.Errorf("%s %s stream=%v: %v", vendor, model, stream, err)
					continue
				}
				if got.Choices[0].Text() != "Say these five words back" || got.Choices[0].Finish != "stop" {
					t.Errorf("%s %s stream=%v: %s", vendor, model, stream, got.Body())
				}
				if want := (gateway.Usage{Input: 9, Output: 3}); model == "fault-usage-absent" {
					if got.Usage != nil {
						t.Errorf("%s: usage %v from nowhere", model, *got.Usage)
					}
				} else if got.Usage == nil || *got.Usage != want {
					t.Errorf("%s %s stream=%v: usage %v", vendor, model, stream, got.Usage)
				}
			}
		}
	}
	if n := r.up.Conns(); n != 1 {
		t.Errorf("%d connections for calls one after the other, want 1: something is not given back", n)
	}
}

func TestFailures(t *testing.T) {
	r := newRig(t, Config{})
	r.up.Set("empty-stream", gatewaytest.Reply{Status: 200, Header: map[string][]string{"Content-Type": {"text/event-stream"}}})
	r.up.Set("redirect", gatewaytest.Reply{Status: 302, Header: map[string][]string{"Location": {"http://127.0.0.1:1/"}}})
	for _, c := range []struct {
		model  string
		status int
		kind   gateway.Kind
		text   string // in Public
	}{
		{"fault-400", 400, gateway.Upstream, "Unsupported value"},
		{"fault-401", 401, gateway.Upstream, "Incorrect API key"},
		{"fault-402", 402, gateway.Upstream, "quota"},
		{"fault-403-geo", 403, gateway.Upstream, "Country"},
		{"fault-404", 404, gateway.Upstream, "does not exist"},
		{"fault-429", 429, gateway.Upstream, "Rate limit"},
		{"fault-500", 500, gateway.Upstream, "had an error"},
		{"fault-503", 503, gateway.Upstream, "upstream connect error"},
		{"fault-529", 529, gateway.Upstream, "Overloaded"},
		{"fault-error-body", 502, gateway.BadUpstream, "the model crashed"},
		{"fault-empty-body", 502, gateway.BadUpstream, ""},
		{"fault-html", 502, gateway.BadUpstream, ""},
		{"fault-not-json", 502, gateway.BadUpstream, ""},
		{"fault-no-choices", 502, gateway.BadUpstream, ""},
		{"fault-cut:0", 502, gateway.BadUpstream, ""},
		{"fault-reset:0", 502, gateway.BadUpstream, ""},
		{"redirect", 502, gateway.BadUpstream, "302"},
		{"empty-stream", 502, gateway.BadUpstream, "broke off"},
	} {
		for _, stream := range []bool{false, true} {
			for _, vendor := range bothFormats {
				_, err := r.answer(vendor, chat(c.model, stream))
				var e *gateway.Error
				if !errors.As(err, &e) || e.Kind != c.kind || e.HTTPStatus() != c.status || !strings.Contains(e.Public, c.text) || e.Public == "" {
					t.Errorf("%s %s stream=%v: %v", vendor, c.model, stream, err)
				} else if e.Target == "" {
					t.Errorf("%s: the error names no target", c.model)
				}
			}
		}
	}
}

func TestStreamsThatBreak(t *testing.T) {
	r := newRig(t, Config{})
	for _, vendor := range bothFormats {
		for model, text := range map[string]string{"fault-cut:5": "broke off", "fault-reset:5": "broke off", "fault-no-end": "broke off",
			"fault-no-finish": "", "fault-error-event:5": "", "fault-malformed:5": "not valid JSON"} {
			s, err := r.ask(context.Background(), vendor, chat(model, true))
			if err != nil {
				t.Errorf("%s %s: %v, want a stream that breaks later", vendor, model, err)
				continue
			}
			chunks, err := gatewaytest.Collect(s)
			if model == "fault-no-finish" { // the end mark is enough
				if err != nil {
					t.Errorf("%s: end mark without a finish reason: %v", vendor, err)
				}
				continue
			}
			var e *gateway.Error
			if !errors.As(err, &e) || len(chunks) == 0 || !e.Retryable() || !strings.Contains(e.Public, text) || e.Target == "" {
				t.Errorf("%s %s: %d chunks, %v", vendor, model, len(chunks), err)
			}
			if _, again := s.Next(); again != err {
				t.Errorf("%s %s: after the error Next says %v", vendor, model, again)
			}
		}
	}
}

func TestLongLine(t *testing.T) {
	r := newRig(t, Config{MaxEvent: 9 << 20})
	got, err := r.answer("openai", chat("fault-long-line", true))
	if err != nil || len(got.Choices[0].Text()) != 8<<20 {
		t.Fatalf("8 MiB in one line: %v", err)
	}
	small := newRig(t, Config{MaxEvent: 1 << 20, MaxAnswer: 1 << 20})
	for _, stream := range []bool{true, false} {
		_, err = small.answer("openai", chat("fault-long-line", stream))
		if e := gateway.AsError(err); e == nil || e.Kind != gateway.BadUpstream || !strings.Contains(e.Public, "too l") {
			t.Errorf("over the limit, stream=%v: %v", stream, err)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	r := newRig(t, Config{})
	for model, want := range map[string]time.Duration{"fault-429-retry-after": time.Second, "fault-429-reset": time.Second, "fault-429": 0} {
		_, err := r.answer("openai", chat(model, false))
		if e := gateway.AsError(err); e == nil || e.RetryAfter != want {
			t.Errorf("%s: %v, want to wait %v", model, err, want)
		}
	}
}

func TestKeyIsScrubbed(t *testing.T) {
	r := newRig(t, Config{})
	r.up.RequireKey("another-key")
	for _, vendor := range bothFormats {
		_, err := r.answer(vendor, chat("m", false))
		e := gateway.AsError(err)
		if e == nil || e.HTTPStatus() != 401 || strings.Contains(err.Error(), "canary") || !strings.Contains(e.Public, "[secret]") {
			t.Errorf("%s: %v", vendor, err)
		}
	}
	r.up.RequireKey("")
	r.up.Set("tells", gatewaytest.Reply{Status: 200, Header: map[string][]string{"Content-Type": {"text/event-stream"}},
		Body: "data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\ndata: {\"error\":{\"message\":\"bad key " + testKey + "\",\"code\":\"" + testKey[:14] + "\"}}\n\n"})
	_, err := r.answer("openai", chat("tells", true))
	if err == nil || strings.Contains(err.Error(), "canary") || strings.Contains(gateway.AsError(err).Code, "canary") {
		t.Errorf("in a stream: %v", err)
	}
}
