package anthropic

import (
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/sse"
)

// everyBlock is an answer with each kind of block.
const everyBlock = `{"id":"msg_1","type":"message","role":"assistant","model":"claude-opus-4-7","content":[` +
	`{"type":"thinking","thinking":"A \"greeting\".","signature":"c2ln"},` +
	`{"type":"redacted_thinking","data":"ZGF0YQ=="},` +
	`{"type":"text","text":"Hi \"you\"","citations":[{"type":"char_location","cited_text":"x","document_index":0}]},` +
	`{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{"query":"q"}},` +
	`{"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":[{"type":"web_search_result","url":"https://a","encrypted_content":"e"}]},` +
	`{"type":"text","text":"","citations":null},` +
	`{"type":"of_tomorrow","field":{"a":[1.50]}},` +
	`{"type":"tool_use","id":"toolu_1","name":"f","input":{"a":1.0,"b":"é"}},` +
	`{"type":"tool_use","id":"toolu_2","name":"g","input":{}}],` +
	`"stop_reason":"tool_use","stop_sequence":null,"stop_details":null,"container":{"id":"c","expires_at":"t"},"usage":{"input_tokens":10,"cache_creation_input_tokens":5,` +
	`"cache_read_input_tokens":80,"cache_creation":{"ephemeral_5m_input_tokens":5,"ephemeral_1h_input_tokens":0},"output_tokens":7,"service_tier":"standard","server_tool_use":{"web_search_requests":1}}}`

func chunk(raw string, form gateway.Form) gateway.Chunk {
	c := gateway.Chunk{Raw: []byte(raw), Form: form, Dialect: Dialect{}}
	c.Read()
	return c
}

func decoded(t testing.TB, raw []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	return v
}

func folded(events []gateway.Chunk) *gateway.Response {
	r := &gateway.Response{}
	for _, c := range events {
		r.Fold(c)
	}
	return r
}

// A body, its replay as events, and the events folded again are the same answer.
func TestFoldAndReplayAgree(t *testing.T) {
	var whole gateway.Response
	whole.Fold(chunk(everyBlock, gateway.FormBody))
	if string(whole.Body()) != everyBlock {
		t.Fatal("a body that came whole must stay as it is")
	}
	events, err := Dialect{}.Events([]byte(everyBlock), false)
	if err != nil {
		t.Fatal(err)
	}
	again := folded(events)
	if d := cmp.Diff(decoded(t, []byte(everyBlock)), decoded(t, again.Body())); d != "" {
		t.Fatal(d)
	}
	if d := cmp.Diff(whole.Usage, again.Usage); d != "" {
		t.Fatal(d)
	}
	if again.ID != "msg_1" || again.Model != "claude-opus-4-7" || again.Choices[0].Finish != "tool_calls" {
		t.Fatalf("%+v", again)
	}
	for i, c := range []*gateway.Response{&whole, again} {
		choice := &c.Choices[0]
		var calls []string
		for n := range choice.Tools {
			if call := &choice.Tools[n]; call.ID != "" {
				calls = append(calls, call.ID+" "+call.Name+" "+call.Args())
			}
		}
		if s := choice.Text() + "|" + choice.Reasoning() + "|" + strings.Join(calls, "|"); s != `Hi "you"|A "greeting".|toolu_1 f {"a":1.0,"b":"é"}|toolu_2 g {}` {
			t.Fatal(i, s)
		}
	}
}

func TestUsageOfABody(t *testing.T) {
	if d := cmp.Diff(&gateway.Usage{Input: 95, Output: 7, CacheRead: 80, CacheWrite: 5, Searches: 1}, chunk(everyBlock, gateway.FormBody).Usage); d != "" {
		t.Fatal(d)
	}
	c := chunk(`{"type":"message_delta","delta":{},"usage":{"input_tokens":-5,"output_tokens":1e300,"cache_read_input_tokens":"x"}}`, gateway.FormEvent)
	if c.Usage.Input != 0 || c.Usage.Output != maxTokens {
		t.Fatalf("%+v", *c.Usage)
	}
}

func TestEditsChangeBothFaces(t *testing.T) {
	for _, c := range []struct {
		form      gateway.Form
		raw, want string
		delta     int
		edit      func(*gateway.Chunk, int) error
	}{
		{gateway.FormEvent, `{"type":"content_block_delta","index":2,"x":1.50,"delta":{"type":"text_delta","text":"a"}}`,
			`{"type":"content_block_delta","index":2,"x":1.50,"delta":{"type":"text_delta","text":"q\""}}`, 0,
			func(c *gateway.Chunk, i int) error { return c.SetText(i, `q"`) }},
		{gateway.FormEvent, `{"type":"content_block_delta","index":2,"delta":{"type":"thinking_delta","thinking":"a"}}`,
			`{"type":"content_block_delta","index":2,"delta":{"type":"thinking_delta","thinking":"b"}}`, 0,
			func(c *gateway.Chunk, i int) error { return c.SetReasoning(i, "b") }},
		{gateway.FormEvent, `{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"a"}}`,
			`{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"b"}}`, 0,
			func(c *gateway.Chunk, i int) error { return c.SetArgs(i, 0, `{"b`) }},
		{gateway.FormEvent, `{"type":"content_block_start","index":2,"content_block":{"type":"text","text":"a"}}`,
			`{"type":"content_block_start","index":2,"content_block":{"type":"text","text":"b"}}`, 0,
			func(c *gateway.Chunk, i int) error { return c.SetText(i, "b") }},
		{gateway.FormBody, `{"content":[{"type":"of_tomorrow"},{"type":"text","text":"a"}],"x":1.50}`,
			`{"content":[{"type":"of_tomorrow"},{"type":"text","text":"b"}],"x":1.50}`, 1,
			func(c *gateway.Chunk, i int) error { return c.SetText(i, "b") }},
		{gateway.FormBody, `{"content":[{"type":"tool_use","id":"t","name":"f","input":{"a":1}}]}`,
			`{"content":[{"type":"tool_use","id":"t","name":"f","input":{"b":2}}]}`, 0,
			func(c *gateway.Chunk, i int) error { return c.SetArgs(i, 0, `{"b":2}`) }},
	} {
		before := chunk(c.raw, c.form)
		if err := c.edit(&before, c.delta); err != nil {
			t.Fatal(err)
		}
		if string(before.Raw) != c.want {
			t.Fatal(string(before.Raw))
		}
		if d := cmp.Diff(chunk(c.want, c.form).Deltas, before.Deltas); d != "" {
			t.Fatal(d)
		}
	}
	whole := chunk(`{"content":[{"type":"tool_use","id":"t","name":"f","input":{"a":1}}]}`, gateway.FormBody)
	if err := whole.SetArgs(0, 0, `{"b":`); err == nil {
		t.Fatal("arguments that are no JSON broke a body")
	}
	if err := whole.SetText(0, "x"); err == nil {
		t.Fatal("a tool call got a text")
	}
}

func TestEventSaysTheDelta(t *testing.T) {
	for _, d := range []gateway.Delta{
		{Part: 3, Text: "a\n"}, {Part: 3, Reasoning: "b"}, {Finish: "length"},
		{Part: 4, Tools: []gateway.ToolDelta{{Index: 4, Args: `{"`}}},
		{Part: 4, Tools: []gateway.ToolDelta{{Index: 4, ID: "t", Name: "f"}}},
	} {
		raw, err := Dialect{}.Event(nil, &d)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]gateway.Delta{d}, chunk(string(raw), gateway.FormEvent).Deltas); diff != "" {
			t.Fatal(diff)
		}
	}
	for _, d := range []gateway.Delta{{}, {Text: "a", Reasoning: "b"}, {Tools: []gateway.ToolDelta{{ID: "a", Args: "{"}}}} {
		if raw, err := (Dialect{}).Event(nil, &d); err == nil {
			t.Fatalf("%+v became %s", d, raw)
		}
	}
}

// FuzzRead: any text is read without a panic, and edits and folds stay JSON.
func FuzzRead(f *testing.F) {
	for _, s := range append(strings.Split(everyEvent, "\n"), everyBlock, ``, `[]`, `"a"`, `{"content":5,"usage":null}`, `{"type":"message_delta","delta":null}`,
		`{"type":"content_block_delta","index":0,"delta":[]}`, `{"content":[{"type":"text","text":"a"}],"content":[]}`, `{"content":[null,"x",{"type":"tool_use"}]`) {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, form := range []gateway.Form{gateway.FormEvent, gateway.FormBody} {
			c := gateway.Chunk{Raw: raw, Form: form, Dialect: Dialect{}}
			c.Read()
			var r gateway.Response
			r.Fold(c)
			if !json.Valid(raw) {
				continue
			}
			if !json.Valid(r.Body()) {
				t.Fatalf("%q folded is %q", raw, r.Body())
			}
			for i := range c.Deltas {
				if c.Deltas[i].Text == "" {
					continue
				}
				edited := c.Clone()
				if err := edited.SetText(i, "new"); err == nil && !json.Valid(edited.Raw) {
					t.Fatalf("%q edited is %q", raw, edited.Raw)
				}
			}
		}
	})
}

// everyEvent is a stream with each kind of event.
const everyEvent = `{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":10,"cache_creation_input_tokens":5,"cache_read_input_tokens":80,"output_tokens":1,"service_tier":"standard"}}}
{"type": "ping"}
{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}
{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}
{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2ln"}}
{"type":"content_block_stop","index":0}
{"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}
{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Hel"}}
{"type":"content_block_delta","index":1,"delta":{"type":"citations_delta","citation":{"type":"page_location","cited_text":"c"}}}
{"type":"content_block_delta","index":1,"delta":{"type":"of_tomorrow","text":"not me"}}
{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"lo"}}
{"type":"content_block_stop","index":1}
{"type":"content_block_start","index":2,"content_block":{"type":"server_tool_use","id":"s","name":"web_search","input":{}}}
{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"query\":\"q\"}"}}
{"type":"content_block_stop","index":2}
{"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"toolu_1","name":"f","input":{}}}
{"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":""}}
{"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"{\"a\": 1"}}
{"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":".0}"}}
{"type":"content_block_stop","index":3}
{"type":"content_block_start","index":4,"content_block":{"type":"compaction","content":null}}
{"type":"content_block_delta","index":4,"delta":{"type":"compaction_delta","content":"sum","encrypted_content":"e"}}
{"type":"content_block_stop","index":4}
{"type":"content_block_start","index":5,"content_block":{"type":"fallback","from":{"model":"m"},"to":{"model":"n"}}}
{"type":"content_block_stop","index":5}
{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":7,"output_tokens_details":{"thinking_tokens":3}},"context_management":{"applied_edits":[]}}
{"type":"message_stop"}`

// Every event goes on byte for byte, and the usage comes once.
func TestDecoderHandsEverythingOn(t *testing.T) {
	d := NewDecoder("anthropic", &gateway.Request{})
	var r gateway.Response
	reports := 0
	lines := strings.Split(everyEvent, "\n")
	for i, line := range lines {
		cs, err := d.Feed(sse.Event{Data: []byte(line)})
		if last := i == len(lines)-1; len(cs) != 1 || string(cs[0].Raw) != line || (err == io.EOF) != last || err != nil && !last {
			t.Fatalf("%s: %v, %v", line, cs, err)
		}
		if cs[0].Usage != nil {
			reports++
		}
		r.Fold(cs[0])
	}
	if _, err := d.End(); err != nil || reports != 1 {
		t.Fatal(err, reports)
	}
	want := `{"id":"msg_1","type":"message","role":"assistant","model":"n","content":[{"type":"thinking","thinking":"hm","signature":"c2ln"},` +
		`{"type":"text","text":"Hello","citations":[{"type":"page_location","cited_text":"c"}]},{"type":"server_tool_use","id":"s","name":"web_search","input":{"query":"q"}},` +
		`{"type":"tool_use","id":"toolu_1","name":"f","input":{"a": 1.0}},` +
		`{"type":"compaction","content":"sum","encrypted_content":"e"},{"type":"fallback","from":{"model":"m"},"to":{"model":"n"}}],"stop_reason":"tool_use","stop_sequence":null,` +
		`"usage":{"input_tokens":10,"cache_creation_input_tokens":5,"cache_read_input_tokens":80,"output_tokens":7,"service_tier":"standard","output_tokens_details":{"thinking_tokens":3}},"context_management":{"applied_edits":[]}}`
	if got := string(r.Body()); got != want {
		t.Fatal(cmp.Diff(want, got))
	}
	if diff := cmp.Diff(&gateway.Usage{Input: 95, Output: 7, CacheRead: 80, CacheWrite: 5, Reasoning: 3}, r.Usage); diff != "" {
		t.Fatal(diff)
	}
	if calls := r.Choices[0].Tools; len(calls) != 1 || calls[0].ID != "toolu_1" || calls[0].Args() == "" {
		t.Fatalf("%+v", calls)
	}
}
