package dialect_test

import (
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/cohere"
	"github.com/sluicegate/sluice/gateway/dialect/embedding"
	"github.com/sluicegate/sluice/gateway/dialect/gemini"
	"github.com/sluicegate/sluice/gateway/dialect/live"
	"github.com/sluicegate/sluice/gateway/dialect/ollama"
	"github.com/sluicegate/sluice/gateway/dialect/opaque"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/dialect/realtime"
	"github.com/sluicegate/sluice/gateway/dialect/replicate"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
	"github.com/sluicegate/sluice/gateway/dialect/task"
	"github.com/sluicegate/sluice/gateway/dialect/workersai"
	"github.com/sluicegate/sluice/gateway/sse"
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
	dialects["realtime"], dialects["live"] = realtime.Dialect{}, live.Dialect{}
	f.Add(`{"type":"response.done","response":{"usage":{"input_tokens":-1,"output_tokens":1e30,"input_token_details":{"audio_tokens":9223372036854775807}}}}`)
	f.Add(`{"type":"message","usage":{"iterations":[{"type":"compaction","input_tokens":-1,"cache_read_input_tokens":9223372036854775807,"output_tokens":1e30}]}}`)
	f.Add(`{"meta":{"billed_units":{"input_tokens":-1,"image_tokens":9223372036854775807,"images":-1}},"embeddings":{"float":[[1]]}}`)
	f.Add(`{"prompt_eval_count":-1,"eval_count":1e30,"done":true,"message":{},"embeddings":[[1]]}`)
	f.Add(`{"predictions":[{"embeddings":{"values":[1],"statistics":{"token_count":9223372036854775807}}},{"embeddings":{"values":[1],"statistics":{"token_count":9223372036854775807}}}]}`)
	f.Add(`{"embedding":[1],"inputTextTokenCount":-1}`)
	f.Add(`{"status":"succeeded","metrics":{"input_token_count":-1,"output_token_count":9223372036854775807}}`)
	f.Add(`{"result":{"response":"x","usage":{"prompt_tokens":-1,"completion_tokens":1e30}},"data":[[1]],"usage":{"prompt_tokens":-1}}`)
	f.Add(`{"type":"message-end","delta":{"finish_reason":"COMPLETE","usage":{"billed_units":{"input_tokens":-1,"output_tokens":1e30}}}}`)
	const most = 1 << 43 // times a million fits
	check := func(t *testing.T, name string, u *gateway.Usage) {
		if u == nil {
			return
		}
		for _, unit := range gateway.Units {
			if n := *u.Count(unit); n < 0 || n > most {
				t.Errorf("%s: %s is %d", name, unit, n)
			}
		}
	}
	vectors := map[string]dialect.EmbeddingTarget{"cohere": cohere.Dialect{}, "ollama": ollama.Dialect{}, "predict": embedding.Predict{}, "titan": embedding.Titan{}, "workers-ai": workersai.Dialect{},
		"openai": openai.Dialect{}, "gemini": gemini.Dialect{}}
	type decoder interface {
		Feed(e sse.Event) ([]gateway.Chunk, error)
		Body(body []byte) (gateway.Chunk, error)
	}
	decoders := map[string]func(op gateway.Op) decoder{
		"cohere": func(op gateway.Op) decoder { return cohere.NewDecoder("v", op) }, "ollama": func(op gateway.Op) decoder { return ollama.NewDecoder("v", op) },
		"replicate": func(gateway.Op) decoder { return replicate.NewDecoder("v") }, "workers-ai": func(op gateway.Op) decoder { return workersai.NewDecoder("v", op) },
	}
	f.Fuzz(func(t *testing.T, body string) {
		if gateway.CheckBody("fuzz", []byte(body)) != nil {
			return
		}
		for name, d := range dialects {
			for _, form := range []gateway.Form{gateway.FormBody, gateway.FormEvent} {
				c := gateway.Chunk{Raw: []byte(body), Form: form, Dialect: d}
				c.Read()
				check(t, name, c.Usage)
				check(t, name, c.Early)
				if c.Cost != nil {
					for i := range c.Cost.Others {
						check(t, name, &c.Cost.Others[i].Usage)
					}
				}
			}
		}
		for name, d := range vectors {
			if v, err := d.ReadVectors([]byte(body)); err == nil {
				check(t, name, v.Usage)
			}
		}
		for name, of := range decoders {
			for _, op := range []gateway.Op{gateway.OpChat, gateway.OpEmbeddings} {
				if c, err := of(op).Body([]byte(body)); err == nil {
					check(t, name, c.Usage)
				}
				d := of(op)
				for _, e := range []sse.Event{{Data: []byte(body)}, {Name: []byte(replicate.Ended), Data: []byte(body)}, {Data: []byte("[DONE]")}} {
					chunks, _ := d.Feed(e)
					for i := range chunks {
						check(t, name, chunks[i].Usage)
						check(t, name, chunks[i].Early)
					}
				}
			}
		}
	})
}
