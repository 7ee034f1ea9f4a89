package pace_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/sluicegate/sluice/cache/pace"
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/gemini"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func request(t *testing.T, d gateway.Dialect, body string) *gateway.Request {
	t.Helper()
	req, err := gateway.NewRequest(d, gateway.OpChat, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return req
}

const (
	asked  = `{"model":"m","stream":true,"messages":[{"role":"user","content":"why"}]}`
	answer = `{"id":"c","object":"chat.completion","created":7,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"TEXT"},"finish_reason":"stop"}]}`
)

// TestDialects holds that the pieces of an answer fold into the answer, in each format.
func TestDialects(t *testing.T) {
	const text = "Short waves 蓝色的光 scatter more than long ones do."
	for _, c := range []struct {
		dialect       gateway.Dialect
		request, body string
	}{
		{openai.Dialect{}, asked, answer},
		{anthropic.Dialect{}, `{"model":"m","stream":true,"max_tokens":9,"messages":[{"role":"user","content":"why"}]}`,
			`{"id":"c","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"TEXT"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":2}}`},
		{responses.Dialect{}, `{"model":"m","stream":true,"input":"why"}`,
			`{"id":"c","object":"response","created_at":7,"status":"completed","model":"m","output":[{"type":"message","id":"o","role":"assistant","status":"completed","content":[{"type":"output_text","text":"TEXT","annotations":[]}]}]}`},
		{gemini.Dialect{}, `{"stream":true,"model":"m","contents":[{"role":"user","parts":[{"text":"why"}]}]}`,
			`{"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":"TEXT"}]},"finishReason":"STOP"}]}`},
	} {
		s := pace.Stream(t.Context(), request(t, c.dialect, c.request), 500, []byte(strings.ReplaceAll(c.body, "TEXT", text)), nil)
		var got gateway.Response
		parts := 0
		for {
			chunk, err := s.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if len(chunk.Deltas) > 0 && chunk.Deltas[0].Text != "" {
				parts++
			}
			got.Fold(chunk)
		}
		s.Close()
		if len(got.Choices) != 1 || got.Choices[0].Text() != text || got.Choices[0].Finish != "stop" || parts < 2 {
			t.Errorf("%s: %d parts, %+v", c.dialect.Name(), parts, got)
		}
	}
}

// TestAtOnce holds that an answer is not streamed in pieces to a caller who wants no stream, or all of it at
// once, or whose answer came whole.
func TestAtOnce(t *testing.T) {
	for what, s := range map[string]gateway.Stream{
		"no stream":        pace.Stream(t.Context(), request(t, openai.Dialect{}, strings.Replace(asked, "true", "false", 1)), 500, []byte(answer), nil),
		"fast":             pace.Stream(t.Context(), request(t, openai.Dialect{}, asked), gateway.PaceFast, []byte(answer), nil),
		"the original was": pace.Stream(t.Context(), request(t, openai.Dialect{}, asked), gateway.PaceOriginal, []byte(answer), nil),
		"no body":          pace.Stream(t.Context(), request(t, openai.Dialect{}, asked), 500, []byte("{"), nil),
	} {
		if s != nil {
			t.Errorf("%s: it is streamed in pieces", what)
			s.Close()
		}
	}
}

// TestStops holds that a caller who leaves ends a replay at once.
func TestStops(t *testing.T) {
	long := strings.Replace(answer, "TEXT", strings.Repeat("word ", 200), 1)
	for name, leave := range map[string]func(cancel context.CancelFunc, s gateway.Stream){
		"hangs up": func(cancel context.CancelFunc, _ gateway.Stream) { cancel() },
		"closes":   func(_ context.CancelFunc, s gateway.Stream) { s.Close() },
	} {
		ctx, cancel := context.WithCancel(context.Background())
		s := pace.Stream(ctx, request(t, openai.Dialect{}, asked), 1, []byte(long), nil) // a token in a second
		time.AfterFunc(20*time.Millisecond, func() { leave(cancel, s) })
		events := 0
		var err error
		for err == nil && events < 100 {
			_, err = s.Next()
			events++
		}
		if e := gateway.AsError(err); e == nil || e.Kind != gateway.Cancelled {
			t.Errorf("%s: %d events, then %v", name, events, err)
		}
		s.Close()
		cancel()
	}
}
