package dialect_test

import (
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/gemini"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
)

// FuzzPrompt: the parts of any body lie inside of it, each with its holes inside of it and in
// order, and cache points can be set in any body.
func FuzzPrompt(f *testing.F) {
	f.Add([]byte(`{"tools":[{"name":"a","cache_control":{"type":"ephemeral"}}],"system":[{"cache_control":{},"type":"text","text":"x"}],"messages":[{"role":"user","content":[{"type":"tool_result","content":[{"cache_control":1,"x":{}}],"cache_control":null}]}]}`))
	f.Add([]byte(`{"tools":{},"system":3,"system_instruction":[],"messages":[1,"x",[],{"content":null}],"contents":{"parts":"x"},"input":[{"role":1,"content":{}},{"output":[{"prompt_cache_breakpoint":{}}]}],"thinking":[],"text":{"format":[]}}`))
	f.Add([]byte(`{"input":"x","instructions":null,"tools":[[],{"function":{"cache_control":{}}}],"contents":[{"parts":[{"text":"x"},{"text":1}]}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if gateway.CheckBody("test", raw) != nil {
			return
		}
		for _, format := range []gateway.PromptFormat{openai.Dialect{}, responses.Dialect{}, anthropic.Dialect{}, gemini.Dialect{}} {
			p := format.Prompt(raw)
			if p.Head > p.First || p.First > len(p.Parts) {
				t.Fatalf("%T: %d, %d of %d parts", format, p.Head, p.First, len(p.Parts))
			}
			for i := range p.Parts {
				part := &p.Parts[i]
				at, size := part.At.Start, 0
				for _, h := range part.Holes {
					if h.Start < at || h.End < h.Start || h.End > part.At.End {
						t.Fatalf("%T: hole %v of %v", format, h, part.At)
					}
					at = h.End
				}
				part.Segments(raw, func(_ int, segment []byte) bool { size += len(segment); return true })
				if part.At.Start < 0 || part.At.End > len(raw) || part.At.End <= part.At.Start || size != part.Size() {
					t.Fatalf("%T: part %v of %d bytes", format, part.At, len(raw))
				}
			}
		}
		if out := anthropic.WithCachePoints(raw); gateway.CheckBody("test", out) != nil {
			t.Fatalf("%s\nbecame %s", raw, out)
		}
		if out := anthropic.WithoutBillingLine(raw); gateway.CheckBody("test", out) != nil {
			t.Fatalf("%s\nbecame %s", raw, out)
		}
	})
}
