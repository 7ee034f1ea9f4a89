package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// messagesConfig has a target of each format.
const messagesConfig = `
virtual_keys:
  - {name: claude, provider: anthropic, base_url: UPSTREAM, api_key: sk-ant-upstream, prices: {"*": {input: 1, output: 2}}}
  - {name: local, provider: openai, base_url: UPSTREAM/v1, api_key: sk-upstream, prices: {"*": {input: 1, output: 2}}}
prompts: {dir: ./prompts}
`

const (
	thought   = `Who asks? "Alice" <é>`
	signature = "RXE0/+Zm9v=="
	picture   = "iVBORw0KGgo4111111111111111="
)

// scriptMessages scripts the models that the clients of Anthropic's format are run with.
func scriptMessages(up *gatewaytest.Upstream) {
	up.Set("hello", gatewaytest.Reply{Text: "Hello you there", Input: 30, Output: 5, Cached: 10})
	up.Set("tools", gatewaytest.Reply{Text: "Let me look.", Tools: []gatewaytest.Tool{
		{ID: "toolu_01", Name: "get_weather", Args: []string{`{"ci`, `ty":"Pa`, `ris"}`}}, {ID: "toolu_02", Name: "get_time", Args: []string{`{`, `}`}}}})
	up.Set("thinks", gatewaytest.Reply{Reasoning: thought, Signature: signature, Text: "Forty-two."})
	up.Set("cut-short", gatewaytest.Reply{Text: "And then", Finish: "length"})
	up.Set("breaks", gatewaytest.Reply{Pieces: []string{"one ", "two ", "three ", "four ", "five "}, Fault: gatewaytest.Fault{Cut: true, CutAfter: 5}})
	failure := func(status int, kind, message string) gatewaytest.Reply {
		return gatewaytest.Reply{Status: status, Body: `{"type":"error","error":{"type":"` + kind + `","message":"` + message + `"},"request_id":"req_upstream"}`}
	}
	up.Set("overloaded", failure(529, "overloaded_error", "Overloaded"))
	up.Set("limited", failure(429, "rate_limit_error", "This request would exceed your rate limit"))
	up.Set("unauthorised", failure(401, "authentication_error", "invalid x-api-key"))
	up.Set("refused", failure(400, "invalid_request_error", "max_tokens: 9000000 > 64000"))
}

// clientSees is what every client must print, whatever the format of the target.
var clientSees = map[string]string{
	"unary.type":                                     "message",
	"unary.role":                                     "assistant",
	"unary.model":                                    "hello",
	"unary.content.0.text":                           "Hello you there",
	"unary.stop_reason":                              "end_turn",
	"unary.usage.input_tokens":                       "20",
	"unary.usage.output_tokens":                      "5",
	"streamed.message.content.0.text":                "Hello you there",
	"streamed.message.stop_reason":                   "end_turn",
	"streamed.message.usage.cache_read_input_tokens": "10",
	"streamed.message.usage.input_tokens":            "20",
	"streamed.message.usage.output_tokens":           "5",
	"called.message.content.0.text":                  "Let me look.",
	"called.message.content.1.id":                    "toolu_01",
	"called.message.content.1.name":                  "get_weather",
	"called.message.content.1.input":                 `{"city":"Paris"}`,
	"called.message.content.2.input":                 "{}",
	"called.message.content.#":                       "3",
	"called.message.stop_reason":                     "tool_use",
	"calledUnary.content.1.input":                    `{"city":"Paris"}`,
	"calledUnary.stop_reason":                        "tool_use",
	"secondTurn.content.0.text":                      "And tomorrow?",
	"image.content.0.text":                           "What is this?",
	"thought.message.content.0.type":                 "thinking",
	"thought.message.content.0.thinking":             thought,
	"thought.message.content.1.text":                 "Forty-two.",
	"thoughtUnary.content.0.thinking":                thought,
	"afterThought.content.0.text":                    "Go on",
	"stopped.stop_reason":                            "max_tokens",
	"beta.content.0.text":                            "Hello",
	"badKey.name":                                    "AuthenticationError",
	"badKey.type":                                    "authentication_error",
	"upstreamKey.name":                               "AuthenticationError",
	"badField.name":                                  "BadRequestError",
	"badField.type":                                  "invalid_request_error",
	"badMessages.name":                               "BadRequestError",
	"refused.name":                                   "BadRequestError",
	"noModel.status":                                 "400",
	"overloaded.status":                              "529",
	"overloaded.type":                                "overloaded_error",
	"overloadedStream.status":                        "529",
	"limited.name":                                   "RateLimitError",
	"retried.0.text":                                 "Hello",
	"broken.type":                                    "api_error",
	"brokenHelper.type":                              "api_error",
	"byToken":                                        "end_turn",
	"byHeader":                                       "end_turn",
}

// clientReads are texts that the client's messages must hold.
var clientReads = map[string]string{
	"badField.message":     "'stream'",
	"badMessages.message":  "'messages'",
	"refused.message":      "max_tokens: 9000000 > 64000",
	"noModel.message":      "no virtual key",
	"broken.before":        "one two ",
	"broken.message":       "broke off",
	"brokenHelper.message": "broke off",
}

// TestAnthropicClients runs Anthropic's clients against a target of their own format, and
// against one whose requests and answers are translated.
func TestAnthropicClients(t *testing.T) {
	for _, target := range []string{"claude", "local"} {
		for _, script := range []string{"anthropic.mjs", "anthropic_client.py"} {
			t.Run(script+" "+target, func(t *testing.T) {
				t.Parallel()
				up := gatewaytest.NewUpstream()
				t.Cleanup(up.Close)
				scriptMessages(up)
				got := start(t, messagesConfig, up).script(script, "@"+target)
				for path, want := range clientSees {
					v := got.Get(path)
					if v.IsObject() {
						v = got.Get(path + "|@ugly")
					}
					if v.String() != want {
						t.Errorf("%s: got %q, want %q", path, v.String(), want)
					}
				}
				for path, want := range clientReads {
					if v := got.Get(path).String(); !strings.Contains(v, want) {
						t.Errorf("%s: %q does not hold %q", path, v, want)
					}
				}
				if kinds := got.Get("called.kinds").Raw; strings.Count(kinds, "content_block_start") != 3 || strings.Count(kinds, "message_stop") != 1 {
					t.Errorf("events: %s", kinds)
				}
				if target == "claude" {
					sentToAnthropic(t, up, got)
				} else {
					sentToOpenAI(t, up, got)
				}
			})
		}
	}
}

// sent is the last body that the model got.
func sent(up *gatewaytest.Upstream, model string) gatewaytest.Received {
	var last gatewaytest.Received
	for _, r := range up.Requests() {
		if r.Model == model {
			last = r
		}
	}
	return last
}

// compare compares members of a body with what they must be, without white space.
func compare(t *testing.T, name string, body []byte, want map[string]string) {
	t.Helper()
	for path, value := range want {
		got := gjson.GetBytes(body, path)
		text := got.String()
		if got.IsObject() || got.IsArray() {
			text = gjson.GetBytes(body, path+"|@ugly").Raw
		}
		if text != value {
			t.Errorf("%s: %s is %s, want %s\n%s", name, path, text, value, body)
		}
	}
}

func sentToAnthropic(t *testing.T, up *gatewaytest.Upstream, got gjson.Result) {
	t.Helper()
	for _, r := range up.Requests() {
		if r.Header.Get("X-Api-Key") != "sk-ant-upstream" || r.Header.Get("Authorization") != "" {
			t.Errorf("%s: the credential is %v", r.Model, r.Header)
		}
	}
	if v := sent(up, "by-header").Header.Get("Anthropic-Version"); got.Get("byHeader").Exists() && sent(up, "by-header").Model != "" && v != "2023-06-01" {
		t.Errorf("anthropic-version: %q", v)
	}
	if v := sent(up, "second").Header.Get("Anthropic-Version"); v != "2026-10-21" {
		t.Errorf("anthropic-version: %q", v)
	}
	if r := sent(up, "beta"); !strings.Contains(r.Header.Get("Anthropic-Beta"), "unknown-2030-01-01") || !strings.Contains(string(r.Body), `"context_management"`) {
		t.Errorf("the beta: %v %s", r.Header, r.Body)
	}
	if got.Get("thought.message.content.0.signature").String() != signature || got.Get("thoughtUnary.content.0.signature").String() != signature {
		t.Error("the signature did not reach the caller")
	}
	if got.Get("tokens.input_tokens").Int() != 30 {
		t.Errorf("tokens: %s", got.Get("tokens"))
	}
	compare(t, "second turn", sent(up, "second").Body, map[string]string{
		"messages.1.content.1.input":                  `{"city":"Paris"}`,
		"messages.2.content.0.tool_use_id":            "toolu_01",
		"messages.2.content.1.is_error":               "true",
		"messages.2.content.1.cache_control":          `{"type":"ephemeral"}`,
		"messages.2.content.2.text":                   "And tomorrow?",
		"tools.1.cache_control.ttl":                   "1h",
		"tools.0.input_schema.properties.city.type":   "string",
		"messages.1.content.#(type==\"tool_use\")#|#": "2",
	})
	compare(t, "image", sent(up, "image").Body, map[string]string{
		"messages.0.content.0.source.data": picture, "messages.0.content.0.source.media_type": "image/png"})
	compare(t, "thinking", sent(up, "after-thought").Body, map[string]string{
		"messages.1.content.0.thinking": thought, "messages.1.content.0.signature": signature, "thinking.budget_tokens": "1024"})
}

func sentToOpenAI(t *testing.T, up *gatewaytest.Upstream, got gjson.Result) {
	t.Helper()
	if got.Get("tokens.input_tokens").Int() < 10 || !got.Get("tokens.estimated").Bool() {
		t.Errorf("tokens: %s", got.Get("tokens"))
	}
	for _, r := range up.Requests() {
		if r.Header.Get("Authorization") != "Bearer sk-upstream" || r.Header.Get("X-Api-Key") != "" || strings.Contains(string(r.Body), "cache_control") {
			t.Errorf("%s: %v %s", r.Model, r.Header, r.Body)
		}
	}
	compare(t, "second turn", sent(up, "second").Body, map[string]string{
		"messages.1.role":                            "assistant",
		"messages.1.content":                         "Let me look.",
		"messages.1.tool_calls.0.id":                 "toolu_01",
		"messages.1.tool_calls.0.function.arguments": `{"city":"Paris"}`,
		"messages.2.role":                            "tool",
		"messages.2.tool_call_id":                    "toolu_01",
		"messages.2.content":                         "21 degrees",
		"messages.3.tool_call_id":                    "toolu_02",
		"messages.3.content":                         "noon",
		"messages.4.role":                            "user",
		"messages.4.content":                         "And tomorrow?",
		"messages.#":                                 "5",
		"tools.0.function.name":                      "get_weather",
		"tools.0.function.parameters.required":       `["city"]`,
	})
	compare(t, "hello", sent(up, "hello").Body, map[string]string{"messages.0.content": "Hello"})
	compare(t, "image", sent(up, "image").Body, map[string]string{
		"messages.0.content.0.image_url.url": "data:image/png;base64," + picture, "messages.0.content.1.text": "What is this?"})
	compare(t, "thinking", sent(up, "after-thought").Body, map[string]string{
		"messages.1.content": "Forty-two.", "messages.1.reasoning_content": thought, "reasoning_effort": "low"})
}

// TestMessagesGrammar: what clients of this format cannot live without. Each event is named
// by its type, blocks open and close in order, the usage stands in the first event and in the
// last but one, and a stream that breaks ends in an error and never in message_stop.
func TestMessagesGrammar(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	scriptMessages(up)
	s := start(t, messagesConfig, up)
	for _, target := range []string{"@claude/", "@local/"} {
		for _, model := range []string{"hello", "tools", "thinks", "cut-short", "echo", "fault-usage-absent", "fault-no-done", "fault-comments", "fault-crlf", "fault-gzip"} {
			if target == "@claude/" && model == "fault-usage-absent" {
				continue // a target of the same format: its events pass as they come
			}
			for _, config := range []string{`{}`, `{"cache":"simple"}`, `{"cache":"simple"}`, `{"output_guardrails":[{"default.contains":{"operator":"none","words":["nothing"]}}]}`} {
				r := s.messages(target+model, true, "Hello", "X-Sluice-Config", config)
				if err := grammar(r.body); err != nil || r.StatusCode != 200 {
					t.Errorf("%s %s: %d %v\n%s", target+model, config, r.StatusCode, err, r.body)
				}
				if kind := r.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/event-stream") {
					t.Errorf("%s: %s", target+model, kind)
				}
			}
		}
		for _, model := range []string{"breaks", "fault-error-event:5", "fault-no-end"} {
			r := s.messages(target+model, true, "a b c d")
			if err := grammar(r.body); err == nil || !strings.Contains(r.body, "event: error\ndata: {\"type\":\"error\",") || strings.Contains(r.body, "message_stop") {
				t.Errorf("%s: %v\n%s", target+model, err, r.body)
			}
		}
	}
}

// messages sends one question in Anthropic's format.
func (s *server) messages(model string, stream bool, text string, header ...string) reply {
	s.t.Helper()
	return s.post("/v1/messages", fmt.Sprintf(`{"model":%q,"max_tokens":1000,"stream":%t,"messages":[{"role":"user","content":%q}]}`, model, stream, text), header...)
}

// grammar checks that a stream of events is a whole message.
func grammar(sse string) error {
	state, open, index := "", "", int64(0)
	for frame := range strings.SplitSeq(strings.TrimSuffix(sse, "\n\n"), "\n\n") {
		name, data, ok := strings.Cut(frame, "\ndata: ")
		name, named := strings.CutPrefix(name, "event: ")
		e := gjson.Parse(data)
		if state == "" && name == "hook_results" && e.Get("hook_results").IsObject() { // only with strict compliance off
			continue
		}
		if !ok || !named || !e.IsObject() || e.Get("type").String() != name {
			return fmt.Errorf("not an event: %q", frame)
		}
		fits := false
		switch name {
		case "ping":
			fits = state != "message_stop"
		case "message_start":
			m := e.Get("message")
			fits = state == "" && m.Get("type").String() == "message" && m.Get("role").String() == "assistant" && m.Get("id").String() != "" &&
				m.Get("model").String() != "" && m.Get("content").IsArray() && m.Get("usage.input_tokens").Exists() && m.Get("usage.output_tokens").Exists()
		case "content_block_start":
			fits = state == "message_start" || state == "content_block_stop"
			fits = fits && e.Get("index").Exists() && e.Get("index").Int() == index && e.Get("content_block.type").Exists()
			open = e.Get("content_block.type").String()
		case "content_block_delta":
			fits = (state == "content_block_start" || state == "content_block_delta") && e.Get("index").Int() == index && pieceOf[e.Get("delta.type").String()] == open
		case "content_block_stop":
			fits = (state == "content_block_start" || state == "content_block_delta") && e.Get("index").Int() == index
			index++
		case "message_delta":
			fits = (state == "message_start" || state == "content_block_stop") && e.Get("delta.stop_reason").String() != "" && e.Get("usage.output_tokens").Exists()
		case "message_stop":
			fits = state == "message_delta"
		}
		if !fits {
			return fmt.Errorf("after %q: %s", state, frame)
		}
		if name != "ping" {
			state = name
		}
	}
	if state != "message_stop" {
		return fmt.Errorf("the stream ends with %q", state)
	}
	return nil
}

// pieceOf names the block that a piece belongs to.
var pieceOf = map[string]string{"text_delta": "text", "input_json_delta": "tool_use", "thinking_delta": "thinking", "signature_delta": "thinking"}
