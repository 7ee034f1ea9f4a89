package provider_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/gemini"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
	"github.com/sluicegate/sluice/gateway/sse"
)

// decoder is what the decoders of all formats have.
type decoder interface {
	Feed(e sse.Event) ([]gateway.Chunk, error)
	Body(body []byte) (gateway.Chunk, error)
}

// Each format reports all units and the terms of an answer, and a stream reports what the same answer
// in one piece does. The fields are those of the vendors' API references: OpenAI's "usage" and
// "service_tier", Anthropic's "usage", Google's "usageMetadata" and "groundingMetadata".
func TestUnitsOfAnswers(t *testing.T) {
	made := func(d gateway.Dialect, raw string) *gateway.Request {
		req, err := gateway.NewRequest(d, gateway.OpChat, []byte(raw))
		if err != nil {
			t.Fatal(err)
		}
		return req
	}
	const (
		chatUsage      = `"usage":{"prompt_tokens":100,"completion_tokens":50,"prompt_tokens_details":{"cached_tokens":20,"audio_tokens":30,"image_tokens":5},"completion_tokens_details":{"reasoning_tokens":10,"audio_tokens":15}}`
		responsesUsage = `"usage":{"input_tokens":100,"output_tokens":50,"input_tokens_details":{"cached_tokens":20},"output_tokens_details":{"reasoning_tokens":10}}`
		output         = `"output":[{"type":"web_search_call","status":"completed","action":{"type":"search"}},{"type":"web_search_call","action":{"type":"open_page"}},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Hi"}]}]`
		claudeUsage    = `"usage":{"input_tokens":100,"output_tokens":50,"cache_creation_input_tokens":40,"cache_creation":{"ephemeral_5m_input_tokens":10,"ephemeral_1h_input_tokens":30},"server_tool_use":{"web_search_requests":2},"service_tier":"standard","inference_geo":"us","speed":"fast"}`
		geminiUsage    = `"usageMetadata":{"promptTokenCount":100,"candidatesTokenCount":40,"thoughtsTokenCount":10,"promptTokensDetails":[{"modality":"TEXT","tokenCount":60},{"modality":"AUDIO","tokenCount":30},{"modality":"VIDEO","tokenCount":10}],"candidatesTokensDetails":[{"modality":"IMAGE","tokenCount":20}]}`
		grounded       = `"groundingMetadata":{"webSearchQueries":["a","b"]}`
	)
	for name, tc := range map[string]struct {
		make   func() decoder
		body   string
		events []string
		want   string
	}{
		"openai": {
			make:   func() decoder { return openai.NewDecoder("openai", made(openai.Dialect{}, `{"model":"gpt-audio"}`)) },
			body:   `{"service_tier":"flex","choices":[{"index":0,"message":{"content":"Hi"},"finish_reason":"stop"}],` + chatUsage + `}`,
			events: []string{`{"service_tier":"flex","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}`, `{"choices":[],` + chatUsage + `}`},
			want:   "{Input:100 Output:50 CacheRead:20 CacheWrite:0 Reasoning:10 audio_input:30 audio_output:15 image_input:5 tier:flex}",
		},
		"openai, a model that always searches": {
			make: func() decoder {
				return openai.NewDecoder("openai", made(openai.Dialect{}, `{"model":"gpt-5-search-api"}`))
			},
			body:   `{"service_tier":"default","choices":[{"index":0,"message":{"content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1}}`,
			events: []string{`{"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}`, `{"service_tier":"default","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}`},
			want:   "{Input:1 Output:1 CacheRead:0 CacheWrite:0 Reasoning:0 web_search:1}",
		},
		"responses": {
			make:   func() decoder { return responses.NewDecoder("openai", made(responses.Dialect{}, `{"model":"gpt-5"}`)) },
			body:   `{"id":"resp_1","object":"response","status":"completed","service_tier":"priority",` + output + `,` + responsesUsage + `}`,
			events: []string{`{"type":"response.completed","response":{"id":"resp_1","object":"response","status":"completed","service_tier":"priority",` + output + `,` + responsesUsage + `}}`},
			want:   "{Input:100 Output:50 CacheRead:20 CacheWrite:0 Reasoning:10 web_search:1 tier:priority}",
		},
		"anthropic": {
			make: func() decoder {
				return anthropic.NewDecoder("anthropic", made(anthropic.Dialect{}, `{"model":"claude"}`))
			},
			body: `{"type":"message","content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn",` + claudeUsage + `}`,
			events: []string{`{"type":"message_start","message":{"id":"m",` + claudeUsage + `}}`,
				`{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":50,"server_tool_use":{"web_search_requests":2}}}`},
			want: "{Input:140 Output:50 CacheRead:0 CacheWrite:40 Reasoning:0 cache_write_1h:30 web_search:2 tier:fast region:us}",
		},
		"gemini": {
			make: func() decoder {
				d := gemini.NewDecoder("google", made(gemini.Dialect{}, `{"model":"gemini-3-pro"}`))
				d.Header(http.Header{"X-Gemini-Service-Tier": {"priority"}})
				return d
			},
			body: `{"modelVersion":"gemini-3-pro","candidates":[{"content":{"parts":[{"text":"Hi"}]},"finishReason":"STOP",` + grounded + `}],` + geminiUsage + `}`,
			events: []string{`{"modelVersion":"gemini-3-pro","candidates":[{"content":{"parts":[{"text":"Hi"}]},` + grounded + `}]}`,
				`{"modelVersion":"gemini-3-pro","candidates":[{"content":{"parts":[]},"finishReason":"STOP"}],` + geminiUsage + `}`},
			want: "{Input:100 Output:50 CacheRead:0 CacheWrite:0 Reasoning:10 audio_input:30 image_output:20 video_input:10 web_search:2 tier:priority}",
		},
		"gemini, billed by the grounded answer": {
			make: func() decoder {
				return gemini.NewDecoder("google", made(gemini.Dialect{}, `{"model":"gemini-2.5-pro"}`))
			},
			body:   `{"modelVersion":"gemini-2.5-pro","candidates":[{"content":{"parts":[{"text":"Hi"}]},"finishReason":"STOP",` + grounded + `}],"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":1,"trafficType":"ON_DEMAND"}}`,
			events: []string{`{"modelVersion":"gemini-2.5-pro","candidates":[{"content":{"parts":[{"text":"Hi"}]},"finishReason":"STOP",` + grounded + `}],"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":1,"trafficType":"ON_DEMAND"}}`},
			want:   "{Input:1 Output:1 CacheRead:0 CacheWrite:0 Reasoning:0 web_search:1}",
		},
	} {
		t.Run(name, func(t *testing.T) {
			body, err := tc.make().Body([]byte(tc.body))
			if err != nil || body.Usage == nil || body.Usage.String() != tc.want {
				t.Errorf("in one piece: %v, %v\nwant          %s", body.Usage, err, tc.want)
			}
			d, last := tc.make(), (*gateway.Usage)(nil)
			for _, event := range tc.events {
				chunks, err := d.Feed(sse.Event{Data: []byte(event)})
				if err != nil && err != io.EOF {
					t.Fatal(err)
				}
				for _, c := range chunks {
					if c.Usage != nil {
						last = c.Usage
					}
				}
			}
			if last == nil || last.String() != tc.want {
				t.Errorf("streamed: %v\nwant      %s", last, tc.want)
			}
		})
	}
}
