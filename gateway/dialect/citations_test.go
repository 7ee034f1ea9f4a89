package dialect_test

import (
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/gemini"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
)

// cited is one format with an answer "Élan won." whose last word rests on a page. Anthropic's
// citations are of a whole block.
type cited struct {
	format  dialect.Format
	request string
	body    string
	events  []string
	title   string // path of the title in a body
	start   string // path of the span's first character; "" = there is none
}

var citedFormats = []cited{
	{openai.Dialect{}, `{"model":"m","messages":[{"role":"user","content":"Who?"}]}`,
		`{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Élan won.","annotations":[{"type":"url_citation","url_citation":{"start_index":5,"end_index":9,"title":"A","url":"https://a.example"}}]},"finish_reason":"stop"}]}`,
		[]string{`{"choices":[{"index":0,"delta":{"content":"Élan won."}}]}`, `{"choices":[{"index":0,"delta":{"annotations":[{"type":"url_citation","url_citation":{"start_index":5,"end_index":9,"title":"A","url":"https://a.example"}}]}}]}`,
			`{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`},
		"choices.0.message.annotations.0.url_citation.title", "choices.0.message.annotations.0.url_citation.start_index"},
	{responses.Dialect{}, `{"model":"m","input":"Who?"}`,
		`{"id":"resp_1","object":"response","status":"completed","model":"m","output":[{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Élan won.","logprobs":[],"annotations":[{"type":"url_citation","start_index":5,"end_index":9,"url":"https://a.example","title":"A"}]}]}]}`,
		[]string{`{"type":"response.created","response":{"id":"resp_1","model":"m"}}`, `{"type":"response.output_item.added","output_index":0,"item":{"id":"msg_1","type":"message"}}`,
			`{"type":"response.output_text.delta","item_id":"msg_1","output_index":0,"content_index":0,"delta":"Élan won."}`,
			`{"type":"response.output_text.annotation.added","item_id":"msg_1","output_index":0,"content_index":0,"annotation_index":0,"annotation":{"type":"url_citation","start_index":5,"end_index":9,"url":"https://a.example","title":"A"}}`,
			`{"type":"response.output_text.done","item_id":"msg_1","output_index":0,"content_index":0,"text":"Élan won."}`,
			`{"type":"response.completed","response":{"id":"resp_1","model":"m","status":"completed","output":[]}}`},
		"output.0.content.0.annotations.0.title", "output.0.content.0.annotations.0.start_index"},
	{anthropic.Dialect{}, `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"Who?"}]}`,
		`{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"Élan "},{"type":"text","text":"won.","citations":[{"type":"web_search_result_location","url":"https://a.example","title":"A","encrypted_index":"E","cited_text":"He won"}]}],"stop_reason":"end_turn"}`,
		[]string{`{"type":"message_start","message":{"id":"msg_1","model":"m","content":[]}}`, `{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}`,
			`{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Élan "}}`, `{"type":"content_block_stop","index":0}`,
			`{"type":"content_block_start","index":1,"content_block":{"type":"text","text":"","citations":[]}}`,
			`{"type":"content_block_delta","index":1,"delta":{"type":"citations_delta","citation":{"type":"web_search_result_location","url":"https://a.example","title":"A","encrypted_index":"E","cited_text":"He won"}}}`,
			`{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"won."}}`, `{"type":"content_block_stop","index":1}`,
			`{"type":"message_delta","delta":{"stop_reason":"end_turn"}}`, `{"type":"message_stop"}`},
		"content.0.citations.0.title", ""},
	{gemini.Dialect{}, `{"contents":[{"role":"user","parts":[{"text":"Who?"}]}]}`,
		`{"candidates":[{"content":{"parts":[{"text":"Élan won."}],"role":"model"},"finishReason":"STOP","index":0,"groundingMetadata":{"groundingChunks":[{"web":{"uri":"https://a.example","title":"A"}}],"groundingSupports":[{"segment":{"startIndex":6,"endIndex":10,"text":"won."},"groundingChunkIndices":[0]}]}}],"modelVersion":"m","responseId":"r"}`,
		[]string{`{"candidates":[{"content":{"parts":[{"text":"Élan won."}],"role":"model"},"index":0}],"modelVersion":"m","responseId":"r"}`,
			`{"candidates":[{"content":{"parts":[],"role":"model"},"finishReason":"STOP","index":0,"groundingMetadata":{"groundingChunks":[{"web":{"uri":"https://a.example","title":"A"}}],"groundingSupports":[{"segment":{"startIndex":6,"endIndex":10,"text":"won."},"groundingChunkIndices":[0]}]}}],"modelVersion":"m","responseId":"r"}`},
		"candidates.0.groundingMetadata.groundingChunks.0.web.title", "candidates.0.groundingMetadata.groundingSupports.0.segment.startIndex"},
}

// A source of a target's answer reaches the caller in its format, with its span, whole and streamed.
func TestCitationsBetweenFormats(t *testing.T) {
	for _, caller := range citedFormats {
		for _, target := range citedFormats {
			if caller.format.Name() == target.format.Name() {
				continue
			}
			for name, raws := range map[string][]string{"body": {target.body}, "events": target.events} {
				t.Run(target.format.Name()+" to "+caller.format.Name()+" "+name, func(t *testing.T) {
					var chunks []gateway.Chunk
					for _, raw := range raws {
						c := gateway.Chunk{Raw: []byte(raw), Dialect: target.format}
						if name == "body" {
							c.Form = gateway.FormBody
						}
						c.Read()
						chunks = append(chunks, c)
					}
					body := translatedBody(t, caller, target, chunks)
					path, want := func(s string) string { return s }, int64(5)
					switch {
					case caller.format.Name() == "gemini":
						want = 6 // bytes
					case caller.format.Name() == "responses" && target.format.Name() == "anthropic": // its block is an item of its own
						path, want = func(s string) string { return strings.Replace(s, "output.0", "output.1", 1) }, 0
					}
					if title := gjson.GetBytes(body, path(caller.title)).String(); title != "A" {
						t.Fatalf("title %q in %s", title, body)
					}
					if start := gjson.GetBytes(body, path(caller.start)); caller.start != "" && start.Int() != want {
						t.Errorf("the span begins at %s in %s", start.Raw, body)
					}
				})
			}
		}
	}
}

func translatedBody(t *testing.T, caller, target cited, chunks []gateway.Chunk) []byte {
	t.Helper()
	req, err := gateway.NewRequest(caller.format, gateway.OpChat, []byte(caller.request))
	if err != nil {
		t.Fatal(err)
	}
	tr, _, err := dialect.Translate(caller.format, target.format, req)
	if err != nil {
		t.Fatal(err)
	}
	s, err := tr.Answer(gateway.Chunks(chunks...))
	if err != nil {
		t.Fatal(err)
	}
	var r gateway.Response
	for {
		c, err := s.Next()
		if err != nil {
			return r.Body()
		}
		r.Fold(c)
	}
}
