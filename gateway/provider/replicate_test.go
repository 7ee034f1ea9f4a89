package provider

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/task"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// replicateServer is a double of Replicate, built on its documented API. The model's name says what it
// does.
type replicateServer struct {
	*httptest.Server
	mu    sync.Mutex
	calls []string
	polls int
}

func newReplicateServer(t *testing.T) *replicateServer {
	s := &replicateServer{}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	return s
}

func (s *replicateServer) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.calls = append(s.calls, r.Method+" "+r.URL.Path+" "+r.Header.Get("Prefer"))
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	signed := r.Header.Get("Authorization") == "Bearer r8_key"
	const done = `{"id":"p1","status":"succeeded","output":["Hel","lo"],"metrics":{"input_token_count":5,"output_token_count":2}}`
	answer := func(status, stream string) {
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, `{"id":"p1","status":"`+status+`","output":null,"urls":{"get":"https://elsewhere.example/","cancel":"https://elsewhere.example/","stream":"`+stream+`"}}`)
	}
	switch {
	case r.URL.Path == "/stream":
		if signed {
			w.WriteHeader(http.StatusTeapot) // it is no place for the credential
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, "event: output\ndata: Hel\n\nevent: output\ndata: lo\n\n")
		w.(http.Flusher).Flush()
		if r.URL.RawQuery == "stall" {
			<-r.Context().Done()
			return
		}
		_, _ = io.WriteString(w, "event: done\ndata: {}\n\n")
	case !signed:
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"title":"Unauthenticated","detail":"You did not pass a valid authentication token","status":401}`)
	case strings.Contains(r.URL.Path, "/at-once/"):
		_, _ = io.WriteString(w, done)
	case strings.Contains(r.URL.Path, "/later/"):
		answer("starting", "")
	case strings.Contains(r.URL.Path, "/elsewhere/"):
		answer("starting", "https://evil.example/stream")
	case strings.Contains(r.URL.Path, "/stalls/"):
		answer("starting", s.URL+"/stream?stall")
	case strings.Contains(r.URL.Path, "/streams/"):
		answer("starting", s.URL+"/stream")
	case r.URL.Path == "/v1/predictions/p1":
		s.mu.Lock()
		s.polls++
		first := s.polls == 1
		s.mu.Unlock()
		if first {
			w.WriteHeader(http.StatusServiceUnavailable) // which passes
			return
		}
		_, _ = io.WriteString(w, done)
	default:
		_, _ = io.WriteString(w, `{}`)
	}
}

func (s *replicateServer) called(what string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.calls {
		if strings.TrimSpace(c) == what {
			return true
		}
	}
	return false
}

func TestReplicate(t *testing.T) {
	for _, tc := range []struct {
		model  string
		stream bool
		calls  []string
		want   string // error
	}{
		{"acme/at-once", false, []string{"POST /v1/models/acme/at-once/predictions wait=60"}, ""},
		{"acme/later", false, []string{"POST /v1/models/acme/later/predictions wait=60", "GET /v1/predictions/p1"}, ""},
		{"acme/later", true, []string{"POST /v1/models/acme/later/predictions", "GET /v1/predictions/p1"}, ""},
		{"acme/streams", true, []string{"POST /v1/models/acme/streams/predictions", "GET /stream", "GET /v1/predictions/p1"}, ""},
		{"acme/elsewhere", true, []string{"POST /v1/predictions/p1/cancel"}, "The provider names a stream that is not on its own servers."},
	} {
		s, c := newReplicateServer(t), New(Config{})
		target := &gateway.Target{Path: "config", Provider: "replicate", BaseURL: s.URL + "/v1", Credential: gateway.NewSecret("r8_key")}
		answer, err := c.Handler()(context.Background(), gatewaytest.Exchange(t, chat(tc.model, tc.stream), gatewaytest.WithTarget(target)))
		if err == nil {
			var got *gateway.Response
			if got, err = gatewaytest.Fold(answer); err == nil && (got.Choices[0].Text() != "Hello" || got.Usage == nil || got.Usage.Input != 5 || got.Usage.Output != 2) {
				t.Errorf("%s: %+v", tc.model, got)
			}
		}
		if (err == nil) != (tc.want == "") || err != nil && gateway.AsError(err).Public != tc.want {
			t.Errorf("%s: %v", tc.model, err)
		}
		for _, want := range tc.calls {
			if !s.called(want) {
				t.Errorf("%s: no %q among %q", tc.model, want, s.calls)
			}
		}
		_ = c.Close()
	}
}

// TestReplicateCancels: a prediction whose reader leaves is cancelled at the vendor.
func TestReplicateCancels(t *testing.T) {
	s, c := newReplicateServer(t), New(Config{})
	defer c.Close()
	target := &gateway.Target{Path: "config", Provider: "replicate", BaseURL: s.URL + "/v1", Credential: gateway.NewSecret("r8_key")}
	answer, err := c.Handler()(context.Background(), gatewaytest.Exchange(t, chat("acme/stalls", true), gatewaytest.WithTarget(target)))
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Close()
	if !s.called("POST /v1/predictions/p1/cancel") {
		t.Errorf("calls: %q", s.calls)
	}
	ctx, leave := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer leave()
	s.mu.Lock()
	s.calls, s.polls = nil, -1000
	s.mu.Unlock()
	if _, err := c.Handler()(ctx, gatewaytest.Exchange(t, chat("acme/later", false), gatewaytest.WithTarget(target))); gateway.AsError(err).Kind != gateway.Timeout {
		t.Errorf("%v", err)
	}
	if !s.called("POST /v1/predictions/p1/cancel") {
		t.Errorf("calls: %q", s.calls)
	}
}

// TestReplicateImages: images in OpenAI's format.
func TestReplicateImages(t *testing.T) {
	var sent, output string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		sent = r.URL.Path + " " + string(raw)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"id":"p1","status":"succeeded","created_at":"2026-08-01T12:00:00Z","output":`+output+`}`)
	}))
	defer s.Close()
	c := New(Config{})
	defer c.Close()
	target := &gateway.Target{Path: "config", Provider: "replicate", BaseURL: s.URL + "/v1", Credential: gateway.NewSecret("r8_key")}
	for _, tc := range []struct{ fields, output, sent, answer string }{
		{`"prompt":"a cat","n":2,"size":"1024x768","aspect_ratio":"1:1","user":"u","seed":null`, `["https://replicate.delivery/a.png","https://replicate.delivery/b.png"]`,
			`{"input":{"prompt":"a cat","num_outputs":2,"width":1024,"height":768,"aspect_ratio":"1:1"}}`,
			`{"created":1785585600,"data":[{"url":"https://replicate.delivery/a.png"},{"url":"https://replicate.delivery/b.png"}]}`},
		{`"prompt":"a cat","response_format":"url"`, `"https://replicate.delivery/a.png"`, `{"input":{"prompt":"a cat"}}`, `{"created":1785585600,"data":[{"url":"https://replicate.delivery/a.png"}]}`},
		{`"prompt":"a cat"`, `[]`, `{"input":{"prompt":"a cat"}}`, "The provider's prediction holds no images."},
		{`"prompt":"a cat"`, `[5]`, `{"input":{"prompt":"a cat"}}`, "The provider's prediction holds no images."},
		{`"prompt":"a cat","response_format":"b64_json"`, `[]`, "", "The field 'response_format' must be url: this target gives nothing else."},
		{`"prompt":"a cat","stream":true`, `[]`, "", "The field 'stream' must be false: this target makes images in one piece."},
		{`"prompt":"a cat","size":"large"`, `[]`, "", "The field 'size' must be a width and a height such as 1024x1024 for this target."},
	} {
		sent, output = "", tc.output
		req, err := gateway.NewRequest(task.Dialect{Op: gateway.OpImage}, gateway.OpImage, []byte(`{"model":"acme/flux",`+tc.fields+`}`))
		if err != nil {
			t.Fatal(err)
		}
		ex := gatewaytest.Exchange(t, "", gatewaytest.WithTarget(target))
		ex.Request = req
		answer, err := c.Handler()(context.Background(), ex)
		got := ""
		if err != nil {
			got = gateway.AsError(err).Public
		} else if chunk, err := answer.Next(); err == nil {
			if got = string(chunk.Raw); chunk.Usage == nil || chunk.Usage.Images != int64(strings.Count(got, "url")) {
				t.Errorf("%s: %v", tc.fields, chunk.Usage)
			}
		}
		if want := strings.TrimSpace("/v1/models/acme/flux/predictions " + tc.sent); got != tc.answer || tc.sent != "" && sent != want || tc.sent == "" && sent != "" {
			t.Errorf("%s: sent %s, got %s", tc.fields, sent, got)
		}
	}
}
