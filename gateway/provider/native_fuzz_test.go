package provider

import (
	"io"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/gateway/provider/codec"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
	"github.com/sluicegate/sluice/gateway/sse"
)

// fuzzAnswer reads a whole answer, and events as a stream, in the format of a codec, and translates
// them for callers of two formats: each ends in an answer or in an error with a text.
func fuzzAnswer(t *testing.T, wire codec.Codec, body []byte, events ...sse.Event) {
	t.Helper()
	for _, caller := range []dialect.Format{anthropic.Dialect{}, openai.Dialect{}} {
		req, err := gateway.NewRequest(caller, gateway.OpChat, []byte(`{"model":"m","max_tokens":1,"stream":true,"messages":[{"role":"user","content":"x"}]}`))
		if err != nil {
			t.Fatal(err)
		}
		for _, whole := range []bool{false, true} {
			s, err := withTranslation(exchangeOf(req), wire.Format(), func(native *gateway.Request) (gateway.Stream, error) {
				d := wire.Decoder(native)
				if whole {
					chunk, err := d.Body(body)
					check(t, []gateway.Chunk{chunk}, err)
					return gateway.Chunks(chunk), err
				}
				var all []gateway.Chunk
				for _, e := range events {
					chunks, err := d.Feed(e)
					check(t, chunks, err)
					for _, c := range chunks {
						all = append(all, c.Clone())
					}
					if err == io.EOF {
						break
					}
				}
				rest, err := d.End()
				check(t, rest, err)
				return gatewaytest.NewStream(err, append(all, rest...)...), nil
			})
			var chunks []gateway.Chunk
			if err == nil {
				chunks, err = gatewaytest.Collect(s)
			}
			check(t, chunks, err)
		}
	}
}

func FuzzCohere(f *testing.F) {
	for _, s := range []string{`{"type":"message-start","id":"a"}`, `{"type":"content-start","index":0,"delta":{"message":{"content":{"type":"thinking","thinking":"x"}}}}`,
		`{"type":"content-delta","index":-1,"delta":{"message":{"content":{"text":"x"}}}}`, `{"type":"tool-plan-delta","delta":{"message":{"tool_plan":"x"}}}`,
		`{"type":"tool-call-start","delta":{"message":{"tool_calls":{"id":"a","function":{"name":"f","arguments":"{"}}}}}`, `{"type":"tool-call-delta","delta":{"message":{"tool_calls":{"function":{"arguments":"}"}}}}}`,
		`{"type":"citation-start","delta":{"message":{"citations":{"start":0,"end":1,"content_index":9,"sources":[{"type":"tool","tool_output":{"url":"https://x"}},{}]}}}}`,
		`{"type":"message-end","delta":{"finish_reason":"COMPLETE","usage":{"billed_units":{"input_tokens":-1,"output_tokens":1e300}}}}`,
		`{"message":{"tool_plan":"p","content":[{"type":"text","text":"x"}],"tool_calls":[{"function":{"arguments":5}}],"citations":[{"sources":[{"document":{"text":"é"}}]}]},"finish_reason":"TOOL_CALL"}`, `{"message":"x"}`, `{`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		end := []byte(`{"type":"message-end","delta":{"finish_reason":"COMPLETE"}}`)
		fuzzAnswer(t, codec.For(vendor.ByID("cohere"), "cohere"), in, sse.Event{Data: in}, sse.Event{Data: in}, sse.Event{Data: end})
		readVectors(t, "cohere", "m", in)
		readVectors(t, "bedrock", "cohere.embed-v4:0", in)
	})
}

func FuzzOllama(f *testing.F) {
	for _, s := range []string{`{"model":"m","created_at":"2026-08-01T12:00:00Z","message":{"role":"assistant","content":"x","thinking":"y"},"done":false}`, `{"message":{"tool_calls":[{"function":{"name":"f","arguments":{"a":1}}},5]}}`,
		`{"message":{"content":"x"},"logprobs":[{"token":"x","logprob":-1,"top_logprobs":[{"token":1,"logprob":"x"}]}]}`, `{"done":true,"done_reason":"length","prompt_eval_count":-1,"eval_count":1e300}`, `{"error":"x"}`,
		`{"embeddings":[[0.5],5]}`, `{`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		fuzzAnswer(t, codec.For(vendor.ByID("ollama"), "ollama"), in, sse.Event{Data: in}, sse.Event{Data: in}, sse.Event{Data: []byte(`{"done":true}`)})
		readVectors(t, "ollama", "m", in)
	})
}

func FuzzReplicate(f *testing.F) {
	for _, s := range []string{`{"id":"a","status":"succeeded","output":["x",5,{}],"metrics":{"input_token_count":-1,"output_token_count":1e300}}`, `{"status":"failed","error":"x"}`, `{"detail":"x"}`, `{"reason":"error"}`, `text`, `{`} {
		f.Add("output", []byte(s))
	}
	f.Fuzz(func(t *testing.T, name string, in []byte) {
		fuzzAnswer(t, codec.For(vendor.ByID("replicate"), "replicate"), in, sse.Event{Name: []byte(name), Data: in}, sse.Event{Name: []byte("output"), Data: in}, sse.Event{Name: []byte("prediction"), Data: in})
	})
}

func FuzzWorkersAI(f *testing.F) {
	for _, s := range []string{`{"response":"x","p":"abc","usage":{"prompt_tokens":-1,"completion_tokens":1e300}}`, `{"response":{"a":1},"tool_calls":[{"name":"f","arguments":{"a":1}},5,{"function":{"arguments":"x"}}]}`,
		`{"choices":[{"delta":{"content":"x","reasoning_content":"y","tool_calls":[{"index":-1,"id":"a","function":{"name":"f","arguments":"{"}}]},"finish_reason":"length"}]}`,
		`{"result":{"response":"x","usage":{"prompt_tokens":1}},"success":true}`, `{"result":{"data":[[0.5],5]}}`, `{"result":{},"success":false,"errors":[{"code":5007}]}`, `{`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		wire := codec.For(vendor.ByID("workers-ai"), "workers-ai")
		fuzzAnswer(t, wire, in, sse.Event{Data: in}, sse.Event{Data: in}, sse.Event{Data: []byte("[DONE]")})
		readVectorsWith(t, wire, in)
	})
}

// FuzzVertex: answers of Gemini and of Claude on Vertex AI, and embeddings of the clouds.
func FuzzVertex(f *testing.F) {
	for _, s := range []string{`{"candidates":[{"content":{"parts":[{"text":"x"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":1}}`, `{"type":"content_block_delta","delta":{"type":"text_delta","text":"x"}}`,
		`{"predictions":[{"embeddings":{"values":[0.5],"statistics":{"token_count":1e300}}},5]}`, `{"embedding":[0.5],"inputTextTokenCount":-1}`, `{"embeddingsByType":{"binary":[1]}}`, `[{"error":{"code":400}}]`, `{`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		for _, format := range []string{gateway.FormatGemini, gateway.FormatMessages} {
			fuzzAnswer(t, codec.For(vendor.ByID("vertex-ai"), format), in, sse.Event{Data: in}, sse.Event{Data: in})
		}
		readVectors(t, "vertex-ai", "text-embedding-005", in)
		readVectors(t, "bedrock", "amazon.titan-embed-text-v2:0", in)
	})
}

// readVectors reads an answer with embeddings.
func readVectors(t *testing.T, id, model string, in []byte) {
	t.Helper()
	wire := codec.For(vendor.ByID(id), vendor.ByID(id).OwnFormat("m"))
	if own, _ := codec.ForEmbeddings(vendor.ByID(id), model); own != nil {
		wire = own
	}
	readVectorsWith(t, wire, in)
}

func readVectorsWith(t *testing.T, wire codec.Codec, in []byte) {
	t.Helper()
	req, err := gateway.NewRequest(openai.Dialect{}, gateway.OpEmbeddings, []byte(`{"model":"m","input":"x","encoding_format":"base64"}`))
	if err != nil {
		t.Fatal(err)
	}
	s, err := withTranslation(exchangeOf(req), wire.Format(), func(native *gateway.Request) (gateway.Stream, error) {
		chunk, err := wire.Decoder(native).Body(in)
		return gateway.Chunks(chunk), err
	})
	var chunks []gateway.Chunk
	if err == nil {
		chunks, err = gatewaytest.Collect(s)
	}
	check(t, chunks, err)
}
