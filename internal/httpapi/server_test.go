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
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

func TestAccessLog(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, nil))
	s := New(Settings{AccessLog: log, NewID: func(time.Time) string { return "01TEST" }, Pipeline: func(_ context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
		ex.Facts.Principal = &gateway.Principal{Workspace: "ws", Member: "mem", MemberRef: "alice@example.com"}
		return gateway.Chunks(gatewaytest.Body(`{}`)), nil
	}})
	r := httptest.NewRequest("POST", "/v1/chat/completions?api_key=secret", strings.NewReader(hello))
	r.Header.Set("Authorization", "Bearer sk-sl-secret")
	s.ServeHTTP(httptest.NewRecorder(), r)
	line := out.String()
	for _, part := range []string{"msg=request method=POST route=/v1/chat/completions status=200 trace_id=", "request_id=01TEST", "workspace=ws member=mem"} {
		if !strings.Contains(line, part) {
			t.Errorf("no %q in %s", part, line)
		}
	}
	for _, never := range []string{"secret", "Hello", "alice"} {
		if strings.Contains(line, never) {
			t.Errorf("%q in %s", never, line)
		}
	}
	if n := strings.Count(line, "\n"); n != 1 {
		t.Errorf("%d lines", n)
	}
	for _, path := range []string{"/nowhere", "/healthz"} {
		out.Reset()
		s.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", path, nil))
		if strings.Count(out.String(), "\n") != 1 {
			t.Errorf("%s: %s", path, out.String())
		}
	}
}

func TestPanicIsA500WithTheTraceID(t *testing.T) {
	var out bytes.Buffer
	s := New(Settings{AccessLog: slog.New(slog.NewTextHandler(&out, nil)), Pipeline: func(context.Context, *gateway.Exchange) (gateway.Stream, error) {
		panic("alice@example.com")
	}})
	w := post(s, "/v1/chat/completions", hello)
	if w.Code != 500 || w.Header().Get("X-Portkey-Trace-Id") == "" || w.Header().Get("X-Portkey-Gateway-Exception") != "true" {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	if strings.Contains(w.Body.String()+out.String(), "alice") || !strings.Contains(out.String(), "status=500") || !strings.Contains(out.String(), "stack=") {
		t.Errorf("%s", out.String())
	}
}

func TestPanicAfterTheFirstByteCutsTheConnection(t *testing.T) {
	s := New(Settings{Pipeline: func(context.Context, *gateway.Exchange) (gateway.Stream, error) { return &bomb{}, nil }})
	server := httptest.NewServer(s)
	defer server.Close()
	defer http.DefaultClient.CloseIdleConnections()
	res, err := http.Post(server.URL+"/v1/chat/completions", "", strings.NewReader(streamed))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if b, err := io.ReadAll(res.Body); err == nil {
		t.Errorf("a clean end after %q", b)
	}
}

type bomb struct{ lit bool }

func (b *bomb) Next() (gateway.Chunk, error) {
	if b.lit {
		panic("boom")
	}
	b.lit = true
	return gatewaytest.Event(`{"choices":[{"delta":{"content":"x"}}]}`), nil
}

func (b *bomb) Close() error { return nil }

func TestHealth(t *testing.T) {
	ready := errors.New("store down")
	s := New(Settings{Ready: func(context.Context) error { return ready }, Metrics: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "up 1\n")
	})})
	get := func(method, path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(method, path, nil))
		if w.Header().Get("X-Sluice-Trace-Id") == "" {
			t.Errorf("%s: no trace id", path)
		}
		return w
	}
	if w := get("GET", "/readyz"); w.Code != 503 || strings.Contains(w.Body.String(), "store down") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	ready = nil
	if w := get("GET", "/readyz"); w.Code != 200 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := get("HEAD", "/healthz"); w.Code != 200 || w.Body.Len() != 0 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := get("HEAD", "/v1/models"); w.Code != 401 || w.Body.Len() != 0 || w.Header().Get("Content-Length") == "" { // as GET, without the body
		t.Errorf("%d %s %v", w.Code, w.Body, w.Header())
	}
	if w := get("HEAD", "/v1/chat/completions"); w.Code != 405 {
		t.Errorf("%d", w.Code)
	}
	if w := get("GET", "/metrics"); w.Body.String() != "up 1\n" {
		t.Errorf("%s", w.Body)
	}
	if w := get("OPTIONS", "/v1/chat/completions"); w.Code != 204 || w.Header().Get("Allow") == "" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if w := get("GET", "/v1/api-keys"); w.Code != 404 { // a part that is not there
		t.Errorf("%d", w.Code)
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
	ex, w := catch(t, "POST", "/v1/chat/completions", pack(hello), "Content-Encoding", "gzip")
	if w.Code != 200 || string(ex.Request.Raw) != hello {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	bomb := `{"messages":["` + strings.Repeat("x", 1<<20) + `"]}`
	if _, w := catch(t, "POST", "/v1/chat/completions", pack(bomb), "Content-Encoding", "gzip"); w.Code != 413 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// TestBodyOfAnyLength: known, unknown and wrong lengths around every boundary.
func TestBodyOfAnyLength(t *testing.T) {
	const most = eager + 5000
	for _, n := range []int{0, 1, 4095, 4096, 4097, eager - 1, eager, eager + 1, most - 1, most, most + 1} {
		text := strings.Repeat("x", n)
		for _, known := range []bool{true, false} {
			r := httptest.NewRequest("POST", "/", io.NopCloser(strings.NewReader(text)))
			r.ContentLength = -1
			if known {
				r.ContentLength = int64(n)
			}
			c := &call{server: &Server{Settings: Settings{MaxBody: most}}, r: r}
			raw, err := c.body()
			if n > most {
				if gateway.AsError(err).HTTPStatus() != 413 {
					t.Errorf("%d %v: %v", n, known, err)
				}
			} else if err != nil || string(raw) != text {
				t.Errorf("%d %v: %d bytes, %v", n, known, len(raw), err)
			}
		}
	}
	r := httptest.NewRequest("POST", "/", io.NopCloser(strings.NewReader("{")))
	r.ContentLength = 10
	if _, err := (&call{server: &Server{Settings: Settings{MaxBody: most}}, r: r}).body(); gateway.AsError(err).HTTPStatus() != 400 {
		t.Errorf("%v", err)
	}
}

// sink is a ResponseWriter without cost.
type sink struct{ h http.Header }

func (s *sink) Header() http.Header         { return s.h }
func (s *sink) Write(p []byte) (int, error) { return len(p), nil }
func (s *sink) WriteHeader(int)             {}
func (s *sink) Flush()                      {}

func BenchmarkChat(b *testing.B) {
	answer := gatewaytest.Answer(strings.Repeat("word ", 150)).Chunks
	events := gatewaytest.Streamed(strings.Split(strings.Repeat("word ", 150), " ")...).Chunks
	body := `{"model":"gpt-mock","messages":[{"role":"user","content":"` + strings.Repeat("word ", 190) + `"}]}`
	for name, c := range map[string]struct {
		body   string
		chunks []gateway.Chunk
	}{"unary": {body, answer}, "stream150": {`{"stream":true,` + body[1:], events}} {
		b.Run(name, func(b *testing.B) {
			s := New(Settings{Pipeline: func(_ context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
				return gateway.Chunks(c.chunks...), nil
			}})
			header := http.Header{"Authorization": {"Bearer sk-sl-0123456789"}, "Content-Type": {"application/json"}, "User-Agent": {"bench"}, "Accept": {"*/*"}}
			r := httptest.NewRequest("POST", "/v1/chat/completions", nil)
			r.ContentLength = int64(len(c.body))
			w := &sink{http.Header{}}
			read := strings.NewReader(c.body)
			b.ReportAllocs()
			for b.Loop() {
				read.Reset(c.body)
				r.Body = io.NopCloser(read)
				r.Header = http.Header{}
				for k, v := range header {
					r.Header[k] = v
				}
				clear(w.h)
				s.ServeHTTP(w, r)
			}
		})
	}
}
