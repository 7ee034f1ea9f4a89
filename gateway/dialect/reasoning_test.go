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

// thought is a conversation in one format: a call that Anthropic's model thought about, its result, a
// call that Google's thought about, its result, and a new question whose answer Anthropic's model
// thought about. first, second and last stand in the signatures.
var thought = map[dialect.Format]string{
	openai.Dialect{}: `{"model":"MODEL","messages":[{"role":"user","content":"Hi"},
		{"role":"assistant","thinking_blocks":[{"type":"thinking","thinking":"a","signature":"first"}],"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c1","content":"1"},
		{"role":"assistant","tool_calls":[{"id":"c2","type":"function","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":"second"}}}]},{"role":"tool","tool_call_id":"c2","content":"2"},
		{"role":"user","content":"And?"},{"role":"assistant","thinking_blocks":[{"type":"thinking","thinking":"b","signature":"last"}],"content":"So"},{"role":"user","content":"Go on"}]}`,
	anthropic.Dialect{}: `{"model":"MODEL","max_tokens":9,"messages":[{"role":"user","content":"Hi"},
		{"role":"assistant","content":[{"type":"thinking","thinking":"a","signature":"first"},{"type":"tool_use","id":"c1","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":"1"}]},
		{"role":"assistant","content":[{"type":"redacted_thinking","data":"google:second"},{"type":"tool_use","id":"c2","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"c2","content":"2"}]},
		{"role":"user","content":"And?"},{"role":"assistant","content":[{"type":"thinking","thinking":"b","signature":"last"},{"type":"text","text":"So"}]},{"role":"user","content":"Go on"}]}`,
}

// After a switch of the model a run of turns keeps all of its reasoning or none, for every pair of
// formats: never is a part taken out of the middle.
func TestReasoningTailsStayWhole(t *testing.T) {
	for from, body := range thought {
		for _, to := range []dialect.Format{openai.Dialect{}, anthropic.Dialect{}, gemini.Dialect{}, responses.Dialect{}} {
			model, last := "claude-sonnet-4-5", false
			switch to.Name() {
			case "gemini":
				model = "gemini-3-pro"
			case "anthropic":
				last = true
			}
			raw := []byte(strings.ReplaceAll(body, "MODEL", model))
			if from.Name() == to.Name() {
				if to.Name() != "anthropic" {
					continue // the body passes as it is
				}
				raw = anthropic.WithoutForeign(raw)
			} else {
				m, err := from.ReadRequest(raw)
				if err != nil {
					t.Fatal(err)
				}
				if raw, err = to.WriteRequest(m); err != nil {
					t.Fatal(err)
				}
			}
			out := string(raw)
			if strings.Contains(out, `"first"`) || strings.Contains(out, "second") || strings.Contains(out, `"last"`) != last {
				t.Errorf("%s to %s: %s", from.Name(), to.Name(), out)
			}
		}
	}
}

// Reasoning of another model than the request's is dropped as a whole, where answers tell the model.
func TestSealedReasoningOfAnotherModel(t *testing.T) {
	answer := func(model, text string) string {
		req, err := responses.NewRequest(gateway.OpChat, []byte(`{"model":"`+model+`","input":"Hi"}`))
		if err != nil {
			t.Fatal(err)
		}
		tr, _, err := dialect.Translate(responses.Dialect{}, anthropic.Dialect{}, req)
		if err != nil {
			t.Fatal(err)
		}
		c := gateway.Chunk{Form: gateway.FormBody, Dialect: anthropic.Dialect{}, Raw: []byte(`{"id":"msg_1","model":"` + model + `","content":[{"type":"thinking","thinking":"` + text + `","signature":"s_` + text + `"}],"stop_reason":"end_turn"}`)}
		c.Read()
		s, err := tr.Answer(gateway.Chunks(c))
		if err != nil {
			t.Fatal(err)
		}
		body, err := s.Next()
		if err != nil {
			t.Fatal(err)
		}
		return gjson.GetBytes(body.Raw, "output.0").Raw
	}
	same, other := answer("claude-a", "one"), answer("claude-b", "two")
	for input, kept := range map[string]int{same: 1, same + "," + other: 0, other: 0} {
		m, err := responses.Dialect{}.ReadRequest([]byte(`{"model":"claude-a","max_output_tokens":9,"input":[{"role":"user","content":"Hi"},` + input + `,{"role":"user","content":"Go on"}]}`))
		if err != nil {
			t.Fatal(err)
		}
		raw, err := anthropic.Dialect{}.WriteRequest(m)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(raw), `"signature"`); n != kept {
			t.Errorf("%d signatures in %s", n, raw)
		}
	}
}

// An effort reaches each target as the nearest word or number that it knows. A change is told.
func TestEfforts(t *testing.T) {
	chat := func(more string) (dialect.Format, string) {
		return openai.Dialect{}, `{"model":"MODEL","messages":[{"role":"user","content":"Hi"}],` + more + `}`
	}
	budget := func(n string) (dialect.Format, string) {
		return anthropic.Dialect{}, `{"model":"MODEL","max_tokens":9,"messages":[{"role":"user","content":"Hi"}],"thinking":{"type":"enabled","budget_tokens":` + n + `}}`
	}
	effort := func(word string) func() (dialect.Format, string) {
		return func() (dialect.Format, string) { return chat(`"reasoning_effort":"` + word + `"`) }
	}
	for _, tc := range []struct {
		ask     func() (dialect.Format, string)
		to      dialect.Format
		model   string
		path    string
		want    string
		dropped string
	}{
		{effort("max"), responses.Dialect{}, "gpt-5", "reasoning.effort", "xhigh", "effort max (sent as xhigh)"},
		{effort("minimal"), responses.Dialect{}, "gpt-5", "reasoning.effort", "minimal", ""},
		{effort("none"), responses.Dialect{}, "gpt-5", "reasoning.effort", "none", ""},
		{effort("xhigh"), anthropic.Dialect{}, "claude-opus-4-6", "output_config.effort", "high", "effort xhigh (sent as high)"},
		{effort("max"), anthropic.Dialect{}, "claude-opus-4-6", "output_config.effort", "max", ""},
		{effort("minimal"), anthropic.Dialect{}, "claude-opus-4-6", "output_config.effort", "low", "effort minimal (sent as low)"},
		{effort("none"), anthropic.Dialect{}, "claude-opus-4-6", "thinking", "", ""},
		{effort("minimal"), anthropic.Dialect{}, "claude-sonnet-4-5", "thinking.budget_tokens", "1024", ""},
		{effort("max"), gemini.Dialect{}, "gemini-3-pro", "generationConfig.thinkingConfig.thinkingLevel", "high", "effort max (sent as high)"},
		{effort("none"), gemini.Dialect{}, "gemini-3-pro", "generationConfig.thinkingConfig.thinkingLevel", "low", "effort none (sent as low)"},
		{effort("none"), gemini.Dialect{}, "gemini-2.5-flash", "generationConfig.thinkingConfig.thinkingBudget", "0", ""},
		{func() (dialect.Format, string) { return chat(`"thinking":{"type":"enabled","budget_tokens":20000}`) }, responses.Dialect{}, "gpt-5", "reasoning.effort", "high", ""},
		{func() (dialect.Format, string) { return budget("1024") }, responses.Dialect{}, "gpt-5", "reasoning.effort", "low", ""},
		{func() (dialect.Format, string) { return budget("1024") }, openai.Dialect{}, "gpt-5", "reasoning_effort", "low", ""},
	} {
		from, body := tc.ask()
		m, err := from.ReadRequest([]byte(strings.ReplaceAll(body, "MODEL", tc.model)))
		if err != nil {
			t.Fatal(err)
		}
		raw, err := tc.to.WriteRequest(m)
		if err != nil {
			t.Fatal(err)
		}
		if got := gjson.GetBytes(raw, tc.path).String(); got != tc.want || strings.Join(m.Dropped, ",") != tc.dropped {
			t.Errorf("%s to %s: %q, dropped %q in %s", body, tc.model, got, m.Dropped, raw)
		}
	}
}
