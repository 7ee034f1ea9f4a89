package provider

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/provider/codec"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
	"github.com/sluicegate/sluice/gateway/sse"
)

// FuzzCodecs feeds arbitrary input to the codecs: no panic, no invalid JSON in the output,
// and no error without a text.
func FuzzCodecs(f *testing.F) {
	for _, s := range []string{
		`{"model":"claude-opus-4-7","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}]}],"tools":[{"type":"function","function":{"name":"f","parameters":{"a":1}}}],"tool_choice":"required","stop":["a"]}`,
		`{"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"a","content":null},{"role":"developer","content":"x"}],"max_completion_tokens":1}`,
		`{"choices":[{"index":70,"delta":{"content":"x"},"finish_reason":"stop"}],"usage":null}`, `{"choices":[{}],"usage":{"prompt_tokens":"x"}}`,
		`{"type":"content_block_delta","delta":{"type":"input_json_delta","partial_json":"{"}}`, `{"type":"content_block_start","content_block":{"type":"tool_use","input":{"a":1}}}`,
		`{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":1}}`, `{"error":{"message":"x","code":429}}`, `{"error":"x"}`, `[{"error":{}}]`, `[DONE]`, `{"content":[{"type":"tool_use"}]}`,
		`{"candidates":[{"content":{"parts":[{"functionCall":{"args":{"a":1}},"thoughtSignature":"AA=="},{"text":"x","thought":true}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":1}}`,
		`{"type":"content-delta","delta":{"message":{"content":{"text":1,"thinking":{}}}}}`, `{"type":"message-end","delta":{"finish_reason":"ERROR","error":5}}`, `{"message":{"content":[{"text":"x"}],"tool_calls":[{}],"citations":[{"start":1,"sources":[0]}]},"usage":{"tokens":{}}}`,
		`{"message":{"tool_calls":[{"function":{"arguments":[]}}]},"logprobs":[{"logprob":"x","top_logprobs":[1]}],"done":true,"prompt_eval_count":1e300}`, `{"error":5,"done":1}`,
		`{"candidates":[{"index":3,"content":{"parts":{}}}],"promptFeedback":{"blockReason":"SAFETY"}}`, `{"embeddings":[{"values":[1]}]}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		req, err := openai.NewRequest(gateway.OpChat, append([]byte(nil), in...))
		if err != nil {
			req = &gateway.Request{Op: gateway.OpChat, Dialect: openai.Dialect{}, Raw: []byte(`{"model":"m"}`)}
		}
		for _, id := range []string{"openai", "mistral-ai", "anthropic", "google", "cohere", "ollama"} {
			wire, target := codec.For(vendor.ByID(id), vendor.ByID(id).OwnFormat(req.Model())), &gateway.Target{Provider: id}
			_, err := withTranslation(exchangeOf(req), wire.Format(), func(native *gateway.Request) (gateway.Stream, error) {
				out, _, err := wire.Request(target, native)
				if err != nil {
					return nil, err
				}
				if body, err := io.ReadAll(out.Body); err != nil || !json.Valid(body) {
					t.Fatalf("%s: %q became %q", id, in, body)
				}
				chunk, err := wire.Decoder(native).Body(append([]byte(nil), in...))
				check(t, []gateway.Chunk{chunk}, err)
				return gateway.Chunks(chunk), err
			})
			if err != nil && gateway.AsError(err).Public == "" {
				t.Fatalf("%s: %v", id, err)
			}
			d := wire.Decoder(req)
			for range 2 {
				chunks, err := d.Feed(sse.Event{Data: append([]byte(nil), in...)})
				check(t, chunks, err)
			}
			rest, _ := d.End()
			check(t, rest, nil)
			chunk, err := wire.Decoder(req).Body(append([]byte(nil), in...))
			check(t, []gateway.Chunk{chunk}, err)
			if e := wire.Error(400, http.Header{"Content-Type": {"text/plain"}}, in); e.Public == "" {
				t.Fatal("an error without a text")
			}
		}
	})
}

func check(t *testing.T, chunks []gateway.Chunk, err error) {
	t.Helper()
	if err != nil && err != io.EOF {
		if gateway.AsError(err).Public == "" {
			t.Fatalf("an error without a text: %v", err)
		}
		return
	}
	for _, c := range chunks {
		if len(c.Raw) > 0 && !json.Valid(c.Raw) {
			t.Fatalf("not JSON: %q", c.Raw)
		}
	}
}
