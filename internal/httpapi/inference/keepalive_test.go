package inference

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

func TestIdleStreamIsKeptAlive(t *testing.T) {
	next := make(chan string)
	s := api(Settings{KeepAlive: 10 * time.Millisecond, Pipeline: func(context.Context, *gateway.Exchange) (gateway.Stream, error) {
		return &fed{next: next}, nil
	}})
	go func() {
		next <- `{"choices":[{"delta":{"content":"a"}}]}`
		time.Sleep(time.Second)
		next <- `{"choices":[{"delta":{"content":"b"}}]}`
		close(next)
	}()
	got := post(s, "/v1/chat/completions", streamed).Body.String()
	if n := strings.Count(got, ": keep-alive\n\n"); n < 2 {
		t.Errorf("%d comments in %q", n, got)
	}
	got = strings.ReplaceAll(got, ": keep-alive\n\n", "")
	if want := "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"b\"}}]}\n\ndata: [DONE]\n\n"; got != want {
		t.Errorf("%q", got)
	}
}

const streamedMessage = `{"model":"m","max_tokens":5,"stream":true,"messages":[{"role":"user","content":"Hello"}]}`

// slow is a pipeline that answers behind a keep-alive, or at once: with events, a body or an error.
func slow(silent bool, answer func() (gateway.Stream, error)) Settings {
	keepAlive := 10 * time.Second
	if silent {
		keepAlive = 20 * time.Millisecond
	}
	return Settings{KeepAlive: keepAlive, Pipeline: func(_ context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
		sent := func() bool {
			return ex.ErrorStatus(&gateway.Error{Kind: gateway.Internal}) == http.StatusOK
		}
		for end := time.Now().Add(10 * time.Second); silent && !sent() && time.Now().Before(end); {
			time.Sleep(5 * time.Millisecond)
		}
		ex.Facts.Attempts = append(ex.Facts.Attempts, gateway.Attempt{Provider: "openai"}) // as the Router does, under the timer's eyes
		return answer()
	}}
}

// TestSilenceBeforeTheFirstToken: a keep-alive fixes the status at 200. What follows is the
// answer, or the failure as an error event of the dialect.
func TestSilenceBeforeTheFirstToken(t *testing.T) {
	const chatPath, messagesPath = "/v1/chat/completions", "/v1/messages"
	overloaded := func() (gateway.Stream, error) {
		return nil, &gateway.Error{Op: "test", Kind: gateway.Upstream, Status: 503, Public: "Overloaded."}
	}
	empty := func() (gateway.Stream, error) { return gateway.Chunks(), nil }
	events := func() (gateway.Stream, error) {
		return gateway.Prime(gatewaytest.NewStream(nil, gatewaytest.Event(`{"choices":[{"index":0,"delta":{"content":"a"}}]}`)))
	}
	body := func() (gateway.Stream, error) {
		return gateway.Chunks(gatewaytest.Body(`{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"whole"},"finish_reason":"stop"}]}`)), nil
	}
	brokenBody := func() (gateway.Stream, error) {
		return gatewaytest.NewStream(errors.New("cut"), gatewaytest.Body(`{"choices":[]}`)), nil
	}
	for name, c := range map[string]struct {
		path   string
		silent bool
		answer func() (gateway.Stream, error)
		status int
		begins string
		holds  string
		ends   string
	}{
		"events":               {chatPath, true, events, 200, ": keep-alive\n\n", `"content":"a"`, "data: [DONE]\n\n"},
		"body":                 {chatPath, true, body, 200, ": keep-alive\n\n", `"content":"whole"`, "data: [DONE]\n\n"},
		"failure":              {chatPath, true, overloaded, 200, ": keep-alive\n\n", `data: {"error":{"message":"Overloaded."`, "}\n\n"},
		"nothing":              {chatPath, true, empty, 200, ": keep-alive\n\n", `data: {"error":{"message":"The provider's answer ended`, "}\n\n"},
		"body that breaks off": {chatPath, true, brokenBody, 200, ": keep-alive\n\n", `data: {"error":{"message":"Sluice failed`, "}\n\n"},
		"failure of a message": {messagesPath, true, overloaded, 200, "event: ping\ndata: {\"type\":\"ping\"}\n\n", `event: error` + "\n" + `data: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded."}`, "}\n\n"},
		"quick failure":        {chatPath, false, overloaded, 503, `{"error":{"message":"Overloaded."`, "Overloaded", "}"},
		"quick answer":         {chatPath, false, events, 200, "data: {", `"content":"a"`, "data: [DONE]\n\n"},
	} {
		t.Run(name, func(t *testing.T) {
			ask := streamed
			if c.path == messagesPath {
				ask = streamedMessage
			}
			w := post(api(slow(c.silent, c.answer)), c.path, ask)
			got := w.Body.String()
			if w.Code != c.status || !strings.HasPrefix(got, c.begins) || !strings.Contains(got, c.holds) || !strings.HasSuffix(got, c.ends) {
				t.Errorf("%d %q", w.Code, got)
			}
			if failed := strings.Contains(got, `"error"`); failed && strings.Contains(got, "[DONE]") {
				t.Errorf("a failure passes for an end: %q", got)
			}
		})
	}
}

// TestKeepAliveReachesTheCallerAtOnce: over a real connection, before the pipeline has answered,
// after one second for clients of OpenRouter.
func TestKeepAliveReachesTheCallerAtOnce(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(api(Settings{Pipeline: func(ctx context.Context, _ *gateway.Exchange) (gateway.Stream, error) {
		select {
		case <-release:
		case <-ctx.Done():
		}
		return gateway.Chunks(gatewaytest.Event(`{"choices":[]}`)), nil
	}}))
	defer server.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	r, _ := http.NewRequestWithContext(ctx, "POST", server.URL+"/api/v1/chat/completions", strings.NewReader(streamed))
	r.Header.Set("Authorization", "Bearer sk-sl-test")
	begin := time.Now()
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	first := make([]byte, len(": keep-alive\n\n"))
	if _, err := io.ReadFull(res.Body, first); err != nil || string(first) != ": keep-alive\n\n" || time.Since(begin) > 5*time.Second {
		t.Errorf("%q after %v: %v", first, time.Since(begin), err)
	}
	if res.StatusCode != 200 || res.Header.Get("X-Sluice-Trace-Id") == "" || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		t.Errorf("%d %v", res.StatusCode, res.Header)
	}
	close(release)
	if rest, err := io.ReadAll(res.Body); err != nil || !strings.HasSuffix(string(rest), "data: [DONE]\n\n") {
		t.Errorf("%q %v", rest, err)
	}
}

// TestStatusOfAFailureAfterAKeepAlive: what is recorded is the status that was sent.
func TestStatusOfAFailureAfterAKeepAlive(t *testing.T) {
	for silent, want := range map[bool]int{false: 502, true: 200} {
		var got int
		s := slow(silent, func() (gateway.Stream, error) {
			return nil, &gateway.Error{Op: "test", Kind: gateway.BadUpstream, Public: "No."}
		})
		inner := s.Pipeline
		s.Pipeline = func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
			stream, err := inner(ctx, ex)
			got = ex.ErrorStatus(gateway.AsError(err)) // as the recorder asks
			return stream, err
		}
		if post(api(s), "/v1/chat/completions", streamed); got != want {
			t.Errorf("silent %v: %d, want %d", silent, got, want)
		}
	}
}
