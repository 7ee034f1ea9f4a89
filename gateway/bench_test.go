package gateway

import (
	"fmt"
	"strings"
	"testing"
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
		c := Chunk{Form: FormBody, Raw: raw}
		c.ReadDeltas(nil)
		var r Response
		if r.Fold(c); r.Choices[0].Finish != "stop" {
			b.Fatal("finish")
		}
	}
}
