package gateway

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// BenchmarkRequest is what every exchange pays before any stage works: the body is read and,
// where something is suspected in it, its texts are listed.
func BenchmarkRequest(b *testing.B) {
	body := fmt.Sprintf(`{"model":"m","temperature":0.2,"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":%q}]}`, strings.Repeat("The courier could not reach the door. ", 26))
	b.Run("new", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := NewRequest(OpChat, []byte(body), "messages"); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("with fields", func(b *testing.B) {
		req, _ := NewRequest(OpChat, []byte(body))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := req.WithFields(jsonx.Change{Name: "temperature"}, jsonx.Change{Name: "max_tokens", Value: []byte("400")}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("applied", func(b *testing.B) {
		req, _ := NewRequest(OpChat, []byte(body))
		t := Target{Default: []byte(`{"max_tokens":400}`), Override: []byte(`{"model":"n"}`)}
		b.ReportAllocs()
		for b.Loop() {
			if _, err := t.Apply(req); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("texts", func(b *testing.B) {
		req, _ := NewRequest(OpChat, []byte(body))
		b.ReportAllocs()
		for b.Loop() {
			if len(req.Texts()) != 2 {
				b.Fatal("texts")
			}
		}
	})
}

// BenchmarkAnswer is what the provider, the attempt's record and a fold read of a body.
func BenchmarkAnswer(b *testing.B) {
	raw := []byte(`{"id":"chatcmpl-1","object":"chat.completion","created":1790000000,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"` +
		strings.Repeat("All requests cost the same here. ", 22) +
		`","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":240,"completion_tokens":160,"total_tokens":400,"prompt_tokens_details":{"cached_tokens":0}}}`)
	b.ReportAllocs()
	for b.Loop() {
		c := Chunk{Form: FormBody, Raw: raw, Lasting: true}
		c.ReadDeltas(nil)
		var r Response
		if r.Fold(c); r.Choices[0].Finish != "stop" {
			b.Fatal("finish")
		}
	}
}

// BenchmarkValid is the proof that an answer is JSON.
func BenchmarkValid(b *testing.B) {
	raw := []byte(`{"id":"chatcmpl-1","object":"chat.completion","created":1790000000,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"` +
		strings.Repeat("All requests cost the same here. ", 22) +
		`","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":240,"completion_tokens":160,"total_tokens":400,"prompt_tokens_details":{"cached_tokens":0}}}`)
	for b.Loop() {
		if !jsonx.Valid(raw) {
			b.Fatal("invalid")
		}
	}
}

// BenchmarkChain is what nine stages cost that do nothing, five of which have a stream of
// their own, as the real ones.
func BenchmarkChain(b *testing.B) {
	tail := func(next Handler) Handler {
		return func(ctx context.Context, ex *Exchange) (Stream, error) { return next(ctx, ex) }
	}
	own := func(next Handler) Handler { return Account(next, func(*Exchange, error) {}) }
	end := func(context.Context, *Exchange) (Stream, error) { return Chunks(Chunk{Form: FormBody}), nil }
	h := Chain("i", end, Stage{"a", own}, Stage{"b", tail}, Stage{"c", tail}, Stage{"d", own}, Stage{"e", tail}, Stage{"f", tail}, Stage{"g", own}, Stage{"h", own})
	b.ReportAllocs()
	for b.Loop() {
		ex := &Exchange{Start: time.Now(), Facts: &Facts{}}
		s, err := h(context.Background(), ex)
		for err == nil {
			_, err = s.Next()
		}
		_ = s.Close()
		Settle(ex.Facts.Timing)
	}
}
