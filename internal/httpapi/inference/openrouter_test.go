package inference

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// TestOpenRouterStreamsAlwaysTellUsage: OpenRouter's clients count on it unasked, nobody else's do.
func TestOpenRouterStreamsAlwaysTellUsage(t *testing.T) {
	for _, c := range []struct{ path, more, raw string }{
		{"/v1", `"stream":true,`, `"stream":true,"messages":[{}]`},
		{"/api/v1", ``, `{"messages":[{}]`},
		{"/api/v1", `"stream":true,`, `"messages":[{}],"stream_options":{"include_usage":true}`},
		{"/api/v1", `"stream":true,"stream_options":null,`, `"stream_options":{"include_usage":true},"messages":[{}]`},
		{"/api/v1", `"stream":true,"stream_options":{"include_usage":false,"x":1},`, `"stream_options":{"include_usage":true,"x":1},"messages":[{}]`},
	} {
		got := ""
		s := api(Settings{Pipeline: func(_ context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
			if ex.Refused != nil {
				return nil, ex.Refused
			}
			got = string(ex.Request.Raw)
			if ex.Request.WantsUsage() != strings.Contains(got, "include_usage") {
				t.Errorf("WantsUsage and the body differ: %s", got)
			}
			return gatewaytest.NewStream(nil, gatewaytest.Body(`{"choices":[]}`)), nil
		}})
		s.ServeHTTP(httptest.NewRecorder(), call(c.path+"/chat/completions", "{"+c.more+`"messages":[{}]}`))
		if !strings.Contains(got, c.raw) {
			t.Errorf("%s %s: %s", c.path, c.more, got)
		}
	}
}

// TestOpenRouterNamesThoughts: OpenRouter's clients read "reasoning", others read what they know.
func TestOpenRouterNamesThoughts(t *testing.T) {
	for path, want := range map[string]string{
		"/api/v1": `{"reasoning_content":"Who \"asks\"?","content":"I","reasoning":"Who \"asks\"?"}`,
		"/v1":     `{"reasoning_content":"Who \"asks\"?","content":"I"}`,
	} {
		for body, part := range map[string]string{"": "message", `"stream":true,`: "delta"} {
			s := api(Settings{Pipeline: func(_ context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
				if ex.Refused != nil {
					return nil, ex.Refused
				}
				answer := `{"choices":[{"index":0,"` + part + `":{"reasoning_content":"Who \"asks\"?","content":"I"}}]}`
				chunk := gatewaytest.Body(answer)
				if part == "delta" {
					chunk = gatewaytest.Event(answer)
				}
				return gatewaytest.NewStream(nil, chunk), nil
			}})
			w := httptest.NewRecorder()
			s.ServeHTTP(w, call(path+"/chat/completions", "{"+body+`"messages":[{}]}`))
			if !strings.Contains(w.Body.String(), `"`+part+`":`+want) {
				t.Errorf("%s %s: %s", path, part, w.Body)
			}
		}
	}
}
