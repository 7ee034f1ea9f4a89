package openai

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluicegate/sluice/gateway"
)

func TestNewRequestNamesWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ name, body, param, want string }{
		{"syntax", "{\"model\":\n\"a\",}", "", "line 2, column"},
		{"list", `[1]`, "", "must be a JSON object"},
		{"empty", ``, "", "not valid JSON"},
		{"twice", `{"model":"a","model":"b"}`, "model", "given twice"},
		{"twice, escaped", `{"model":"a","mod\u0065l":"b"}`, "model", "given twice"},
		{"model", `{"model":7}`, "model", "must be a string"},
		{"stream", `{"stream":"yes"}`, "stream", "true or false"},
		{"messages", `{"messages":{}}`, "messages", "at least one"},
		{"no messages", `{"messages":[]}`, "messages", "at least one"},
		{"a message that is none", `{"messages":[ "hi"]}`, "messages[0]", "must be an object"},
		{"another encoding", "{\"model\":\"caf\xe9\"}", "", "UTF-8"},
		{"half a character", "{\"messages\":[{\"content\":\"\xf0\x9f\"}]}", "", "UTF-8"},
		{"too deep", `{"a":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + "}", "", "nested more than"},
		{"missing", `{"model":"a"}`, "messages", "missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := NewRequest(gateway.OpChat, []byte(c.body), "messages")
			e := gateway.AsError(err)
			if e == nil || e.Kind != gateway.Invalid || e.Param != c.param || !strings.Contains(e.Public, c.want) {
				t.Fatalf("got %v (param %q), want %q naming %q", err, e.Param, c.want, c.param)
			}
		})
	}
}

func TestNewRequestOfEmbeddings(t *testing.T) {
	for body, ok := range map[string]bool{
		`{"input":"a"}`: true, `{"input":["a","b"]}`: true, `{"input":[1,2]}`: true, `{"input":[[1],[2]]}`: true, `{"input": [ "a" ] }`: true,
		`{"input":5}`: false, `{"input":null}`: false, `{"input":[ ]}`: false, `{"input":{"a":1}}`: false,
	} {
		_, err := NewRequest(gateway.OpEmbeddings, []byte(body), "input")
		if e := gateway.AsError(err); (e == nil) != ok || e != nil && e.Param != "input" {
			t.Errorf("%s: %v", body, err)
		}
	}
	if _, err := NewRequest(gateway.OpChat, []byte(`{"input":5}`)); err != nil {
		t.Errorf("a chat has no input of ours: %v", err)
	}
}

var chat = strings.Replace(`{ "model":"m", "user":"bob@example.com", "n": 1e2,
 "messages":[{"content":"a\u0040b \"q\"","role":"user"},
  {"role":"assistant","content":[{"type":"text","text":"two"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA"}}],"x":{"y":["deep"]}}],
 "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}], "odd": "unknown" }`, "base64,AA", "base64,"+strings.Repeat("AAAA", 200), 1)

func TestTexts(t *testing.T) {
	req := must(t, chat)
	req.Prompt = &gateway.PromptCall{ID: "p", Variables: []byte(`{"card":4111111111111111,"n":3,"s":["x"]}`)}
	type row struct{ Path, Value, Role string }
	var got []row
	for _, x := range req.Texts() {
		got = append(got, row{x.Path, x.Value, x.Role})
	}
	want := []row{
		{"tools[0].function.name", "f", ""},
		{"messages[0].content", `a@b "q"`, "user"},
		{"messages[1].content[0].text", "two", "assistant"},
		{"messages[1].x.y[0]", "deep", "assistant"},
		{"odd", "unknown", ""},
		{"variables.card", "4111111111111111", ""},
		{"variables.s[0]", "x", ""},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Fatal(d)
	}
}

func TestWithSplicesOnlyTheEdited(t *testing.T) {
	req := must(t, chat)
	texts := req.Texts()
	out, err := req.With([]gateway.Edit{{Text: texts[1], New: "new \"1\"\n<é>"}, {Text: texts[3], New: "DEEP"}})
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(strings.Replace(chat, `"a\u0040b \"q\""`, `"new \"1\"\n<é>"`, 1), `"deep"`, `"DEEP"`, 1)
	if d := cmp.Diff(want, string(out.Raw)); d != "" {
		t.Fatal(d)
	}
	if string(req.Raw) != chat {
		t.Fatal("the original changed")
	}
}

func TestWithEditsVariablesOnACopy(t *testing.T) {
	req := must(t, `{"temperature":1}`)
	req.Prompt = &gateway.PromptCall{Variables: []byte(`{"card":4111111111111111}`)}
	out, err := req.With([]gateway.Edit{{Text: req.Texts()[0], New: "[CARD_1]"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := string(out.Prompt.Variables); got != `{"card":"[CARD_1]"}` {
		t.Fatal(got)
	}
	if got := string(req.Prompt.Variables); got != `{"card":4111111111111111}` {
		t.Fatal("the original changed: " + got)
	}
}

func TestTargetApply(t *testing.T) {
	target := &gateway.Target{Model: "real", Default: []byte(`{"temperature":0.1,"top_p":0.5}`), Override: []byte(`{"max_tokens":9}`),
		Drop: []string{"messages[*].name", "nothing.here"}}
	out, err := target.Apply(must(t, `{"model":"asked","temperature":0.70,"max_tokens":1,"messages":[{"role":"user","name":"n","content":"x"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	var got, want any
	_ = json.Unmarshal(out.Raw, &got)
	_ = json.Unmarshal([]byte(`{"model":"real","temperature":0.70,"max_tokens":9,"messages":[{"role":"user","content":"x"}],"top_p":0.5}`), &want)
	if d := cmp.Diff(want, got); d != "" {
		t.Fatal(d)
	}
	if !strings.Contains(string(out.Raw), "0.70") {
		t.Fatal("the spelling of a number changed: " + string(out.Raw))
	}
}

// FuzzTexts holds that any valid body can be taken apart and put together again, and that
// edits land where they should.
func FuzzTexts(f *testing.F) {
	f.Add(chat)
	f.Add(`{"a":[[],{},"",[1,-2.5e3,true,null,"x"]],"b":"\ud83d\ude00"}`)
	f.Fuzz(func(t *testing.T, body string) {
		req, err := NewRequest(gateway.OpChat, []byte(body))
		if err != nil {
			return
		}
		texts := req.Texts()
		edits := make([]gateway.Edit, len(texts))
		for i, x := range texts {
			edits[i] = gateway.Edit{Text: x, New: "v"}
		}
		out, err := req.With(edits)
		if err != nil || !json.Valid(out.Raw) {
			t.Fatalf("%q: %v", out.Raw, err)
		}
		for _, x := range out.Texts() {
			if x.Value != "v" {
				t.Fatalf("%s is still %q", x.Path, x.Value)
			}
		}
	})
}

func must(t *testing.T, body string) *gateway.Request {
	t.Helper()
	req, err := NewRequest(gateway.OpChat, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return req
}
