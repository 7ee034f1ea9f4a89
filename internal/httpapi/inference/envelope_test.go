package inference

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/internal/httpapi"
)

const hello = gatewaytest.Hello

// catch sends one request, with a key unless it brings credentials, and returns the exchange
// that the pipeline was asked with.
func catch(t testing.TB, method, path, body string, header ...string) (*gateway.Exchange, *httptest.ResponseRecorder) {
	t.Helper()
	return caught(t, method, path, body, append([]string{"Authorization", "Bearer sk-sl-test"}, header...)...)
}

func caught(t testing.TB, method, path, body string, header ...string) (*gateway.Exchange, *httptest.ResponseRecorder) {
	t.Helper()
	var seen *gateway.Exchange
	s := api(Settings{Pipeline: func(_ context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
		seen = ex
		if ex.Refused != nil {
			return nil, ex.Refused
		}
		return gateway.Chunks(gatewaytest.Body(`{"choices":[]}`)), nil
	}})
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if h := w.Header(); h.Get("X-Request-Id") != "01TESTREQUEST" || h.Get("Request-Id") != "01TESTREQUEST" {
		t.Errorf("%s %s: no request id: %v", method, path, h)
	}
	return seen, w
}

func TestCredentials(t *testing.T) {
	for name, c := range map[string]struct {
		header          []string
		key, credential string
	}{
		"bearer alone":                  {[]string{"Authorization", "Bearer sk-sl-1"}, "sk-sl-1", ""},
		"bearer in lower case":          {[]string{"authorization", "bearer sk-sl-1"}, "sk-sl-1", ""},
		"no scheme":                     {[]string{"Authorization", "sk-sl-1"}, "sk-sl-1", ""},
		"basic is none":                 {[]string{"Authorization", "Basic c2Vj"}, "", ""},
		"nothing":                       {nil, "", ""},
		"portkey's header":              {[]string{"x-portkey-api-key", "k"}, "k", ""},
		"our header wins":               {[]string{"x-portkey-api-key", "other", "x-sluice-api-key", "k"}, "k", ""},
		"both equal":                    {[]string{"x-portkey-api-key", "k", "Authorization", "Bearer k"}, "k", ""},
		"both different":                {[]string{"x-portkey-api-key", "k", "Authorization", "Bearer sk-openai"}, "k", "sk-openai"},
		"python's placeholder":          {[]string{"x-portkey-api-key", "k", "Authorization", "Bearer OPENAI_API_KEY"}, "k", ""},
		"node's placeholder":            {[]string{"x-portkey-api-key", "k", "Authorization", "Bearer DUMMY-KEY"}, "k", ""},
		"one of our keys":               {[]string{"x-portkey-api-key", "k", "Authorization", "Bearer sk-sl-2"}, "k", ""},
		"x-api-key alone":               {[]string{"x-api-key", "sk-sl-1"}, "sk-sl-1", ""},
		"x-api-key ours, bearer theirs": {[]string{"x-api-key", "sk-sl-1", "Authorization", "Bearer sk-ant"}, "sk-sl-1", "sk-ant"},
		"bearer ours, x-api-key theirs": {[]string{"x-api-key", "sk-ant", "Authorization", "Bearer sk-sl-1"}, "sk-sl-1", "sk-ant"},
		"header ours, x-api-key theirs": {[]string{"x-api-key", "sk-ant", "x-sluice-api-key", "k"}, "k", "sk-ant"},
	} {
		t.Run(name, func(t *testing.T) {
			ex, _ := caught(t, "POST", "/v1/chat/completions", hello, c.header...)
			env := ex.Envelope
			if env.APIKey.Reveal() != c.key || env.Credential.Reveal() != c.credential {
				t.Errorf("key %q, credential %q", env.APIKey.Reveal(), env.Credential.Reveal())
			}
			for name, values := range env.Header {
				for _, v := range values {
					if c.key != "" && (v == c.key || v == "Bearer "+c.key) {
						t.Errorf("the API key is still in %s", name)
					}
				}
			}
		})
	}
}

// TestWorkspaceOfARender: a render may name another workspace; every other route of this package
// refuses the parameter instead of ignoring it.
func TestWorkspaceOfARender(t *testing.T) {
	for _, r := range Routes(Settings{}) {
		path := strings.NewReplacer(":id", "p", "*", "m/chat/completions").Replace(r.Path)
		ex, w := catch(t, r.Method, path+"?workspace=team", hello)
		if strings.HasSuffix(path, "/render") {
			if w.Code != 200 || ex.Envelope.Workspace != "team" {
				t.Errorf("%s: %d %s", path, w.Code, w.Body)
			}
		} else if w.Code != 400 || !strings.Contains(w.Body.String(), "'workspace'") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

// TestCacheHeader: what switches the cache off is not the same as saying nothing.
func TestCacheHeader(t *testing.T) {
	for value, want := range map[string]string{"": "", "true": "simple", "simple": "simple", "Semantic": "semantic", "exact": "exact",
		"false": "off", "False": "off", "off": "off", "none": "off"} {
		for _, name := range []string{"x-sluice-cache", "x-portkey-cache"} {
			if ex, w := catch(t, "POST", "/v1/chat/completions", hello, name, value); w.Code != 200 || ex.Envelope.Cache != want {
				t.Errorf("%s: %q gives %q, want %q (%d)", name, value, ex.Envelope.Cache, want, w.Code)
			}
		}
	}
}

// TestWithoutV1: clients of LiteLLM's proxy leave it out; rows do not.
func TestWithoutV1(t *testing.T) {
	for path, body := range map[string]string{"/chat/completions": hello, "/embeddings": `{"model":"m","input":"x"}`} {
		ex, w := catch(t, "POST", path, body)
		if w.Code != 200 || ex.Envelope.Route != "/v1"+path || ex.Envelope.Path != path {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
		if _, w := catch(t, "GET", path, ""); w.Code != 405 {
			t.Errorf("GET %s: %d", path, w.Code)
		}
	}
	for path, code := range map[string]int{"/logs": 404, "/api-keys": 404, "/api/models": 404} {
		r := httptest.NewRequest("GET", path, nil)
		r.Header.Set("Authorization", "Bearer sk-sl-test")
		w := httptest.NewRecorder()
		api(Settings{}).ServeHTTP(w, r)
		if w.Code != code {
			t.Errorf("GET %s: %d %s", path, w.Code, w.Body)
		}
	}
}

func TestEnvelope(t *testing.T) {
	ex, w := catch(t, "POST", "/api/v1/chat/completions", `{"model":"m","messages":[{"role":"user","content":"x"}],"user":"u1","config":{"retry":3}}`,
		"x-portkey-provider", "openai", "x-sluice-provider", "anthropic",
		"x-portkey-virtual-key", "vk", "x-portkey-config", `{"retry":1}`,
		"x-portkey-metadata", `{"team":"a","env":"prod"}`, "baggage", "team=b,region=eu%20west;p=1,=,bad=%zz",
		"x-portkey-cache-force-refresh", "True", "x-portkey-cache-namespace", "ns", "x-portkey-cache", "semantic", "cache-control", "no-cache, max-age=90",
		"x-portkey-request-timeout", "1500", "x-portkey-custom-host", "https://h.test/v1",
		"x-portkey-forward-headers", "x-a, X-B", "x-portkey-debug", "false",
		"x-portkey-package-version", "portkey-1", "user-agent", "ua", "X-A", "1")
	if w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	e := ex.Envelope
	got := []any{e.Method, e.Route, e.Path, e.ClientIP, e.UserAgent, e.Provider, e.VirtualKey, e.Config, string(e.BodyConfig), e.User,
		e.Cache, e.CacheNamespace, e.CacheScoped, e.CacheRefresh, e.CacheMaxAge, e.RequestTimeout, e.CustomHost, e.ForwardHeaders, e.KeepBodies}
	want := []any{"POST", "/v1/chat/completions", "/api/v1/chat/completions", "192.0.2.1", "ua", "anthropic", "vk", `{"retry":1}`, `{"retry":3}`, "u1",
		"semantic", "ns", true, true, 90 * time.Second, 1500 * time.Millisecond, "https://h.test/v1", []string{"X-A", "X-B"}, false}
	for i := range want {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Errorf("field %d: %v, want %v", i, got[i], want[i])
		}
	}
	if want := map[string]string{"team": "a", "env": "prod", "region": "eu west", "_user": "u1"}; !reflect.DeepEqual(e.Metadata, want) {
		t.Errorf("metadata %v", e.Metadata)
	}
}

// TestMetadataUpToItsLimits: 64 keys are let through; baggage beyond them is left out.
func TestMetadataUpToItsLimits(t *testing.T) {
	ex, w := catch(t, "POST", "/v1/chat/completions", hello, "x-sluice-metadata", manyMetadata(64, 128), "baggage", "one=more")
	if n := len(ex.Envelope.Metadata); w.Code != 200 || n != 64 {
		t.Errorf("%d %s with %d keys", w.Code, w.Body, n)
	}
	ex, _ = catch(t, "POST", "/v1/chat/completions", hello, "baggage", "a="+strings.Repeat("v", 8000)+",b=short")
	if m := ex.Envelope.Metadata; len(m) != 1 || m["b"] != "short" {
		t.Errorf("%v", m)
	}
}

func TestUserFillsMetadataOnlyWhereFree(t *testing.T) {
	ex, _ := catch(t, "POST", "/v1/chat/completions", `{"messages":[{}],"user":"body"}`, "x-sluice-metadata", `{"_user":"header"}`)
	if ex.Envelope.Metadata["_user"] != "header" || ex.Envelope.User != "body" {
		t.Errorf("%v %q", ex.Envelope.Metadata, ex.Envelope.User)
	}
}

func TestTrace(t *testing.T) {
	const w3c, other = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "0af7651916cd43dd8448eb211c80319c"
	for name, c := range map[string]struct {
		header []string
		check  func(gateway.Trace) bool
	}{
		"none": {nil, func(t gateway.Trace) bool { return t.Parent.IsZero() && t.Ref == t.ID.String() && !t.ID.IsZero() }},
		"traceparent": {[]string{"traceparent", w3c, "tracestate", "a=b"}, func(t gateway.Trace) bool {
			return t.Ref == "4bf92f3577b34da6a3ce929d0e0e4736" && t.Parent.String() == "00f067aa0ba902b7" && t.Flags == 1 && t.State == "a=b"
		}},
		"own header beats it": {[]string{"traceparent", w3c, "x-portkey-trace-id", other}, func(t gateway.Trace) bool {
			return t.Ref == other && t.ID.String() == other && t.Parent.IsZero() && t.Flags == 0
		}},
		"no W3C id": {[]string{"x-sluice-trace-id", "1729", "x-portkey-trace-id", "1"}, func(t gateway.Trace) bool {
			return t.Ref == "1729" && t.ID == gateway.TraceIDFrom("1729")
		}},
		"spans": {[]string{"x-portkey-span-id", "s", "x-portkey-parent-span-id", "00f067aa0ba902b7", "x-portkey-span-name", "step"}, func(t gateway.Trace) bool {
			return t.Root == gateway.SpanIDFrom("s") && t.SpanRef == "s" && t.Parent.String() == "00f067aa0ba902b7" && t.Name == "step"
		}},
		"broken traceparent": {[]string{"traceparent", strings.ToUpper(w3c)}, func(t gateway.Trace) bool { return t.Parent.IsZero() && t.Flags == 0 }},
	} {
		t.Run(name, func(t *testing.T) {
			ex, w := catch(t, "POST", "/v1/chat/completions", hello, c.header...)
			if !c.check(ex.Trace) {
				t.Errorf("%+v", ex.Trace)
			}
			if got := w.Header().Get("x-portkey-trace-id"); got != ex.Trace.Ref {
				t.Errorf("echoed %q, not %q", got, ex.Trace.Ref)
			}
			want := fmt.Sprintf("00-%s-%s-%02x", ex.Trace.ID, ex.Trace.Root, ex.Trace.Flags)
			if got := w.Header().Get("traceparent"); got != want {
				t.Errorf("traceparent %q, want %q", got, want)
			}
		})
	}
}

// TestBadInput: each is refused by name, and the pipeline, which leaves the trace, is asked.
func TestBadInput(t *testing.T) {
	long := strings.Repeat("x", 129)
	for name, c := range map[string]struct {
		path, body string
		header     []string
		status     int
		names      string
	}{
		"no JSON":              {"", `hello`, nil, 400, "not valid JSON"},
		"empty body":           {"", ``, nil, 400, "not valid JSON"},
		"no object":            {"", `[1]`, nil, 400, "JSON object"},
		"no messages":          {"", `{"model":"m"}`, nil, 400, "'messages'"},
		"messages no list":     {"", `{"messages":"x"}`, nil, 400, "'messages'"},
		"model no string":      {"", `{"model":1,"messages":[{}]}`, nil, 400, "'model'"},
		"stream no bool":       {"", `{"stream":"yes","messages":[{}]}`, nil, 400, "'stream'"},
		"key twice":            {"", `{"model":"a","model":"b","messages":[{}]}`, nil, 400, "'model' is given twice"},
		"user no string":       {"", `{"messages":[{}],"user":7}`, nil, 400, "'user'"},
		"config no object":     {"", `{"messages":[{}],"config":7}`, nil, 400, "'config'"},
		"too large":            {"", `{"messages":["` + strings.Repeat("x", 1<<16) + `"]}`, nil, 413, "max_body"},
		"encoding":             {"", hello, []string{"content-encoding", "br"}, 415, "content-encoding"},
		"no gzip":              {"", hello, []string{"content-encoding", "gzip"}, 400, "content-encoding"},
		"config no JSON":       {"", hello, []string{"x-portkey-config", `{"a":`}, 400, "x-portkey-config"},
		"metadata no JSON":     {"", hello, []string{"x-portkey-metadata", `{a}`}, 400, "x-portkey-metadata"},
		"metadata no object":   {"", hello, []string{"x-sluice-metadata", `["a"]`}, 400, "x-sluice-metadata"},
		"metadata no string":   {"", hello, []string{"x-portkey-metadata", `{"n":1}`}, 400, "'n'"},
		"metadata value long":  {"", hello, []string{"x-portkey-metadata", `{"n":"` + long + `"}`}, 400, "'n'"},
		"metadata key long":    {"", hello, []string{"x-portkey-metadata", `{"` + long + `":"v"}`}, 400, "x-portkey-metadata"},
		"metadata, 65 keys":    {"", hello, []string{"x-portkey-metadata", manyMetadata(65, 1)}, 400, "x-portkey-metadata has more than 64 keys"},
		"metadata of 24 KiB":   {"", hello, []string{"x-sluice-metadata", manyMetadata(64, 128*3)}, 400, "16 KiB"},
		"metadata twice":       {"", hello, []string{"x-portkey-metadata", `{"n":"a","n":"b"}`}, 400, "'n'"},
		"timeout zero":         {"", hello, []string{"x-portkey-request-timeout", "0"}, 400, "x-portkey-request-timeout"},
		"timeout no number":    {"", hello, []string{"x-sluice-request-timeout", "1s"}, 400, "x-sluice-request-timeout"},
		"timeout huge":         {"", hello, []string{"x-sluice-request-timeout", "99999999999999999999"}, 400, "x-sluice-request-timeout"},
		"refresh no bool":      {"", hello, []string{"x-portkey-cache-force-refresh", "maybe"}, 400, "x-portkey-cache-force-refresh"},
		"cache unknown":        {"", hello, []string{"x-portkey-cache", "fast"}, 400, "x-portkey-cache"},
		"debug no bool":        {"", hello, []string{"x-portkey-debug", "2"}, 400, "x-portkey-debug"},
		"strict no bool":       {"", hello, []string{"x-portkey-strict-openai-compliance", "2"}, 400, "x-portkey-strict-openai-compliance"},
		"forward itself":       {"", hello, []string{"x-portkey-forward-headers", "a,X-Portkey-Forward-Headers"}, 400, "x-portkey-forward-headers"},
		"forward our key":      {"", hello, []string{"x-portkey-forward-headers", "x-sluice-api-key"}, 400, "x-portkey-forward-headers"},
		"forward metadata":     {"", hello, []string{"x-portkey-forward-headers", "Metadata-Flavor"}, 400, "metadata-flavor"},
		"forward no name":      {"", hello, []string{"x-portkey-forward-headers", "a b"}, 400, "x-portkey-forward-headers"},
		"trace id too long":    {"", hello, []string{"x-portkey-trace-id", strings.Repeat("x", 257)}, 400, "x-portkey-trace-id"},
		"embeddings, no input": {"/v1/embeddings", `{"model":"m"}`, nil, 400, "'input'"},
		"variables no object":  {"/v1/prompts/p/completions", `{"variables":[]}`, nil, 400, "'variables'"},
		"render no JSON":       {"/v1/prompts/p/render", `{`, nil, 400, "not valid JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.path == "" {
				c.path = "/v1/chat/completions"
			}
			ex, w := catch(t, "POST", c.path, c.body, c.header...)
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.names) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			if ex == nil || ex.Refused == nil || ex.Request != nil || ex.Facts.Status != c.status {
				t.Errorf("the pipeline saw %+v", ex)
			}
			if w.Header().Get("x-portkey-trace-id") == "" || w.Header().Get("x-sluice-request-id") == "" {
				t.Error("no trace id")
			}
		})
	}
}

// TestRefusedWithoutItsBody: a caller with no good key goes through the pipeline, which leaves
// the row, without its body.
func TestRefusedWithoutItsBody(t *testing.T) {
	ran := false
	s := httpapi.New(httpapi.Settings{Authenticator: nobody{}, Routes: Routes(Settings{Pipeline: func(_ context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
		ran = true
		if e := gateway.AsError(ex.Refused); e == nil || e.Kind != gateway.Unauthorized || ex.Request != nil || ex.Envelope.APIKey.Reveal() != "sk-sl-test" {
			t.Errorf("the pipeline saw %+v", ex)
		}
		return nil, ex.Refused
	}})})
	r := call("/v1/chat/completions", "")
	r.Body, r.ContentLength = io.NopCloser(unread{t}), 100
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != 401 || !ran || w.Header().Get("Connection") != "close" || !strings.Contains(w.Body.String(), `"status":"failure"`) {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
}

// nobody is an Authenticator that knows no key.
type nobody struct{}

func (nobody) Identify(context.Context, gateway.Secret, string) (*gateway.Principal, error) {
	return nil, &gateway.Error{Op: "t", Kind: gateway.Unauthorized, Public: "No."}
}

// unread is a body that must not be read.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, io.EOF
}

func TestPromptCall(t *testing.T) {
	ex, _ := catch(t, "POST", "/v1/prompts/support%2Fa@production/completions", `{"variables":{"n":1.50,"s":"a\"b"},"temperature":0.20,"stream":true}`)
	r := ex.Request
	if r.Op != gateway.OpChat || r.Prompt.ID != "support/a@production" || string(r.Prompt.Variables) != `{"n":1.50,"s":"a\"b"}` {
		t.Errorf("%+v", r.Prompt)
	}
	if string(r.Raw) != `{"temperature":0.20,"stream":true}` || !r.Stream() {
		t.Errorf("%s", r.Raw)
	}
	ex, _ = catch(t, "POST", "/api/v1/prompts/p/render", `{}`)
	if ex.Request.Op != gateway.OpRender || string(ex.Request.Prompt.Variables) != `{}` || ex.Request.Stream() {
		t.Errorf("%+v", ex.Request)
	}
}

func TestPathsAreForgiving(t *testing.T) {
	for _, p := range []string{"/v1//chat/completions", "//v1/chat/completions/", "/api//v1/chat/completions"} {
		if _, w := catch(t, "POST", p, hello); w.Code != 200 {
			t.Errorf("%s: %d", p, w.Code)
		}
	}
}

// FuzzEnvelope: whatever the headers say, there is an answer with a trace id, refused or
// not, and never a 5xx.
func FuzzEnvelope(f *testing.F) {
	f.Add("Bearer x", `{"a":"b"}`, "a=b", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "1", "a,b", "max-age=1", hello)
	f.Add("x", `{`, "=;,", "00-", "-1", ",", "max-age=", `{"config":"x","user":"y","messages":[1]}`)
	f.Fuzz(func(t *testing.T, auth, metadata, bag, parent, timeout, forward, control, body string) {
		ex, w := catch(t, "POST", "/v1/chat/completions", body, "Authorization", auth, "X-Portkey-Metadata", metadata, "Baggage", bag,
			"Traceparent", parent, "X-Sluice-Request-Timeout", timeout, "X-Portkey-Forward-Headers", forward, "Cache-Control", control,
			"X-Portkey-Trace-Id", bag, "X-Api-Key", timeout, "X-Portkey-Config", metadata)
		if w.Code >= 500 || w.Header().Get("X-Portkey-Trace-Id") == "" {
			t.Errorf("%d %q", w.Code, w.Header())
		}
		if (w.Code == http.StatusOK) != (ex.Refused == nil) {
			t.Errorf("%d beside %v", w.Code, ex.Refused)
		}
		var e *gateway.Error
		if ex.Refused != nil && !errors.As(ex.Refused, &e) {
			t.Errorf("%T", ex.Refused)
		}
	})
}
