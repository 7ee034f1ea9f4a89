package cache_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/gemini"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
)

func streamed(text string) string { return strings.Replace(chat(text), "{", `{"stream":true,`, 1) }

// texts pulls a stream and returns the texts of its events.
func (r *rig) texts(body string) (texts []string, f *gateway.Facts) {
	r.t.Helper()
	ex := r.exchange(body)
	s, err := r.chain(context.Background(), ex)
	if err != nil {
		r.t.Fatal(err)
	}
	defer s.Close()
	for {
		c, err := s.Next()
		if err == io.EOF {
			return texts, ex.Facts
		}
		if err != nil {
			r.t.Fatal(err)
		}
		for i := range c.Deltas {
			if c.Deltas[i].Text != "" {
				texts = append(texts, c.Deltas[i].Text)
			}
		}
	}
}

// TestStreamPace holds in which pieces a stored answer is streamed: whole, as it came, or in tokens,
// also after a restart.
func TestStreamPace(t *testing.T) {
	file := t.TempDir() + "/cache.snapshot"
	r := newRig(t, func(c *cache.Config) { c.File = file })
	r.plan.Cache.StreamPace = gateway.PaceOriginal
	r.texts(streamed(question)) // "ans", "wer 1"
	if err := r.cache.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	for pace, want := range map[gateway.StreamPace]string{gateway.PaceFast: "answer 1", gateway.PaceOriginal: "ans|wer 1", 1000: "answer 1", 10: "answ|er 1"} {
		b := newRig(t, func(c *cache.Config) { c.File = file })
		b.plan.Cache.StreamPace = pace
		got, f := b.texts(streamed(question))
		if strings.Join(got, "|") != want || outcome(f) != "HIT exact" {
			t.Errorf("%v: %q, %+v", pace, got, f.Cache)
		}
	}
}

// TestPacedDialects holds that the pieces of an answer fold into the answer, in each format.
func TestPacedDialects(t *testing.T) {
	const text = "Short waves 蓝色的光 scatter more than long ones do."
	for _, c := range []struct {
		dialect       gateway.Dialect
		request, body string
	}{
		{openai.Dialect{}, `{"model":"m","stream":true,"messages":[{"role":"user","content":"why"}]}`,
			`{"id":"c","object":"chat.completion","created":7,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"TEXT"},"finish_reason":"stop"}]}`},
		{anthropic.Dialect{}, `{"model":"m","stream":true,"max_tokens":9,"messages":[{"role":"user","content":"why"}]}`,
			`{"id":"c","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"TEXT"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":2}}`},
		{responses.Dialect{}, `{"model":"m","stream":true,"input":"why"}`,
			`{"id":"c","object":"response","created_at":7,"status":"completed","model":"m","output":[{"type":"message","id":"o","role":"assistant","status":"completed","content":[{"type":"output_text","text":"TEXT","annotations":[]}]}]}`},
		{gemini.Dialect{}, `{"stream":true,"model":"m","contents":[{"role":"user","parts":[{"text":"why"}]}]}`,
			`{"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":"TEXT"}]},"finishReason":"STOP"}]}`},
	} {
		r := newRig(t, nil)
		body := strings.ReplaceAll(c.body, "TEXT", text)
		r.chain = gateway.Chain("end", func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
			chunk := gateway.Chunk{Dialect: c.dialect, Form: gateway.FormBody, Raw: []byte(body)}
			chunk.Read()
			ex.Facts.Attempts = append(ex.Facts.Attempts, gateway.Attempt{Target: ex.Plan.Root.Primary()[0].Path})
			return gateway.Chunks(chunk), nil
		}, r.cache.Stage())
		r.plan.Cache.StreamPace = 500
		ask := func() (parts int, got gateway.Response, f *gateway.Facts) {
			req, err := gateway.NewRequest(c.dialect, gateway.OpChat, []byte(c.request))
			if err != nil {
				t.Fatal(err)
			}
			ex := r.exchange(chat("unused"))
			ex.Request = req
			s, err := r.chain(context.Background(), ex)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			for {
				chunk, err := s.Next()
				if err == io.EOF {
					return parts, got, ex.Facts
				}
				if err != nil {
					t.Fatal(err)
				}
				if len(chunk.Deltas) > 0 && chunk.Deltas[0].Text != "" {
					parts++
				}
				got.Fold(chunk)
			}
		}
		ask()
		parts, got, f := ask()
		if !f.Cache.Status.Hit() || len(got.Choices) != 1 || got.Choices[0].Text() != text || got.Choices[0].Finish != "stop" || parts < 2 {
			t.Errorf("%s: %d parts, %+v, %+v", c.dialect.Name(), parts, got, f.Cache)
		}
	}
}

// TestPacedStreamStops holds that a caller who leaves ends a replay at once.
func TestPacedStreamStops(t *testing.T) {
	r := newRig(t, nil)
	r.up.answer = `{"choices":[{"index":0,"message":{"role":"assistant","content":` + quote(strings.Repeat("word ", 200)) + `},"finish_reason":"stop"}]}`
	r.ask(chat(question))
	r.plan.Cache.StreamPace = 1 // a token in a second
	for name, leave := range map[string]func(cancel context.CancelFunc, s gateway.Stream){
		"hangs up": func(cancel context.CancelFunc, _ gateway.Stream) { cancel() },
		"closes":   func(_ context.CancelFunc, s gateway.Stream) { s.Close() },
	} {
		ctx, cancel := context.WithCancel(context.Background())
		s, err := r.chain(ctx, r.exchange(streamed(question)))
		if err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(20*time.Millisecond, func() { leave(cancel, s) })
		events := 0
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
