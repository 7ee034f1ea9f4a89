package provider

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/opaque"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// passed is an exchange of a call that is passed on.
func passed(t *testing.T, vendor, base, path, raw string, pass *gateway.PassThrough) *gateway.Exchange {
	t.Helper()
	req, err := gateway.NewRequest(opaque.Dialect{Free: pass.Free}, gateway.OpPassThrough, []byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	pass.Path = path
	req.Pass = pass
	return gatewaytest.Exchange(t, "", gatewaytest.WithRequest(req), gatewaytest.WithTarget(&gateway.Target{Path: "config", Provider: vendor, BaseURL: base, Credential: gateway.NewSecret(testKey)}))
}

// TestPassedOn: method, path, query, body and the named headers go up with the target's credential;
// status, body and the named headers come back.
func TestPassedOn(t *testing.T) {
	var got *http.Request
	var sent string
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		got, sent = r, string(raw)
		w.Header().Set("Set-Cookie", "a=b")
		w.Header().Set("X-Api-Key", testKey)
		switch {
		case strings.HasSuffix(r.URL.Path, "/content"):
			w.Header().Set("Content-Disposition", "attachment")
			_, _ = io.WriteString(w, "\x00file")
		case strings.HasSuffix(r.URL.Path, "/empty"):
			w.WriteHeader(http.StatusNoContent)
		case strings.HasSuffix(r.URL.Path, "/events"):
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = io.WriteString(w, "event: thread.run.created\ndata: {\"id\":\"run_1\",\"model\":\"m\"}\n\nevent: done\ndata: {\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}\n\nevent: done\ndata: [DONE]\n\n")
		default:
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusCreated)
			_, _ = io.WriteString(w, `{"id":"x","model":"m","usage":{"input_tokens":5,"output_tokens":6,"cache_read_input_tokens":7}}`)
		}
	}))
	defer up.Close()
	client := New(Config{})
	defer client.Close()
	for _, c := range []struct {
		vendor, base, path, raw string
		pass                    gateway.PassThrough
		url, sent, answer       string
		status                  int
		used                    gateway.Usage
	}{
		{"openai", "/v1", "/files/file-1/content", "{}", gateway.PassThrough{Method: "GET", Query: "a=b", Free: true}, "/v1/files/file-1/content?a=b", "", "\x00file", 200, gateway.Usage{}},
		{"openai", "/v1", "/v1/skills", `{"model":"m"}`, gateway.PassThrough{Method: "POST"}, "/v1/skills", `{"model":"m"}`, `{"id":"x","model":"m","usage":{"input_tokens":5,"output_tokens":6,"cache_read_input_tokens":7}}`, 201, gateway.Usage{Input: 12, Output: 6, CacheRead: 7}},
		{"anthropic", "", "/v1/skills%2Fa", `{"model":"m"}`, gateway.PassThrough{Method: "PATCH", Free: true}, "/v1/skills%2Fa", `{"model":"m"}`, `{"id":"x","model":"m","usage":{"input_tokens":5,"output_tokens":6,"cache_read_input_tokens":7}}`, 201, gateway.Usage{}},
		{"openai", "/v1", "/empty", "{}", gateway.PassThrough{Method: "DELETE", Free: true}, "/v1/empty", "", "", 204, gateway.Usage{}},
		{"openai", "/v1", "/threads/runs/events", `{"stream":true}`, gateway.PassThrough{Method: "POST"}, "/v1/threads/runs/events", `{"stream":true}`,
			"event: thread.run.created\ndata: {\"id\":\"run_1\",\"model\":\"m\"}\n\nevent: done\ndata: {\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}\n\nevent: done\ndata: [DONE]\n\n", 200, gateway.Usage{Input: 3, Output: 4}},
		{"openai", "/v1", "/files", "{}", gateway.PassThrough{Method: "POST", Free: true, Body: &gateway.PassedBody{Reader: strings.NewReader("a form"), Length: -1}}, "/v1/files", "a form", `{"id":"x","model":"m","usage":{"input_tokens":5,"output_tokens":6,"cache_read_input_tokens":7}}`, 201, gateway.Usage{}},
	} {
		c.pass.Header = http.Header{"Openai-Beta": {"assistants=v2"}}
		s, err := client.Handler()(context.Background(), passed(t, c.vendor, up.URL+c.base, c.path, c.raw, &c.pass))
		if err != nil {
			t.Errorf("%s: %v", c.path, err)
			continue
		}
		var answer []byte
		used := gateway.Usage{}
		for chunk, err := s.Next(); err != io.EOF; chunk, err = s.Next() {
			if err != nil {
				t.Fatal(err)
			}
			answer = append(answer, chunk.Raw...)
			if chunk.Usage != nil {
				used = *chunk.Usage
			}
		}
		s.Close()
		if url := got.URL.RequestURI(); got.Method != c.pass.Method || url != c.url || sent != c.sent || string(answer) != c.answer || c.pass.Answer.Status != c.status || used != c.used {
			t.Errorf("%s %s %q: %d %q %+v", got.Method, url, sent, c.pass.Answer.Status, answer, used)
		}
		credential, want := got.Header.Get("Authorization"), "Bearer "+testKey
		if c.vendor == "anthropic" {
			credential, want = got.Header.Get("X-Api-Key")+got.Header.Get("Authorization"), testKey
		}
		if got.Header.Get("Openai-Beta") == "" || credential != want {
			t.Errorf("%s: %v", c.path, got.Header)
		}
		for _, name := range []string{"Set-Cookie", "X-Api-Key"} {
			if c.pass.Answer.Header.Get(name) != "" {
				t.Errorf("%s: the caller gets %s", c.path, name)
			}
		}
	}
}

// TestPassedNowhere: a path that leads elsewhere is refused, and a body is sent once.
func TestPassedNowhere(t *testing.T) {
	client := New(Config{})
	defer client.Close()
	for _, path := range []string{"/v1/../admin", "/v1/%2e%2e/admin", "/v1/a%2F..%2F..%2Fb", "//other.example/x", "/v1/a%3Fkey=b", "/v1/a\\b", "/v1/%zz", "v1/a", "/v1/a%0d%0ab", "/v1/./a"} {
		_, err := client.Handler()(context.Background(), passed(t, "openai", "http://127.0.0.1:1/v1", path, "{}", &gateway.PassThrough{Method: "GET", Free: true}))
		if e := gateway.AsError(err); e == nil || e.Kind != gateway.Invalid || e.Param != "path" {
			t.Errorf("%s: %v", path, err)
		}
	}
	body := &gateway.PassedBody{Reader: strings.NewReader("x"), Length: 1}
	if _, ok := body.Take(); !ok {
		t.Error("the body is taken")
	}
	_, err := client.Handler()(context.Background(), passed(t, "openai", "http://127.0.0.1:1/v1", "/files", "{}", &gateway.PassThrough{Method: "POST", Free: true, Body: body}))
	if e := gateway.AsError(err); e == nil || e.Kind != gateway.Invalid {
		t.Errorf("a second time: %v", err)
	}
}
