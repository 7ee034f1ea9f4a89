package httpapi

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi/errorformat"
)

// TestErrorsInTheCallersDialect: whatever goes wrong, before a key is known or on a path that no
// route has, a client can read the error.
func TestErrorsInTheCallersDialect(t *testing.T) {
	s := serve(secrets, func(s *Settings) {
		s.Routes = append(s.Routes, Route{Method: http.MethodPost, Path: "/v1/messages", Need: gateway.CompletionsWrite, Handle: func(*Call) error { panic("boom") }})
	})
	shapes := map[string]func(gjson.Result) bool{
		"OpenAI": func(r gjson.Result) bool {
			return r.Get("error.type").Exists() && r.Get("error.code").Exists() && !r.Get("type").Exists()
		},
		"Anthropic": func(r gjson.Result) bool {
			return r.Get("type").String() == "error" && r.Get("error.type").String() != "" && r.Get("request_id").String() == "01TEST"
		},
		"Google": func(r gjson.Result) bool {
			return r.Get("error.code").Int() >= 400 && r.Get("error.status").Exists() && strings.ToUpper(r.Get("error.status").String()) == r.Get("error.status").String()
		},
	}
	for _, c := range []struct {
		method, path, header, value string
		status                      int
		shape                       string
	}{
		{"GET", "/v1/nothing", "", "", 404, "OpenAI"},
		{"GET", "/api/v1/nothing", "", "", 404, "OpenAI"},
		{"GET", "/v1/messagesandmore", "", "", 404, "OpenAI"},
		{"POST", "/v1/messages/batches", "", "", 404, "Anthropic"},
		{"POST", "/api/v1/messages/batches", "", "", 404, "Anthropic"},
		{"POST", "/messages/batches", "", "", 404, "Anthropic"},
		{"GET", "/v1/messages", "", "", 405, "Anthropic"},
		{"POST", "/v1/messages", "", "", 500, "Anthropic"},
		{"GET", "/v1/nothing", "Anthropic-Version", "2023-06-01", 404, "Anthropic"},
		{"GET", "/v1/test", "Anthropic-Version", "2023-06-01", 401, "Anthropic"},
		{"POST", "/v1beta/models/m:countNothing", "", "", 404, "Google"},
		{"POST", "/api/v1beta/x", "", "", 404, "Google"},
		{"POST", "/v1/models/m:countNothing", "", "", 404, "Google"},
		{"GET", "/v1/test", "X-Goog-Api-Key", "bad", 401, "Google"},
		{"GET", "/v1/test?key=bad", "", "", 401, "Google"},
		{"GET", "/v1/test", "X-Api-Key", "bad", 401, "OpenAI"},
	} {
		header := []string{"Authorization", ""}
		if c.header != "" {
			header = append(header, c.header, c.value)
		}
		w := call(s, c.method, c.path, "", header...)
		body := gjson.ParseBytes(w.Body.Bytes())
		if w.Code != c.status || body.Get("error.message").String() == "" || w.Header().Get("Request-Id") != "01TEST" || w.Header().Get("X-Request-Id") != "01TEST" {
			t.Errorf("%s %s: %d %s", c.method, c.path, w.Code, w.Body)
		}
		for name, is := range shapes {
			if is(body) != (name == c.shape) {
				t.Errorf("%s %s: %s's shape: %s", c.method, c.path, name, w.Body)
			}
		}
	}
}

// TestGoogleError: what is known beside the message is in the details.
func TestGoogleError(t *testing.T) {
	s := serve(func(*Call) error {
		return &gateway.Error{Op: "test", Kind: gateway.RateLimited, Public: "Slow down.", Param: "contents", Code: "too_many", RetryAfter: 1500 * time.Millisecond}
	}, func(s *Settings) { s.Routes[0].Errors = errorformat.Google{} })
	got := call(s, "POST", "/v1/test", "").Body.String()
	const types = "type.googleapis.com/google.rpc."
	want := fmt.Sprintf(`{"error":{"code":429,"message":"Slow down.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"%sBadRequest","fieldViolations":[{"field":"contents","description":"Slow down."}]},`+
		`{"@type":"%sErrorInfo","reason":"too_many","domain":"sluice"},{"@type":"%sRetryInfo","retryDelay":"1.5s"}]}}`, types, types, types)
	if got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
