package dialect_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect"
)

// required are the members without which some client breaks, by the caller's format: of a body, and
// of each event whose type begins with the key. A path that ends in "=x" must have that value.
var required = map[string]struct {
	body   string
	events map[string]string
	order  []string // types of events that must come, in this order
	last   string   // paths of the last event
}{
	"openai": {
		body:   "id object=chat.completion created model choices.0.index choices.0.finish_reason=stop choices.0.message.role=assistant system_fingerprint",
		events: map[string]string{"": "id object=chat.completion.chunk created model choices.0.index"},
		last:   "choices.0.finish_reason=stop",
	},
	"responses": {
		body: "id object=response created_at model status=completed output.0.id output.0.type=message output.0.content.0.annotations output.0.content.0.text parallel_tool_calls tool_choice tools",
		events: map[string]string{
			"response.created": "sequence_number response.id response.object=response response.created_at response.model", "response.completed": "response.id response.object=response response.created_at response.model response.output.0.id response.usage",
			"response.output_item.": "output_index item.id item.type", "response.content_part.": "item_id output_index content_index part.annotations",
			"response.output_text.": "item_id output_index content_index",
		},
		order: []string{"response.created", "response.output_item.added", "response.content_part.added", "response.output_text.delta", "response.output_text.done", "response.content_part.done", "response.output_item.done", "response.completed"},
		last:  "type=response.completed",
	},
	"anthropic": {
		body: "id type=message role=assistant model content.0.type=text stop_reason=end_turn stop_sequence usage.input_tokens usage.output_tokens",
		events: map[string]string{"message_start": "message.id message.type=message message.role=assistant message.model message.content message.usage.input_tokens message.usage.output_tokens",
			"content_block_start": "index content_block.type", "content_block_delta": "index delta.type", "content_block_stop": "index",
			"message_delta": "delta.stop_reason=end_turn usage.output_tokens"},
		order: []string{"message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta", "message_stop"},
		last:  "type=message_stop",
	},
	"gemini": {
		body: "candidates.0.content.role=model candidates.0.content.parts.0.text candidates.0.finishReason=STOP candidates.0.index",
		last: "candidates.0.finishReason=STOP",
	},
}

// lacks lists which of the paths a value does not have.
func lacks(raw, paths string) []string {
	var out []string
	for _, path := range strings.Fields(paths) {
		path, want, exact := strings.Cut(path, "=")
		if v := gjson.Get(raw, path); !v.Exists() || exact && v.String() != want {
			out = append(out, path)
		}
	}
	return out
}

// Whatever a target leaves out, an answer that is translated has what the caller's clients cannot
// live without, whole and streamed.
func TestTranslatedAnswersHaveWhatClientsNeed(t *testing.T) {
	for _, caller := range citedFormats {
		for _, target := range citedFormats {
			if caller.format.Name() == target.format.Name() {
				continue
			}
			need := required[caller.format.Name()]
			t.Run(target.format.Name()+" to "+caller.format.Name(), func(t *testing.T) {
				body := string(translatedBody(t, caller, target, []gateway.Chunk{bare(target.format, target.body, gateway.FormBody)}))
				if missing := lacks(body, need.body); missing != nil {
					t.Errorf("the body lacks %v: %s", missing, body)
				}
				var chunks []gateway.Chunk
				for _, event := range target.events {
					chunks = append(chunks, bare(target.format, event, gateway.FormEvent))
				}
				checkEvents(t, caller.format.Name(), translatedEvents(t, caller, target, chunks))
				replayed, err := caller.format.Events([]byte(body), true) // as from the cache
				if err != nil {
					t.Fatal(err)
				}
				var events []string
				for i := range replayed {
					events = append(events, string(replayed[i].Raw))
				}
				if caller.format.Name() == "openai" { // the usage, which comes last
					events = slices.DeleteFunc(events, func(e string) bool { return gjson.Get(e, "usage").IsObject() })
				}
				checkEvents(t, caller.format.Name(), events)
			})
		}
	}
}

// checkEvents reports what the events of one answer lack.
func checkEvents(t *testing.T, format string, events []string) {
	t.Helper()
	need := required[format]
	var kinds []string
	for _, e := range events {
		kind := gjson.Get(e, "type").String()
		kinds = append(kinds, kind)
		for begin, paths := range need.events {
			if missing := lacks(e, paths); strings.HasPrefix(kind, begin) && missing != nil {
				t.Errorf("an event lacks %v: %s", missing, e)
			}
		}
	}
	if missing := lacks(events[len(events)-1], need.last); missing != nil {
		t.Errorf("the last event lacks %v: %s", missing, events[len(events)-1])
	}
	at := 0
	for _, kind := range kinds {
		if at < len(need.order) && kind == need.order[at] {
			at++
		}
	}
	if at < len(need.order) {
		t.Errorf("%s is missing or out of order in %v", need.order[at], kinds)
	}
}

// bare is a chunk of a target that gives neither ids nor its model's name.
func bare(d gateway.Dialect, raw string, form gateway.Form) gateway.Chunk {
	for _, gone := range []string{`"id":"c",`, `"id":"resp_1",`, `"id":"msg_1",`, `"model":"m",`, `,"modelVersion":"m","responseId":"r"`} {
		raw = strings.ReplaceAll(raw, gone, "")
	}
	c := gateway.Chunk{Raw: []byte(raw), Dialect: d, Form: form}
	c.Read()
	return c
}

func translatedEvents(t *testing.T, caller, target cited, chunks []gateway.Chunk) []string {
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
	var out []string
	for {
		c, err := s.Next()
		if err != nil {
			return out
		}
		if len(c.Raw) > 0 {
			out = append(out, string(c.Raw))
		}
	}
}
