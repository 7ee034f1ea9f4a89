package openai

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

const body = `{"id":"c1","object":"chat.completion","created":7,"model":"m","system_fingerprint":"fp","choices":[` +
	`{"index":0,"message":{"role":"assistant","content":"Hi \"you\"","reasoning_content":"hm","reasoning_details":[{"type":"reasoning.text","text":"hm"}],` +
	`"thinking_blocks":[{"type":"thinking","thinking":"hm","signature":"c2ln","vendor":1.50}],"annotations":[{"type":"url_citation","url_citation":{"start_index":0,"end_index":2,"title":"A","url":"https://a.example"}}]},` +
	`"logprobs":{"content":[{"token":"Hi","logprob":-0.10,"bytes":[72,105],"top_logprobs":[]}],"refusal":[{"token":"no","logprob":-3,"bytes":null,"top_logprobs":[]}]},"finish_reason":"stop"},` +
	`{"index":1,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"t1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"},"extra_content":{"google":{"thought_signature":"c2ln"}}},{"id":"t2","type":"custom","custom":{"name":"sh","input":"ls -l \"a\""}}]},"logprobs":null,"finish_reason":"tool_calls"}],` +
	`"usage":{"prompt_tokens":5,"completion_tokens":3,"total_tokens":8,"prompt_tokens_details":{"cached_tokens":2},"completion_tokens_details":{"reasoning_tokens":1}}}`

func chunk(raw string, form gateway.Form) gateway.Chunk {
	c := gateway.Chunk{Raw: []byte(raw), Form: form, Dialect: Dialect{}}
	c.Read()
	return c
}

// A body, its replay as events, and the events folded again are the same answer.
func TestFoldAndReplayAgree(t *testing.T) {
	var whole, folded gateway.Response
	whole.Fold(chunk(body, gateway.FormBody))
	if string(whole.Body()) != body {
		t.Fatal("a body that came whole must stay as it is")
	}
	events, err := Dialect{}.Events([]byte(body), true)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range events {
		folded.Fold(chunk(string(c.Raw), gateway.FormEvent))
	}
	var got, want map[string]any
	_ = json.Unmarshal(folded.Body(), &got)
	_ = json.Unmarshal([]byte(body), &want)
	want["system_fingerprint"] = nil // events carry none
	if d := cmp.Diff(want, got); d != "" {
		t.Fatal(d)
	}
}

// What events say beside texts is added up: each event has a part of it, of any choice.
func TestFoldAddsSourcesAndProbabilities(t *testing.T) {
	var r gateway.Response
	for _, said := range []string{
		`{"index":1,"delta":{"content":"Hi"},"logprobs":{"content":[{"token":"H","logprob":-1}]}}`,
		`{"index":1,"delta":{"annotations":[{"n":1}]},"logprobs":{"content":[{"token":"i","logprob":-2}]}}`,
		`{"index":1,"delta":{"annotations":[{"n":2}],"thinking_blocks":[{"type":"thinking"}]}},{"index":0,"delta":{"content":"x","annotations":"none"},"logprobs":null}`,
	} {
		r.Fold(chunk(`{"choices":[`+said+`]}`, gateway.FormEvent))
	}
	whole := gjson.ParseBytes(r.Body())
	first, other := whole.Get("choices.0"), whole.Get("choices.1")
	if first.Get("logprobs.content.#.token").Raw != `["H","i"]` || first.Get("message.annotations.#.n").Raw != "[1,2]" || first.Get("message.thinking_blocks.#").Int() != 1 ||
		other.Get("message.annotations").Exists() || other.Get("logprobs").Raw != "null" {
		t.Error(whole.Raw)
	}
}

func TestFoldSurvivesAHostileIndex(t *testing.T) {
	var r gateway.Response
	r.Fold(gateway.Chunk{Deltas: []gateway.Delta{{Tools: []gateway.ToolDelta{{Index: 1 << 40, Args: "x"}, {Index: -1, Args: "y"}}}}})
	if n := len(r.Choices[0].Tools); n > 1024 {
		t.Fatal(n)
	}
}

func TestChunkEditsBothFaces(t *testing.T) {
	c := chunk(`{"choices":[{"index":0,"delta":{"content":"a","reasoning":"r","tool_calls":[{"index":0,"function":{"arguments":"{"}}]}}],"x":1.50}`, gateway.FormEvent)
	for _, err := range []error{c.SetText(0, `q"`), c.SetReasoning(0, "R"), c.SetArgs(0, 0, `{"`)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	again := chunk(string(c.Raw), gateway.FormEvent)
	if d := cmp.Diff(c.Deltas, again.Deltas); d != "" {
		t.Fatal(d)
	}
	if want := `{"choices":[{"index":0,"delta":{"content":"q\"","reasoning":"R","tool_calls":[{"index":0,"function":{"arguments":"{\""}}]}}],"x":1.50}`; string(c.Raw) != want {
		t.Fatal(string(c.Raw))
	}
}

// A custom tool takes any text, under names of its own.
func TestChunkEditsACustomTool(t *testing.T) {
	c := chunk(`{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"t","type":"custom","custom":{"name":"n1","input":"to [EMAIL_1]"}}]}}]}`, gateway.FormEvent)
	for _, err := range []error{c.SetName(0, 0, "sh"), c.SetArgs(0, 0, `to "ada"`)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if want := `{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"t","type":"custom","custom":{"name":"sh","input":"to \"ada\""}}]}}]}`; string(c.Raw) != want {
		t.Fatal(string(c.Raw))
	}
	raw, err := Dialect{}.Event(c.Raw, &gateway.Delta{Tools: []gateway.ToolDelta{{Index: 2, Args: "more", FreeForm: true}}})
	if err != nil || !strings.Contains(string(raw), `"tool_calls":[{"index":2,"custom":{"input":"more"}}]`) {
		t.Fatalf("%s %v", raw, err)
	}
}

func TestUsageNeverPaysTheCaller(t *testing.T) {
	c := chunk(`{"choices":[],"usage":{"prompt_tokens":-5,"completion_tokens":-1}}`, gateway.FormEvent)
	if c.Usage.Input != 0 || c.Usage.Output != 0 {
		t.Fatal(*c.Usage)
	}
	p := gateway.Price{Input: 3_000_000_000, Output: 15_000_000_000}
	if got := p.Cost(gateway.Usage{Input: 1, CacheRead: 5}); got != 15_000 {
		t.Fatal(got)
	}
}

// Of a member that is given twice the last one counts, as for the clients.
func TestTheLastMemberCounts(t *testing.T) {
	c := chunk(`{"choices":[{"index":0,"message":{"content":"first","content":"last"},"finish_reason":"length","finish_reason":"stop"}]}`, gateway.FormBody)
	if d := c.Deltas[0]; d.Text != "last" || d.Finish != "stop" {
		t.Fatalf("%+v", d)
	}
}

// FuzzRead: any text is read without a panic, and edits keep it readable.
func FuzzRead(f *testing.F) {
	for _, s := range []string{body, `{}`, `[]`, ``, `"a"`, `{"choices":5,"usage":null}`, `{"choices":[{"delta":["content"],"index":2},[],null,"x"],"id":"é"}`,
		`{"choices":[{"delta":{"tool_calls":[{"index":3,"id":"t","function":{"name":"n","arguments":"{"}}]},"finish_reason":"tool_calls"}]}`, `{"choices":[`, `{"choices":[}]}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, form := range []gateway.Form{gateway.FormEvent, gateway.FormBody} {
			c := gateway.Chunk{Raw: raw, Form: form, Dialect: Dialect{}}
			c.Read()
			var r gateway.Response
			r.Fold(c)
			if !json.Valid(r.Body()) && json.Valid(raw) {
				t.Fatalf("%q folded is %q", raw, r.Body())
			}
			if !json.Valid(raw) {
				continue
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
