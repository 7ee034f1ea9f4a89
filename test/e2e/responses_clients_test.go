package e2e

import (
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// scriptResponses scripts the models that the clients of the Responses API are run with.
func scriptResponses(up *gatewaytest.Upstream) {
	scriptMessages(up)
	up.Set("json", gatewaytest.Reply{Text: `{"name":"Ada"}`})
	up.Set("custom", gatewaytest.Reply{Tools: []gatewaytest.Tool{
		{ID: "call_c1", Name: "apply_patch", Args: []string{`{"input":"*** Be`, `gin\n\"x\""}`}}, {ID: "call_c2", Name: "web__open", Args: []string{`{"url":"x"}`}}}})
}

// responsesClientSees is what every client must print, whatever the format of the target.
var responsesClientSees = map[string]string{
	"unary.object":                                   "response",
	"unary.status":                                   "completed",
	"unary.model":                                    "hello",
	"unary.output.0.type":                            "message",
	"unary.output.0.content.0.annotations.#":         "0",
	"unary.usage.input_tokens":                       "30",
	"unary.usage.output_tokens":                      "5",
	"unary.usage.total_tokens":                       "35",
	"unary.usage.input_tokens_details.cached_tokens": "10",
	"unaryText":                                      "Hello you there",
	"streamed.text":                                  "Hello you there",
	"streamed.ordered":                               "true",
	"streamed.response.status":                       "completed",
	"streamed.response.usage.input_tokens_details.cached_tokens": "10",
	"called.text":                              "Let me look.",
	"called.ordered":                           "true",
	"called.response.output.#":                 "3",
	"called.response.output.1.type":            "function_call",
	"called.response.output.1.call_id":         "toolu_01",
	"called.response.output.1.name":            "get_weather",
	"called.response.output.1.arguments":       `{"city":"Paris"}`,
	"called.response.output.2.arguments":       "{}",
	"calledUnary.output.1.arguments":           `{"city":"Paris"}`,
	"secondTurn":                               "And tomorrow?",
	"image":                                    "What is this?",
	"parsed.name":                              "Ada",
	"thought.response.output.0.type":           "reasoning",
	"thought.response.output.0.summary.0.text": thought,
	"thought.text":                             "Forty-two.",
	"afterThought":                             "Forty-two.",
	"stopped.status":                           "incomplete",
	"stopped.incomplete_details.reason":        "max_output_tokens",
	"badKey.name":                              "AuthenticationError",
	"badKey.code":                              "invalid_api_key",
	"badField.name":                            "BadRequestError",
	"badField.param":                           "stream",
	"refused.name":                             "BadRequestError",
	"noModel.status":                           "400",
	"limited.name":                             "RateLimitError",
	"retried":                                  "Hello",
	"broken.name":                              "APIError",
	"brokenHelper.name":                        "APIError",
}

// responsesOfTranslated is what they must print besides where the target has another format.
var responsesOfTranslated = map[string]string{
	"unary.instructions":                 "Be kind.",
	"unary.metadata.team":                "red",
	"custom.response.output.0.type":      "custom_tool_call",
	"custom.response.output.0.call_id":   "call_c1",
	"custom.response.output.0.name":      "apply_patch",
	"custom.response.output.0.input":     "*** Begin\n\"x\"",
	"custom.response.output.1.type":      "function_call",
	"custom.response.output.1.name":      "open",
	"custom.response.output.1.namespace": "web",
	"badInput.param":                     "input",
}

// responsesConfig has a target with the Responses API, and one for each format that is translated.
const responsesConfig = `
virtual_keys:
  - {name: native, provider: openai, base_url: UPSTREAM/v1, api_key: sk-upstream, prices: {"*": {input: 1, output: 2}}}
  - {name: claude, provider: anthropic, base_url: UPSTREAM, api_key: sk-ant-upstream, prices: {"*": {input: 1, output: 2}}}
  - {name: local, provider: openai, base_url: UPSTREAM/v1, api_key: sk-upstream, formats: [chat], prices: {"*": {input: 1, output: 2}}}
prompts: {dir: ./prompts}
`

// responsesTargets are the virtual keys of responsesConfig.
var responsesTargets = []string{"native", "local", "claude"}

// TestResponsesClients runs OpenAI's clients against a target with the Responses API, and against
// targets whose requests and answers are translated.
func TestResponsesClients(t *testing.T) {
	for _, target := range responsesTargets {
		for _, script := range []string{"responses.mjs", "responses_client.py"} {
			t.Run(script+" "+target, func(t *testing.T) {
				t.Parallel()
				up := gatewaytest.NewUpstream()
				t.Cleanup(up.Close)
				scriptResponses(up)
				got := start(t, responsesConfig, up).script(script, "@"+target)
				responsesSeen(t, got, responsesClientSees)
				if target == "native" {
					responsesPassed(t, up, got)
					return
				}
				responsesSeen(t, got, responsesOfTranslated)
				if kinds := got.Get("called.kinds").Raw; strings.Count(kinds, "response.output_item.done") != 3 || strings.Count(kinds, "response.completed") != 1 {
					t.Errorf("events: %s", kinds)
				}
				if before := got.Get("broken.before").String(); !strings.HasPrefix(before, "one two ") || strings.Contains(before, "five") {
					t.Errorf("broken: %q", before)
				}
				if m := got.Get("broken.message").String(); !strings.Contains(m, "broke off") {
					t.Errorf("broken: %s", m)
				}
				responsesSent(t, up, target)
			})
		}
	}
}

func responsesSeen(t *testing.T, got gjson.Result, sees map[string]string) {
	t.Helper()
	for path, want := range sees {
		if v := got.Get(path); v.String() != want {
			t.Errorf("%s: got %q, want %q", path, v.String(), want)
		}
	}
}

// responsesSent checks what reached a target of another format.
func responsesSent(t *testing.T, up *gatewaytest.Upstream, target string) {
	t.Helper()
	if target == "claude" {
		compare(t, "second turn", sent(up, "second").Body, map[string]string{
			"messages.1.content.1.input":                `{"city":"Paris"}`,
			"messages.2.content.0.tool_use_id":          "toolu_01",
			"messages.2.content.2.text":                 "And tomorrow?",
			"tools.0.input_schema.properties.city.type": "string",
		})
		compare(t, "after thinking", sent(up, "thinks").Body, map[string]string{
			"messages.1.content.0.thinking": thought, "messages.1.content.0.signature": signature})
		compare(t, "hello", sent(up, "hello").Body, map[string]string{"messages.0.content.0.text": "Hello"})
		return
	}
	compare(t, "second turn", sent(up, "second").Body, map[string]string{
		"messages.1.content":                         "Let me look.",
		"messages.1.tool_calls.0.id":                 "toolu_01",
		"messages.1.tool_calls.0.function.arguments": `{"city":"Paris"}`,
		"messages.2.tool_call_id":                    "toolu_01",
		"messages.2.content":                         "21 degrees",
		"messages.4.content":                         "And tomorrow?",
		"messages.#":                                 "5",
		"tools.0.function.strict":                    "true",
	})
	compare(t, "after thinking", sent(up, "thinks").Body, map[string]string{"messages.1.reasoning_content": thought, "reasoning_effort": "low"})
	compare(t, "json", sent(up, "json").Body, map[string]string{"response_format.json_schema.name": "person", "response_format.json_schema.strict": "true"})
	compare(t, "custom", sent(up, "custom").Body, map[string]string{"tools.0.function.name": "apply_patch", "tools.1.function.name": "web__open"})
}

// responsesPassed checks what went through to a target with the Responses API, and came back.
func responsesPassed(t *testing.T, up *gatewaytest.Upstream, got gjson.Result) {
	t.Helper()
	for _, r := range up.Requests() {
		if r.Path != "/v1/responses" {
			t.Errorf("%s was sent to %s", r.Model, r.Path)
		}
	}
	compare(t, "second turn", sent(up, "second").Body, map[string]string{
		"input.2.type": "function_call", "input.2.call_id": "toolu_01", "input.4.output": "21 degrees", "input.6.content": "And tomorrow?", "tools.0.strict": "true"})
	compare(t, "custom", sent(up, "custom").Body, map[string]string{"tools.0.type": "custom", "tools.0.format.definition": "start: /.+/", "tools.1.tools.0.name": "open"})
	compare(t, "after thinking", sent(up, "thinks").Body, map[string]string{"input.1.encrypted_content": "gAAAAABupstream==", "input.1.summary.0.text": thought, "store": "false"})
	responsesSeen(t, got, map[string]string{"unary.id": "resp_upstream", "unary.vendor_field.kept": "true", "thought.response.output.0.encrypted_content": "gAAAAABupstream=="})
}
