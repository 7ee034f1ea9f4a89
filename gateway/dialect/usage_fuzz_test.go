package dialect_test

import (
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/gemini"
	"github.com/sluicegate/sluice/gateway/dialect/opaque"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
	"github.com/sluicegate/sluice/gateway/dialect/task"
)

// FuzzUsage: whatever an answer or an event says that it used, no count is negative or so large that sums
// of a million answers would not fit.
func FuzzUsage(f *testing.F) {
	for _, usage := range []string{
		`{"prompt_tokens":-1,"completion_tokens":1e30,"prompt_tokens_details":{"cached_tokens":9223372036854775807}}`,
		`{"input_tokens":9223372036854775807,"cache_read_input_tokens":9223372036854775807,"cache_creation_input_tokens":9223372036854775807,"output_tokens":"7","server_tool_use":{"web_search_requests":-3}}`,
		`{"type":"duration","seconds":1e300}`,
	} {
		f.Add(`{"usage":` + usage + `,"data":[{}],"duration":-1}`)
		f.Add(`{"type":"response.completed","response":{"usage":` + usage + `}}`)
		f.Add(`{"type":"message_start","message":{"usage":` + usage + `}}`)
	}
	f.Add(`{"usageMetadata":{"promptTokenCount":-5,"candidatesTokenCount":9223372036854775807,"thoughtsTokenCount":9223372036854775807,"promptTokensDetails":[{"modality":"AUDIO","tokenCount":-7}]}}`)
	f.Add(`{"results":[],"meta":{"billed_units":{"search_units":-1,"input_tokens":1e19}}}`)
	dialects := map[string]gateway.Dialect{"openai": openai.Dialect{}, "anthropic": anthropic.Dialect{}, "responses": responses.Dialect{}, "gemini": gemini.Dialect{}, "opaque": opaque.Dialect{}}
	for _, op := range []gateway.Op{gateway.OpCompletions, gateway.OpRerank, gateway.OpModeration, gateway.OpImage, gateway.OpSpeech, gateway.OpTranscription} {
		dialects[string(op)] = task.Dialect{Op: op}
	}
	const most = 1 << 43 // times a million fits
	f.Fuzz(func(t *testing.T, body string) {
		if gateway.CheckBody("fuzz", []byte(body)) != nil {
			return
		}
		for name, d := range dialects {
			for _, form := range []gateway.Form{gateway.FormBody, gateway.FormEvent} {
				c := gateway.Chunk{Raw: []byte(body), Form: form, Dialect: d}
				c.Read()
				for _, u := range []*gateway.Usage{c.Usage, c.Early} {
					if u == nil {
						continue
					}
					for _, unit := range gateway.Units {
						if n := *u.Count(unit); n < 0 || n > most {
							t.Errorf("%s: %s is %d", name, unit, n)
						}
					}
				}
			}
		}
	})
}
