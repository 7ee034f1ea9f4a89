package httpapi

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// keys is an Authenticator that knows "good".
type keys struct{}

func (keys) Identify(_ context.Context, key gateway.Secret, _ string) (*gateway.Principal, error) {
	if key.Reveal() != "good" {
		return nil, &gateway.Error{Op: "test", Kind: gateway.Unauthorized, Code: "03", Public: "Invalid API key."}
	}
	return &gateway.Principal{Role: gateway.RoleMember, Workspace: "ws", Member: "mem", MemberRef: "alice@example.com"}, nil
}

// serve makes a server with one route, POST and GET /v1/test.
func serve(handle Handler, with ...func(*Settings)) *Server {
	settings := Settings{Authenticator: keys{}, NewID: func(time.Time) string { return "01TEST" }, Routes: []Route{
		{Method: http.MethodPost, Path: "/v1/test", Need: gateway.CompletionsWrite, Handle: handle, Bare: true}, {Method: http.MethodGet, Path: "/v1/test", Need: gateway.CompletionsWrite, Handle: handle},
	}}
	for _, f := range with {
		f(&settings)
	}
	return New(settings)
}

// length answers with the length of the body.
func length(c *Call) error {
	raw, err := c.Body()
	if err != nil {
		return err
	}
	return c.SendJSON(http.StatusOK, len(raw))
}

func call(s *Server, method, path, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer good")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func logTo(out *bytes.Buffer) func(*Settings) {
	return func(s *Settings) { s.AccessLog = slog.New(slog.NewTextHandler(out, nil)) }
}

func TestAccessLog(t *testing.T) {
	var out bytes.Buffer
	s := serve(length, logTo(&out))
	call(s, "POST", "/v1/test?api_key=secret", "Hello", "X-Sluice-Span-Name", "secret")
	line := out.String()
	for _, part := range []string{"msg=request method=POST route=/v1/test status=200 trace_id=", "request_id=01TEST", "workspace=ws member=mem"} {
		if !strings.Contains(line, part) {
			t.Errorf("no %q in %s", part, line)
		}
	}
	for _, never := range []string{"secret", "Hello", "alice"} {
		if strings.Contains(line, never) {
			t.Errorf("%q in %s", never, line)
		}
	}
	for path, route := range map[string]string{"/nowhere": "unmatched status=404", "/healthz": "/healthz status=200", "/test": "/v1/test status=405", "/api/v1/test": "/v1/test status=200"} {
		out.Reset()
		call(s, "GET", path, "")
		if strings.Count(out.String(), "\n") != 1 || !strings.Contains(out.String(), "route="+route) && path != "/test" {
			t.Errorf("%s: %s", path, out.String())
		}
	}
}

func TestPanicIsA500WithTheTraceID(t *testing.T) {
	var out bytes.Buffer
	w := call(serve(func(*Call) error { panic("alice@example.com") }, logTo(&out)), "POST", "/v1/test", "")
	if w.Code != 500 || w.Header().Get("X-Portkey-Trace-Id") == "" || w.Header().Get("X-Portkey-Gateway-Exception") != "true" {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	if strings.Contains(w.Body.String()+out.String(), "alice") || !strings.Contains(out.String(), "status=500") || !strings.Contains(out.String(), "stack=") {
		t.Errorf("%s", out.String())
	}
}

func TestPanicAfterTheFirstByteCutsTheConnection(t *testing.T) {
	server := httptest.NewServer(serve(func(c *Call) error {
		_, _ = io.WriteString(c.Writer(), "part")
		_ = c.Flush()
		panic("boom")
	}))
	defer server.Close()
	r, _ := http.NewRequest("GET", server.URL+"/v1/test", nil)
	r.Header.Set("Authorization", "Bearer good")
	res, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if b, err := io.ReadAll(res.Body); err == nil {
		t.Errorf("a clean end after %q", b)
	}
}

// TestUnknownPathIsAnExchange: a 404 on an unknown path is recorded under the trace id that the
// answer carries, with its path; the log has the path, too.
func TestUnknownPathIsAnExchange(t *testing.T) {
	var recorded []*gateway.Exchange
	var log strings.Builder
	s := serve(length, func(s *Settings) {
		s.Unknown = func(ex *gateway.Exchange, err error) { recorded = append(recorded, ex) }
		s.Cleanse = func(text string) string { return strings.ReplaceAll(text, "secret", "[X]") }
		s.AccessLog = slog.New(slog.NewTextHandler(&log, nil))
	})
	w := call(s, "POST", "/v1/v1/secret", "{}", "Authorization", "Bearer good")
	if w.Code != 404 || len(recorded) != 1 {
		t.Fatalf("%d, %d exchanges", w.Code, len(recorded))
	}
	ex := recorded[0]
	if ex.Trace.Ref != w.Header().Get("X-Sluice-Trace-Id") || ex.Request.Op != gateway.OpUnknownPath || ex.Facts.Status != 404 || ex.Facts.Principal == nil ||
		ex.Envelope.Method != "POST" || ex.Envelope.Route != "/v1/v1/[X]" {
		t.Errorf("%+v %+v %+v", ex, ex.Envelope, ex.Facts)
	}
	if !strings.Contains(log.String(), "route=unmatched") || !strings.Contains(log.String(), "path=/v1/v1/[X]") {
		t.Error(log.String())
	}
	if w := call(s, "GET", "/healthz", ""); w.Code != 200 || len(recorded) != 1 {
		t.Errorf("%d, %d exchanges", w.Code, len(recorded))
	}
}

// TestInternalErrorsAreLogged: the log has the cause of an error that the answer does not tell, also of
// calls that are no exchange.
func TestInternalErrorsAreLogged(t *testing.T) {
	var log strings.Builder
	s := serve(func(*Call) error {
		return &gateway.Error{Op: "test", Kind: gateway.Internal, Public: "The store failed.", Err: errors.New("disk on fire")}
	}, func(s *Settings) { s.AccessLog = slog.New(slog.NewTextHandler(&log, nil)) })
	w := call(s, "POST", "/v1/test", "{}", "Authorization", "Bearer good")
	if w.Code != 500 || strings.Contains(w.Body.String(), "fire") || !strings.Contains(log.String(), "disk on fire") {
		t.Errorf("%d %s: %s", w.Code, w.Body, log.String())
	}
}

func TestHealth(t *testing.T) {
	ready := errors.New("store down")
	s := serve(length, func(s *Settings) {
		s.Ready = func(context.Context) error { return ready }
		s.Warnings = func() []string { return []string{"the store sleeps"} }
		s.Metrics = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "up 1\n") })
	})
	get := func(method, path, key string) *httptest.ResponseRecorder {
		w := call(s, method, path, "", "Authorization", key)
		if w.Header().Get("X-Sluice-Trace-Id") == "" {
			t.Errorf("%s: no trace id", path)
		}
		return w
	}
	if w := get("GET", "/readyz", ""); w.Code != 503 || strings.Contains(w.Body.String(), "store down") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	ready = nil
	if w := get("GET", "/readyz", ""); w.Code != 200 || w.Body.String() != `{"status":"ready","warnings":["the store sleeps"]}` {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := get("HEAD", "/healthz", ""); w.Code != 200 || w.Body.Len() != 0 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := get("HEAD", "/v1/test", ""); w.Code != 401 || w.Body.Len() != 0 || w.Header().Get("Content-Length") == "" { // as GET, without the body
		t.Errorf("%d %s %v", w.Code, w.Body, w.Header())
	}
	if w := get("HEAD", "/test", ""); w.Code != 405 {
		t.Errorf("%d", w.Code)
	}
	if w := get("GET", "/metrics", ""); w.Body.String() != "up 1\n" {
		t.Errorf("%s", w.Body)
	}
	if w := get("OPTIONS", "/v1/test", ""); w.Code != 204 || w.Header().Get("Allow") == "" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if w := get("PUT", "/api/v1/test", "Bearer good"); w.Code != 405 || !strings.Contains(w.Body.String(), `"error_type"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestCORS(t *testing.T) {
	origin := []string{"Origin", "https://console.example.com", "Access-Control-Request-Method", "POST"}
	if w := call(serve(length), "OPTIONS", "/v1/test", "", origin...); w.Header().Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("off: %v", w.Header())
	}
	s := serve(length, func(s *Settings) { s.AllowedOrigins = []string{"https://console.example.com"} })
	if w := call(s, "OPTIONS", "/v1/test", "", origin...); w.Code != 204 || w.Header().Get("Access-Control-Allow-Origin") != origin[1] {
		t.Errorf("on: %d %v", w.Code, w.Header())
	}
	if w := call(s, "POST", "/v1/test", "x", "Origin", "https://evil.example"); w.Header().Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("another origin: %v", w.Header())
	}
}

func TestGzipBodies(t *testing.T) {
	pack := func(s string) string {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = io.WriteString(z, s)
		z.Close()
		return b.String()
	}
	s := serve(length, func(s *Settings) { s.MaxBody = 1 << 16 })
	for body, want := range map[string]struct {
		status int
		text   string
	}{pack("hello"): {200, "5"}, pack(strings.Repeat("x", 1<<20)): {413, "max_body"}, "no gzip": {400, "not gzip"}} {
		if w := call(s, "POST", "/v1/test", body, "Content-Encoding", "gzip"); w.Code != want.status || !strings.Contains(w.Body.String(), want.text) {
			t.Errorf("%d %s, want %v", w.Code, w.Body, want)
		}
	}
}

// TestBodyOfAnyLength: known, unknown and wrong lengths around every boundary. What a call has
// reserved it gives back.
func TestBodyOfAnyLength(t *testing.T) {
	const most = 1<<20 + 5000
	s := serve(length, func(s *Settings) { s.MaxBody = most })
	for _, n := range []int{0, 1, 4095, 4096, 4097, 1<<20 - 1, 1 << 20, 1<<20 + 1, most - 1, most, most + 1} {
		for _, known := range []bool{true, false} {
			r := httptest.NewRequest("POST", "/v1/test", io.NopCloser(strings.NewReader(strings.Repeat("x", n))))
			r.Header.Set("Authorization", "Bearer good")
			r.ContentLength = -1
			if known {
				r.ContentLength = int64(n)
			}
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if n > most && w.Code != 413 || n <= most && w.Body.String() != strconv.Itoa(n) {
				t.Errorf("%d known=%v: %d %s", n, known, w.Code, w.Body)
			}
		}
	}
	if used := s.memory.used.Load(); used != 0 {
		t.Errorf("%d bytes are still reserved", used)
	}
}

// TestAuthenticated: a handler that asks gets the caller, or the reason.
func TestAuthenticated(t *testing.T) {
	for key, want := range map[string]int{"Bearer good": 200, "Bearer bad": 401, "": 401} {
		w := call(serve(func(c *Call) error {
			if who, err := c.Authenticated(); err != nil {
				return err
			} else if who.Workspace != "ws" {
				t.Errorf("%+v", who)
			}
			return length(c)
		}), "POST", "/v1/test", "x", "Authorization", key)
		if w.Code != want || want == 401 && w.Header().Get("Www-Authenticate") != "Bearer" {
			t.Errorf("%q: %d %s", key, w.Code, w.Body)
		}
	}
}

// TestRequestIDOnEveryAnswer: clients of OpenAI read x-request-id, those of Anthropic request-id,
// whatever the status.
func TestRequestIDOnEveryAnswer(t *testing.T) {
	s := serve(func(c *Call) error {
		switch c.Query("how") {
		case "panic":
			panic("boom")
		case "fail":
			return &gateway.Error{Op: "test", Kind: gateway.Upstream, Status: 503, Public: "No."}
		}
		return length(c)
	}, func(s *Settings) { s.AllowedOrigins = []string{"https://a.example"}; s.Limits.PerAddress = 1 })
	for request, status := range map[string]int{
		"POST /v1/test": 200, "POST /api/v1/test": 200, "POST /test": 200, "GET /v1/test": 200, "HEAD /v1/test": 200, "POST /v1/test?how=panic": 500, "POST /v1/test?how=fail": 503,
		"DELETE /v1/test": 405, "GET /nowhere": 404, "GET /api/v1/nowhere": 404, "GET /": 404, "GET /healthz": 200, "GET /readyz": 200, "GET /metrics": 404, "OPTIONS /v1/test": 204,
	} {
		method, path, _ := strings.Cut(request, " ")
		w := call(s, method, path, "", "Origin", "https://a.example")
		if h := w.Header(); w.Code != status || h.Get("X-Request-Id") != "01TEST" || h.Get("Request-Id") != "01TEST" || h.Get("X-Sluice-Request-Id") != "01TEST" {
			t.Errorf("%s: %d %v", request, w.Code, h)
		}
	}
	if w := call(s, "POST", "/v1/test", "", "Authorization", "Bearer bad"); w.Code != 401 || w.Header().Get("X-Request-Id") != "01TEST" {
		t.Errorf("a bad key: %d %v", w.Code, w.Header())
	}
	exposed := call(s, "POST", "/v1/test", "", "Origin", "https://a.example").Header().Get("Access-Control-Expose-Headers")
	if !strings.Contains(exposed, "X-Request-Id") || !strings.Contains(exposed, ",Request-Id") {
		t.Errorf("a web page may not read it: %s", exposed)
	}
}
