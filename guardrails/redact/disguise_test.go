package redact

import (
	"encoding/json"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/gemini"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
)

var entities = []string{"email", "phone", "card"}

func hidden(t *testing.T, d gateway.Dialect, body string) (*Redaction, string) {
	t.Helper()
	req, err := gateway.NewRequest(d, gateway.OpChat, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewDetector(nil, nil).Begin(t.Context(), entities)
	if err != nil {
		t.Fatal(err)
	}
	out, err := r.Request(req)
	if err != nil {
		t.Fatal(err)
	}
	return r, string(out.Raw)
}

func said(text string) string {
	b, _ := json.Marshal(text)
	return `{"messages":[{"role":"user","content":` + string(b) + `}]}`
}

// A value is replaced however it is written.
func TestDisguisedValuesAreReplaced(t *testing.T) {
	for _, text := range []string{
		"٤١١١١١١١١١١١١١١١", "𝟒𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏", "&#52;111111111111111", "&#x34;&#x31;11111111111111", "4.111111111111111e15",
		"data:;base64,4111111111111111", "data:image/png;base64,4111111111111111",
	} {
		r, out := hidden(t, openai.Dialect{}, said(text))
		if got := gjson.Get(out, "messages.0.content").String(); !strings.HasSuffix(got, "[CARD_1]") {
			t.Errorf("%q became %q", text, got)
		}
		if back, _ := r.vault.reveal(gjson.Get(out, "messages.0.content").String(), true, proseForm); back != text {
			t.Errorf("%q was restored as %q", text, back)
		}
	}
	_, out := hidden(t, openai.Dialect{}, `{"messages":[{"role":"user","content":"x"}],"order":4.111111111111111e15,"other":4111111111111111.0}`)
	if gjson.Get(out, "order").String() != "[CARD_1]" || gjson.Get(out, "other").String() != "[CARD_2]" {
		t.Error(out)
	}
}

// Binary data is left alone where a part declares it, and only there.
func TestDeclaredBinaryDataStays(t *testing.T) {
	data := strings.Repeat("AAAA", 200)
	body := `{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,/4111111111111111/` + data + `"}},{"type":"input_audio","input_audio":{"data":"/4111111111111111/` + data + `","format":"wav"}}]}]}`
	if _, out := hidden(t, openai.Dialect{}, body); out != body {
		t.Error(out)
	}
	body = `{"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"/4111111111111111/` + data + `"}}]}]}`
	if _, out := hidden(t, anthropic.Dialect{}, body); out != body {
		t.Error(out)
	}
}

// Property: a value that is split over the text parts of a message in any way is replaced by
// one placeholder, and everything around it stays.
func TestSplitValuesAreReplaced(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, value := range []string{"4111 1111 1111 1111", "alice@example.com", "+1 415 555 2671"} {
		for range 500 {
			text := "before (" + value + ") after"
			cuts := random.IntN(4) + 1
			var parts []any
			for rest := text; rest != ""; cuts-- {
				n := len(rest)
				if cuts > 0 {
					n = random.IntN(len(rest) + 1)
				}
				parts = append(parts, map[string]string{"type": "text", "text": rest[:n]})
				rest = rest[n:]
			}
			body, _ := json.Marshal(map[string]any{"messages": []any{map[string]any{"role": "user", "content": parts}}})
			for _, d := range []gateway.Dialect{openai.Dialect{}, anthropic.Dialect{}} {
				_, out := hidden(t, d, string(body))
				joined := ""
				for _, p := range gjson.Get(out, "messages.0.content.#.text").Array() {
					joined += p.String()
				}
				if i, j := strings.IndexByte(joined, '['), strings.IndexByte(joined, ']'); i < 0 || joined[:i] != "before (" || !endsSplit(joined[j+1:]) || !strings.HasSuffix(joined[i:j], "_1") {
					t.Fatalf("%s\nbecame %s", body, out)
				}
			}
		}
	}
}

// endsSplit reports what may stand behind the placeholder of a split value: of an address
// that was complete before its last letters, as "alice@example.co" is, those letters stay.
func endsSplit(rest string) bool {
	letters, ok := strings.CutSuffix(rest, ") after")
	return ok && strings.HasSuffix("com", letters)
}

// A value that is complete in its part takes no word of the next part with it.
func TestCompleteValueStaysInItsPart(t *testing.T) {
	_, out := hidden(t, openai.Dialect{}, `{"messages":[{"role":"user","content":[{"type":"text","text":"write to a@example.com"},{"type":"text","text":"line two"}]}]}`)
	if got := gjson.Get(out, "messages.0.content.#.text").Raw; got != `["write to [EMAIL_1]","line two"]` {
		t.Error(got)
	}
}

func TestSplitValuesBesideOthers(t *testing.T) {
	_, out := hidden(t, openai.Dialect{}, `{"messages":[{"role":"user","content":[
		{"type":"text","text":"a@example.com and 4111 1111"},{"type":"image_url","image_url":{"url":"https://x.example"}},
		{"type":"text","text":" 1111 1111, then b@example.com or c@exam"},{"type":"text","text":"ple.com"}]},{"role":"user","content":"b@example.com"}]}`)
	want := []string{"[EMAIL_1] and [CARD_1]", ", then [EMAIL_2] or [EMAIL_3]", ""}
	for i, p := range gjson.Get(out, "messages.0.content.#.text").Array() {
		if p.String() != want[i] {
			t.Errorf("part %d: %q, want %q", i, p, want[i])
		}
	}
	if got := gjson.Get(out, "messages.1.content").String(); got != "[EMAIL_2]" {
		t.Error(got)
	}
}

// A private key without its end takes no other part with it.
func TestOpenKeyStaysInItsPart(t *testing.T) {
	long := strings.Repeat("a long document ", 100)
	_, out := hidden(t, openai.Dialect{}, `{"messages":[{"role":"user","content":[{"type":"text","text":"-----BEGIN PRIVATE KEY----- is what?"},{"type":"text","text":"`+long+`"}]}]}`)
	if gjson.Get(out, "messages.0.content.1.text").String() != long || strings.Contains(out, "BEGIN") {
		t.Error(out)
	}
}

// Vendors refuse brackets in the names of functions.
func TestFunctionNamesGetPlaceholdersWithoutBrackets(t *testing.T) {
	for name, d := range map[string]gateway.Dialect{"openai": openai.Dialect{}, "anthropic": anthropic.Dialect{}} {
		t.Run(name, func(t *testing.T) {
			body := `{"tools":[{"type":"function","function":{"name":"pay-4111111111111111"}},{"type":"function","function":{"name":"CARD_1"}},{"type":"function","function":{"name":"plain_1"}}],` +
				`"tool_choice":{"type":"function","function":{"name":"pay-4111111111111111"}},"messages":[{"role":"user","content":"4111111111111111"},` +
				`{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"pay-4111111111111111","arguments":"{\"name\":\"4111111111111111\"}"}}]}]}`
			names, calls := "tools.#.function.name", "messages.1.tool_calls.0.function.name"
			answer := `{"choices":[{"index":0,"message":{"role":"assistant","tool_calls":[{"id":"d","type":"function","function":{"name":"pay-CARD_1","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}`
			if name == "anthropic" {
				body = `{"tools":[{"name":"pay-4111111111111111","input_schema":{}},{"name":"CARD_1"},{"name":"plain_1"}],"tool_choice":{"type":"tool","name":"pay-4111111111111111"},` +
					`"messages":[{"role":"user","content":"4111111111111111"},{"role":"assistant","content":[{"type":"tool_use","id":"c","name":"pay-4111111111111111","input":{"name":"4111111111111111"}}]}]}`
				names, calls = "tools.#.name", "messages.1.content.0.name"
				answer = `{"type":"message","role":"assistant","content":[{"type":"tool_use","id":"d","name":"pay-CARD_1","input":{}}],"stop_reason":"tool_use"}`
			}
			r, out := hidden(t, d, body)
			if got := gjson.Get(out, names).String(); got != `["pay-CARD_1","CARD_2","plain_1"]` {
				t.Errorf("tools: %s", got)
			}
			if got := gjson.Get(out, calls).String(); got != "pay-CARD_1" || strings.Contains(out, "4111") || gjson.Get(out, "messages.0.content").String() != "[CARD_1]" {
				t.Errorf("%s", out)
			}
			body2 := gateway.Chunk{Dialect: d, Raw: []byte(answer), Form: gateway.FormBody}
			body2.Read()
			chunks, err := r.Restorer().Chunk(body2)
			if err != nil || !strings.Contains(string(chunks[0].Raw), `"pay-4111111111111111"`) {
				t.Errorf("%v %s", err, chunks[0].Raw)
			}
		})
	}
}

// An id of a call in which a value is found becomes a pseudonym that vendors accept, the same in the
// call and in its result, in every turn; it is restored where an answer has it.
func TestHandlesGetPseudonyms(t *testing.T) {
	legal := regexp.MustCompile(`^(call_|toolu_)[a-f0-9]{32}$`)
	const id = "call_4111111111111111"
	for _, tc := range []struct {
		d             gateway.Dialect
		body          string
		call, result  string
		event, inside string
	}{
		{openai.Dialect{}, `{"messages":[{"role":"assistant","tool_calls":[{"id":"` + id + `","type":"function","function":{"name":"f","arguments":"{\"id\":\"4111111111111111\"}"}}]},{"role":"tool","tool_call_id":"` + id + `","content":"4111111111111111"}]}`,
			"messages.0.tool_calls.0.id", "messages.1.tool_call_id", `{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"ID","function":{"name":"f","arguments":"{}"}}]}}]}`, "choices.0.delta.tool_calls.0.id"},
		{anthropic.Dialect{}, `{"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"` + id + `","name":"f","input":{"id":"4111111111111111"}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"` + id + `","content":"4111111111111111"}]}]}`,
			"messages.0.content.0.id", "messages.1.content.0.tool_use_id", `{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"ID","name":"f","input":{}}}`, "content_block.id"},
		{responses.Dialect{}, `{"input":[{"type":"function_call","id":"fc_1","call_id":"` + id + `","name":"f","arguments":"{\"id\":\"4111111111111111\"}"},{"type":"function_call_output","call_id":"` + id + `","output":"4111111111111111"}]}`,
			"input.0.call_id", "input.1.call_id", `{"type":"response.output_item.added","output_index":0,"item":{"type":"function_call","id":"fc","call_id":"ID","name":"f"}}`, "item.call_id"},
		{gemini.Dialect{}, `{"contents":[{"role":"model","parts":[{"functionCall":{"id":"` + id + `","name":"f","args":{"id":"4111111111111111"}}}]},{"role":"user","parts":[{"functionResponse":{"id":"` + id + `","name":"f","response":{"id":"4111111111111111"}}}]}]}`,
			"contents.0.parts.0.functionCall.id", "contents.1.parts.0.functionResponse.id", `{"candidates":[{"content":{"parts":[{"functionCall":{"id":"ID","name":"f","args":{}}}]}}]}`, "candidates.0.content.parts.0.functionCall.id"},
	} {
		d := NewDetector([]byte("k"), nil)
		redact := func() (*Redaction, string) {
			req, err := gateway.NewRequest(tc.d, gateway.OpChat, []byte(tc.body))
			if err != nil {
				t.Fatal(err)
			}
			r, err := d.Begin(t.Context(), entities)
			if err != nil {
				t.Fatal(err)
			}
			out, err := r.Request(req)
			if err != nil {
				t.Fatal(err)
			}
			return r, string(out.Raw)
		}
		r, out := redact()
		call, result := gjson.Get(out, tc.call).String(), gjson.Get(out, tc.result).String()
		if !legal.MatchString(call) || call != result || strings.Contains(out, "4111") || !strings.Contains(out, "[CARD_1]") {
			t.Errorf("%s: %s", tc.d.Name(), out)
		}
		if _, again := redact(); again != out {
			t.Errorf("%s: another turn has %s", tc.d.Name(), again)
		}
		c := gateway.Chunk{Dialect: tc.d, Raw: []byte(strings.Replace(tc.event, "ID", call, 1)), Form: gateway.FormEvent}
		c.Read()
		restored, err := r.Restorer().Chunk(c)
		if err != nil || len(restored) != 1 || gjson.GetBytes(restored[0].Raw, tc.inside).String() != id {
			t.Errorf("%s: %v %s", tc.d.Name(), err, restored[0].Raw)
		}
	}
}

// The name of a streamed call is restored too.
func TestStreamedFunctionNamesAreRestored(t *testing.T) {
	for name, raw := range map[string]string{
		"openai":    `{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"d","type":"function","function":{"name":"pay-CARD_1","arguments":""}}]}}]}`,
		"anthropic": `{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"d","name":"pay-CARD_1","input":{}}}`,
	} {
		var d gateway.Dialect = openai.Dialect{}
		body := `{"tools":[{"type":"function","function":{"name":"pay-4111111111111111"}}]}`
		if name == "anthropic" {
			d, body = anthropic.Dialect{}, `{"tools":[{"name":"pay-4111111111111111"}]}`
		}
		r, _ := hidden(t, d, body)
		c := gateway.Chunk{Dialect: d, Raw: []byte(raw), Form: gateway.FormEvent}
		c.Read()
		out, err := r.Restorer().Chunk(c)
		if err != nil || len(out) != 1 || len(out[0].Deltas) != 1 || out[0].Deltas[0].Tools[0].Name != "pay-4111111111111111" || !strings.Contains(string(out[0].Raw), "pay-4111111111111111") {
			t.Errorf("%s: %v %+v", name, err, out)
		}
	}
}

// However a number is joined to the words of a name, it is replaced, the name is one that
// vendors accept, and it is restored as a whole.
func TestNumbersJoinedToFunctionNames(t *testing.T) {
	legal := regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	const padding = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV"
	for _, name := range []string{"f_4539984210935125", "f4539984210935125", "4539984210935125f", "get_4539_9842_1093_5125_now", "a-4539984210935125-1", padding + "4539984210935125", "xIP_1_4539984210935125"} {
		r, out := hidden(t, openai.Dialect{}, `{"tools":[{"type":"function","function":{"name":"`+name+`"}}]}`)
		got := gjson.Get(out, "tools.0.function.name").String()
		if !legal.MatchString(got) || strings.Contains(got, "9842") || len(name) > 63 && !strings.HasPrefix(got, padding) {
			t.Errorf("%s becomes %s", name, got)
		}
		c := gateway.Chunk{Dialect: openai.Dialect{}, Form: gateway.FormBody,
			Raw: []byte(`{"choices":[{"index":0,"message":{"role":"assistant","tool_calls":[{"id":"d","type":"function","function":{"name":"` + got + `","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}`)}
		c.Read()
		if back, err := r.Restorer().Chunk(c); err != nil || !strings.Contains(string(back[0].Raw), `"`+name+`"`) {
			t.Errorf("%s: %v %s", name, err, back[0].Raw)
		}
	}
}
