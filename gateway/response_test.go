package gateway_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
)

// read makes a chunk of raw.
func read(d gateway.Dialect, form gateway.Form, raw string) gateway.Chunk {
	c := gateway.Chunk{Raw: []byte(raw), Form: form, Dialect: d}
	c.Read()
	return c
}

// What is kept of an answer is bounded; how it ended is kept all the same.
func TestFoldIsBounded(t *testing.T) {
	piece := strings.Repeat("x", 64<<10)
	for _, tc := range []struct {
		name   string
		d      gateway.Dialect
		events []string // the one with the long piece is repeated
	}{
		{"openai text", openai.Dialect{}, []string{`{"id":"a","model":"m","choices":[{"index":0,"delta":{"role":"assistant"}}]}`, `{"choices":[{"index":0,"delta":{"content":"` + piece + `"}}]}`,
			`{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`, `{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}`}},
		{"openai tool", openai.Dialect{}, []string{`{"id":"a","model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":""}}]}}]}`,
			`{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"` + piece + `"}}]}}]}`,
			`{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`, `{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}`}},
		{"anthropic text", anthropic.Dialect{}, []string{`{"type":"message_start","message":{"id":"a","model":"m","content":[],"usage":{"input_tokens":1}}}`,
			`{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}`, `{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"` + piece + `"}}`, `{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":1,"output_tokens":2}}`}},
		{"anthropic blocks", anthropic.Dialect{}, []string{`{"type":"message_start","message":{"id":"a","model":"m","content":[],"usage":{"input_tokens":1}}}`,
			`{"type":"content_block_start","index":0,"content_block":{"type":"unknown","data":"` + piece + `"}}`, `{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":1,"output_tokens":2}}`}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := gateway.Response{Limit: 1 << 20}
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			for _, raw := range tc.events {
				c := read(tc.d, gateway.FormEvent, raw)
				r.Fold(c)
				for n := 0; len(raw) > len(piece) && n < 400<<20/len(piece); n++ {
					r.Fold(c)
				}
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 16<<20 {
				t.Errorf("400 MB take %d MB", grown>>20)
			}
			body := r.Body()
			if !r.Truncated || len(body) > 2<<20 || len(body) < 1<<19 || r.Model != "m" || r.Usage == nil || r.Usage.Output != 2 || len(r.Choices) != 1 || r.Choices[0].Finish != "stop" {
				t.Errorf("truncated %v, %d bytes, %+v, %+v", r.Truncated, len(body), r.AnswerHead, r.Usage)
			}
			whole := gateway.Response{Limit: 1 << 20}
			for _, raw := range tc.events {
				whole.Fold(read(tc.d, gateway.FormEvent, raw))
			}
			if whole.Truncated {
				t.Error("a short answer is truncated")
			}
		})
	}
}

// A body over the limit is not kept; of vectors that nobody records, the rest is.
func TestFoldOfALargeBody(t *testing.T) {
	chat := read(openai.Dialect{}, gateway.FormBody, `{"model":"m","choices":[{"message":{"content":"`+strings.Repeat("x", 2000)+`"},"finish_reason":"stop"}]}`)
	r := gateway.Response{Limit: 1000}
	if r.Fold(chat); !r.Truncated || len(r.Body()) > 1000 || r.Choices[0].Finish != "stop" {
		t.Errorf("%v %s", r.Truncated, r.Body())
	}
	vectors := read(openai.Dialect{}, gateway.FormBody, `{"object":"list","data":[{"embedding":[`+strings.Repeat("0.5,", 1000)+`1]}],"model":"m","usage":{"prompt_tokens":1}}`)
	r = gateway.Response{Limit: 1000}
	if r.Fold(vectors); r.Truncated || !strings.Contains(string(r.Body()), `"usage"`) {
		t.Errorf("%v %s", r.Truncated, r.Body())
	}
}

// Choices that nobody asked for do not pile up.
func TestFoldOfManyChoices(t *testing.T) {
	var r gateway.Response
	for i := range 100_000 {
		r.Fold(gateway.Chunk{Deltas: []gateway.Delta{{Choice: i, Text: "x"}}})
	}
	if !r.Truncated || len(r.Choices) > 1024 {
		t.Errorf("%d choices", len(r.Choices))
	}
}
