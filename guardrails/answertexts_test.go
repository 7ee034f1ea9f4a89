package guardrails

import (
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
)

// answering is an answer of which one message, or one choice, has more than its content.
func answering(message, more string) gateway.Chunk {
	return body(`{"id":"c","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"fine"` + message + `},"finish_reason":"stop"}]` + more + `}`)
}

// judgedAnswer reports whether an output guardrail lets an answer pass.
func judgedAnswer(t *testing.T, check string, chunks ...gateway.Chunk) bool {
	t.Helper()
	ex := targeted(t, &gateway.Target{Output: []gateway.GuardrailSpec{spec("out", true, check)}})
	out, err := attempt(t, New(Config{}), ex, gateway.Chunks(chunks...))
	if err != nil {
		if gateway.AsError(err).Kind != gateway.Denied {
			t.Fatal(err)
		}
		return false
	}
	out.Close()
	return true
}

// A guardrail that forbids a word sees it wherever an answer shows it.
func TestGuardSeesWhateverAnAnswerShows(t *testing.T) {
	deltas := func(of ...string) (out []gateway.Chunk) {
		for _, d := range of {
			out = append(out, event(`[{"index":0,"delta":`+d+`}]`))
		}
		return append(out, event(`[{"index":0,"delta":{"content":"x"},"finish_reason":"stop"}]`))
	}
	in := func(d gateway.Dialect, form gateway.Form, raws ...string) (out []gateway.Chunk) {
		for _, raw := range raws {
			c := gateway.Chunk{Dialect: d, Form: form, Raw: []byte(raw)}
			c.Read()
			out = append(out, c)
		}
		return out
	}
	for name, chunks := range map[string][]gateway.Chunk{
		"the name of a tool":        {answering(`,"tool_calls":[{"id":"1","type":"function","function":{"name":"geheim","arguments":"{}"}}]`, "")},
		"a function call":           {answering(`,"function_call":{"name":"f","arguments":"{\"a\":\"geheim\"}"}`, "")},
		"a transcript":              {answering(`,"audio":{"id":"a","data":"AAAA","transcript":"geheim"}`, "")},
		"a source":                  {answering(`,"annotations":[{"type":"url_citation","url_citation":{"url":"https://x","title":"geheim"}}]`, "")},
		"reasoning details":         {answering(`,"reasoning_details":[{"type":"reasoning.text","text":"geheim"}]`, "")},
		"thinking blocks":           {answering(`,"thinking_blocks":[{"type":"thinking","thinking":"geheim","signature":"x"}]`, "")},
		"search results":            {answering("", `,"search_results":[{"title":"geheim"}]`)},
		"a content given twice":     {answering(`,"content":"geheim","content":"fine"`, "")},
		"a content of another case": {answering(`,"Content":"geheim"`, "")},
		"deep":                      {answering(`,"x":`+strings.Repeat(`{"a":`, 40)+`["geheim"]`+strings.Repeat("}", 40), "")},
		"a streamed transcript":     deltas(`{"audio":{"transcript":"ge"}}`, `{"audio":{"transcript":"heim"}}`),
		"streamed details":          deltas(`{"reasoning_details":[{"type":"reasoning.text","text":"ge","index":0}]}`, `{"reasoning_details":[{"type":"reasoning.text","text":"heim","index":0}]}`),
		"a streamed vendor field":   deltas(`{"x_vendor":"ge"}`, `{"x_vendor":"heim"}`),
		"a tool of Anthropic's": in(anthropic.Dialect{}, gateway.FormBody,
			`{"type":"message","role":"assistant","model":"m","content":[{"type":"server_tool_use","id":"1","name":"web_search","input":{"query":"geheim"}},{"type":"text","text":"fine"}],"stop_reason":"end_turn"}`),
		"a name in the input of Anthropic's tool": in(anthropic.Dialect{}, gateway.FormBody,
			`{"type":"message","role":"assistant","model":"m","content":[{"type":"server_tool_use","id":"1","name":"web_search","input":{"id":"geheim"}}],"stop_reason":"end_turn"}`),
		"a citation of Anthropic's": in(anthropic.Dialect{}, gateway.FormBody,
			`{"type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"fine","citations":[{"type":"char_location","cited_text":"geheim"}]}],"stop_reason":"end_turn"}`),
		"code of Responses": in(responses.Dialect{}, gateway.FormBody,
			`{"object":"response","status":"completed","output":[{"type":"code_interpreter_call","id":"1","code":"geheim"}]}`),
		"streamed code of Responses": in(responses.Dialect{}, gateway.FormEvent,
			`{"type":"response.code_interpreter_call_code.delta","output_index":0,"item_id":"c","sequence_number":1,"delta":"ge"}`,
			`{"type":"response.code_interpreter_call_code.delta","output_index":1,"item_id":"d","sequence_number":2,"delta":"-"}`,
			`{"type":"response.code_interpreter_call_code.delta","output_index":0,"item_id":"c","sequence_number":3,"delta":"heim"}`),
	} {
		t.Run(name, func(t *testing.T) {
			if judgedAnswer(t, forbids, chunks...) {
				t.Error("the answer passed")
			}
			if judgedAnswer(t, requires, chunks...) {
				t.Error("what stands besides the texts fulfilled a rule")
			}
		})
	}
}

// The input of a custom tool is one of the answer's texts, as the arguments of a function are.
func TestGuardSeesTheInputOfACustomTool(t *testing.T) {
	for name, chunks := range map[string][]gateway.Chunk{
		"whole": {answering(`,"tool_calls":[{"id":"1","type":"custom","custom":{"name":"f","input":"geheim"}}]`, "")},
		"streamed": {event(`[{"index":0,"delta":{"tool_calls":[{"index":1,"custom":{"input":"ge"}},{"index":0,"custom":{"input":"-"}}]}}]`),
			event(`[{"index":0,"delta":{"tool_calls":[{"index":1,"custom":{"input":"heim"}}]},"finish_reason":"tool_calls"}]`)},
	} {
		if judgedAnswer(t, forbids, chunks...) || !judgedAnswer(t, requires, chunks...) {
			t.Errorf("%s: the input was not read", name)
		}
	}
}

// What repeats the request, and what a vendor made up, breaks no rule.
func TestGuardLeavesWhatTheModelDidNotWrite(t *testing.T) {
	echo := gateway.Chunk{Dialect: responses.Dialect{}, Form: gateway.FormBody, Raw: []byte(`{"id":"geheim","model":"geheim","object":"response","status":"completed",` +
		`"instructions":"geheim","tools":[{"name":"geheim"}],"metadata":{"a":"geheim"},"text":{"format":{"name":"geheim"}},` +
		`"output":[{"type":"reasoning","id":"geheim","encrypted_content":"geheim"},{"type":"message","content":[{"type":"output_text","text":"fine"}]}]}`)}
	echo.Read()
	event := gateway.Chunk{Dialect: responses.Dialect{}, Raw: []byte(`{"type":"response.created","response":` + string(echo.Raw) + `}`)}
	event.Read()
	probable := answering("", "")
	probable.Raw = []byte(strings.Replace(string(probable.Raw), `"finish_reason"`, `"logprobs":{"content":[{"token":"fine","top_logprobs":[{"token":"geheim"}]}]},"finish_reason"`, 1))
	picture := answering(`,"images":[{"image_url":{"url":"data:image/png;base64,`+strings.Repeat("iVBORw0KGgoAAAANSUhEUgAAgeheim0", 20)+`"}}]`, "")
	for name, c := range map[string]gateway.Chunk{"a repeated request": echo, "an event with a repeated request": event, "probabilities": probable, "an image": picture} {
		if !judgedAnswer(t, forbids, c) {
			t.Errorf("%s was denied", name)
		}
	}
}

// Too many texts are denied, not read in part.
func TestGuardDeniesMoreTextsThanItKeeps(t *testing.T) {
	if judgedAnswer(t, forbids, answering(`,"x":[`+strings.Repeat(`"a",`, 100_001)+`"b"]`, "")) {
		t.Error("the answer passed")
	}
}
