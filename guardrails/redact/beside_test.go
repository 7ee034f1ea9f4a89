package redact

import (
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/gemini"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
)

// Events hold values beside the texts of the answer: sources, tokens with probabilities, and what
// the vendor's own tools were asked and found. They are restored as in a body, and the texts in the
// same event once.
func TestEventsAreRestoredBesideTheirTexts(t *testing.T) {
	const ask = `"I am ann@example.com, never [EMAIL_1]"` // the lookalike is a value too
	for _, tc := range []struct {
		name, body string
		dialect    gateway.Dialect
		event      string
		restored   map[string]string // by path
	}{
		{"chat", `{"messages":[{"role":"user","content":` + ask + `}]}`, openai.Dialect{},
			`{"choices":[{"index":0,"delta":{"content":"[EMAIL_2] and [EMAIL_1] and [EM","annotations":[{"url_citation":{"url":"https://a.example/[EMAIL_1]","title":"[EMAIL_2]"}}]},"logprobs":{"content":[{"token":"[EMAIL_1]","logprob":-1}]}}]}`,
			map[string]string{"choices.0.delta.content": "[EMAIL_1] and ann@example.com and ", "choices.0.delta.annotations.0.url_citation.url": "https://a.example/ann@example.com",
				"choices.0.delta.annotations.0.url_citation.title": "[EMAIL_1]", "choices.0.logprobs.content.0.token": "ann@example.com"}},
		{"Google", `{"contents":[{"role":"user","parts":[{"text":` + ask + `}]}]}`, gemini.Dialect{},
			`{"candidates":[{"content":{"role":"model","parts":[{"text":"[EMAIL_2]"},{"functionCall":{"name":"f","args":{"to":"[EMAIL_1]"}}}]},"groundingMetadata":{"webSearchQueries":["who is [EMAIL_1]"],"groundingSupports":[{"segment":{"text":"[EMAIL_2]"}}]}}]}`,
			map[string]string{"candidates.0.content.parts.0.text": "[EMAIL_1]", "candidates.0.content.parts.1.functionCall.args.to": "ann@example.com",
				"candidates.0.groundingMetadata.webSearchQueries.0": "who is ann@example.com", "candidates.0.groundingMetadata.groundingSupports.0.segment.text": "[EMAIL_1]"}},
		{"a citation", `{"max_tokens":9,"messages":[{"role":"user","content":` + ask + `}]}`, anthropic.Dialect{},
			`{"type":"content_block_delta","index":0,"delta":{"type":"citations_delta","citation":{"type":"web_search_result_location","url":"https://a.example","title":"[EMAIL_2]","cited_text":"by [EMAIL_1]"}}}`,
			map[string]string{"delta.citation.title": "[EMAIL_1]", "delta.citation.cited_text": "by ann@example.com"}},
		{"a server tool", `{"max_tokens":9,"messages":[{"role":"user","content":` + ask + `}]}`, anthropic.Dialect{},
			`{"type":"content_block_start","index":1,"content_block":{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{"query":"[EMAIL_1]"}}}`,
			map[string]string{"content_block.input.query": "ann@example.com"}},
		{"a tool call that came whole", `{"max_tokens":9,"messages":[{"role":"user","content":` + ask + `}]}`, anthropic.Dialect{},
			`{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t","name":"f","input":{"to":"[EMAIL_1]"},"note":"[EMAIL_2]"}}`,
			map[string]string{"content_block.input.to": "ann@example.com", "content_block.note": "[EMAIL_1]"}},
		{"Responses", `{"input":` + ask + `}`, responses.Dialect{},
			`{"type":"response.output_text.delta","item_id":"m","output_index":0,"content_index":0,"delta":"[EMAIL_2]","logprobs":[{"token":"[EMAIL_1]","logprob":-1}]}`,
			map[string]string{"delta": "[EMAIL_1]", "logprobs.0.token": "ann@example.com"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, sent := hidden(t, tc.dialect, tc.body)
			if strings.Contains(sent, "ann@example.com") {
				t.Fatal(sent)
			}
			c := gateway.Chunk{Dialect: tc.dialect, Raw: []byte(tc.event), Form: gateway.FormEvent}
			c.Read()
			out, err := r.Restorer().Chunk(c)
			if err != nil || len(out) != 1 {
				t.Fatal(err, len(out))
			}
			for path, want := range tc.restored {
				if got := gjson.GetBytes(out[0].Raw, path).String(); got != want {
					t.Errorf("%s: %q, want %q in %s", path, got, want, out[0].Raw)
				}
			}
		})
	}
}
