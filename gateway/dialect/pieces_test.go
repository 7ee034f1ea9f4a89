package dialect_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// An answer of 1 MB in pieces of 4 bytes is translated and folded in linear time. What is
// allocated tells, and does not depend on the machine: joining strings copies 128 GB.
func TestManySmallPieces(t *testing.T) {
	const pieces = 1 << 20 / 4
	for _, tc := range []struct {
		name     string
		from, to dialect.Format // of caller and target
		body     string
		start    []string
		piece    string
		end      []string
	}{
		{"a tool call of OpenAI's", anthropic.Dialect{}, openai.Dialect{}, `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"Hi"}]}`,
			[]string{`{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":""}}]}}]}`},
			`{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"1111"}}]}}]}`, []string{`{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}`}},
		{"a tool call of Anthropic's", openai.Dialect{}, anthropic.Dialect{}, gatewaytest.Hello,
			[]string{`{"type":"message_start","message":{"id":"a","model":"m","content":[]}}`, `{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"c","name":"f","input":{}}}`},
			`{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"1111"}}`,
			[]string{`{"type":"content_block_stop","index":0}`, `{"type":"message_delta","delta":{"stop_reason":"tool_use"}}`, `{"type":"message_stop"}`}},
		{"signed reasoning", openai.Dialect{}, anthropic.Dialect{}, gatewaytest.Hello,
			[]string{`{"type":"message_start","message":{"id":"a","model":"m","content":[]}}`, `{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}`},
			`{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"1111"}}`,
			[]string{`{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"s"}}`, `{"type":"content_block_stop","index":0}`, `{"type":"message_delta","delta":{"stop_reason":"end_turn"}}`, `{"type":"message_stop"}`}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			req, err := gateway.NewRequest(tc.from, gateway.OpChat, []byte(tc.body))
			if err != nil {
				t.Fatal(err)
			}
			tr, _, err := dialect.Translate(tc.from, tc.to, req)
			if err != nil {
				t.Fatal(err)
			}
			var cs []gateway.Chunk
			add := func(raw string) {
				c := gateway.Chunk{Raw: []byte(raw), Dialect: tc.to}
				c.Read()
				cs = append(cs, c)
			}
			for _, raw := range tc.start {
				add(raw)
			}
			add(tc.piece)
			for range pieces - 1 {
				cs = append(cs, cs[len(cs)-1])
			}
			for _, raw := range tc.end {
				add(raw)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			var theirs gateway.Response
			for _, c := range cs {
				theirs.Fold(c)
			}
			s, err := tr.Answer(gateway.Chunks(cs...))
			if err != nil {
				t.Fatal(err)
			}
			var ours gateway.Response
			for {
				c, err := s.Next()
				if err != nil {
					break
				}
				ours.Fold(c)
			}
			runtime.ReadMemStats(&after)
			for who, r := range map[string]*gateway.Response{"target": &theirs, "caller": &ours} {
				if n := strings.Count(string(r.Body()), "1111"); n < pieces {
					t.Errorf("%s: %d pieces of %d", who, n, pieces)
				}
			}
			if n := (after.TotalAlloc - before.TotalAlloc) >> 30; n > 10 {
				t.Errorf("%d GB were allocated", n)
			}
		})
	}
}
