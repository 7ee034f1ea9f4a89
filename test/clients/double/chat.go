package double

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/tidwall/gjson"
)

// chat is OpenAI's chat completions.
type chat struct{}

const chatFields = "model messages stream stream_options temperature top_p n stop max_tokens max_completion_tokens " +
	"presence_penalty frequency_penalty logit_bias logprobs top_logprobs user seed tools tool_choice parallel_tool_calls " +
	"response_format reasoning_effort verbosity store metadata service_tier modalities audio prediction web_search_options " +
	"prompt_cache_key safety_identifier functions function_call prompt_cache_retention"

func (chat) authorised(r *http.Request) bool {
	return r.Header.Get("Authorization") == "Bearer "+OpenAIKey && r.Header.Get("X-Api-Key") == ""
}

func (chat) read(_ *http.Request, body gjson.Result) (*Turn, error) {
	t := &Turn{Model: body.Get("model").String(), Stream: body.Get("stream").Bool(), Reasoning: body.Get("reasoning_effort").Exists()}
	if err := known(body, chatFields); err != nil {
		return t, err
	}
	if body.Get("stream_options").Exists() && !t.Stream {
		return t, fmt.Errorf("stream_options: only allowed with stream")
	}
	if err := each(body.Get("messages"), func(m gjson.Result) error { return readChatMessage(t, m) }); err != nil {
		return t, err
	}
	err := each(body.Get("tools"), func(tool gjson.Result) error {
		f := tool.Get("function")
		if tool.Get("type").String() != "function" || f.Get("name").String() == "" {
			return fmt.Errorf("tools: %.80s is not a function", tool.Raw)
		}
		t.Tools = append(t.Tools, Tool{Name: f.Get("name").String(), Schema: f.Get("parameters")})
		return known(f, "name description parameters strict")
	})
	if err != nil {
		return t, err
	}
	choice := body.Get("tool_choice")
	if choice.Exists() && len(t.Tools) == 0 {
		return t, fmt.Errorf("tool_choice: only allowed with tools")
	}
	t.force(choice.String(), choice.Get("function.name").String())
	if format := body.Get("response_format"); format.Get("type").String() == "json_schema" {
		if t.Schema = format.Get("json_schema.schema"); format.Get("json_schema.name").String() == "" {
			return t, fmt.Errorf("response_format.json_schema.name: required")
		}
	}
	return t, nil
}

// force notes a tool choice: a word, or the name of a tool.
func (t *Turn) force(word, name string) {
	switch {
	case name != "":
		t.Forced = name
	case (word == "required" || word == "any") && len(t.Tools) > 0:
		t.Forced = t.Tools[0].Name
	case word == "none":
		t.NoTools = true
	}
}

func readChatMessage(t *Turn, m gjson.Result) error {
	role := m.Get("role").String()
	if role != "tool" {
		if err := t.settled(); err != nil {
			return err
		}
	}
	switch role {
	case "system", "developer":
		t.system(m.Get("content"))
	case "user":
		return readChatContent(t, m.Get("content"))
	case "assistant":
		return each(m.Get("tool_calls"), func(c gjson.Result) error {
			if c.Get("id").String() == "" || c.Get("type").String() != "function" || !gjson.Valid(c.Get("function.arguments").String()) {
				return fmt.Errorf("messages.tool_calls: %.80s is not a call", c.Raw)
			}
			t.called(c.Get("id").String(), c.Get("function.name").String())
			return nil
		})
	case "tool":
		return t.answered(m.Get("tool_call_id").String(), plainText(m.Get("content")))
	default:
		return fmt.Errorf("messages.role: %q is unknown", role)
	}
	return nil
}

func readChatContent(t *Turn, content gjson.Result) error {
	if !content.IsArray() {
		t.Texts = append(t.Texts, content.String())
		return nil
	}
	return each(content, func(p gjson.Result) error {
		switch p.Get("type").String() {
		case "text":
			t.Texts = append(t.Texts, p.Get("text").String())
			return known(p, "type text")
		case "image_url":
			return t.fileURL(p.Get("image_url.url").String())
		case "file":
			if !strings.HasPrefix(p.Get("file.file_data").String(), "data:") {
				return fmt.Errorf("messages.content: file.file_data is no data URL")
			}
			return t.fileURL(p.Get("file.file_data").String())
		}
		return fmt.Errorf("messages.content: a part of type %q", p.Get("type").String())
	})
}

// plainText is a string, or the texts of a list of parts.
func plainText(content gjson.Result) string {
	if !content.IsArray() {
		return content.String()
	}
	text := ""
	content.ForEach(func(_, p gjson.Result) bool {
		text += p.Get("text").String()
		return true
	})
	return text
}

func chatUsage(a Answer) object {
	return object{"prompt_tokens": InputTokens, "completion_tokens": OutputTokens, "total_tokens": InputTokens + OutputTokens,
		"prompt_tokens_details":     object{"cached_tokens": cachedTokens(a), "audio_tokens": 0},
		"completion_tokens_details": object{"reasoning_tokens": reasoningTokens(a), "audio_tokens": 0, "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0}}
}

func reasoningTokens(a Answer) int {
	if a.Thought == "" {
		return 0
	}
	return ReasoningTokens
}

func cachedTokens(a Answer) int {
	if !a.Cached {
		return 0
	}
	return CachedTokens
}

func chatCalls(a Answer) []object {
	var calls []object
	for i, c := range a.Calls {
		calls = append(calls, object{"index": i, "id": c.ID, "type": "function", "function": object{"name": c.Tool.Name, "arguments": c.Args}})
	}
	return calls
}

func chatFinish(a Answer) string {
	if len(a.Calls) > 0 {
		return "tool_calls"
	}
	return "stop"
}

func chatHead(t *Turn, kind string, choices []object) object {
	return object{"id": "chatcmpl-double", "object": kind, "created": 1750000000, "model": t.Model, "choices": choices,
		"service_tier": "default", "system_fingerprint": "fp_double"}
}

func (chat) whole(t *Turn, a Answer) any {
	m := object{"role": "assistant", "content": a.text(), "refusal": nil, "annotations": []any{}}
	if a.Thought != "" {
		m["reasoning_content"] = a.Thought
	}
	if len(a.Calls) > 0 {
		calls := chatCalls(a)
		for _, c := range calls {
			delete(c, "index")
		}
		m["tool_calls"] = calls
	}
	o := chatHead(t, "chat.completion", []object{{"index": 0, "message": m, "logprobs": nil, "finish_reason": chatFinish(a)}})
	o["usage"] = chatUsage(a)
	return o
}

func (chat) events(t *Turn, a Answer) (events []event, end int) {
	delta := func(d object, finish any) {
		events = append(events, event{data: chatHead(t, "chat.completion.chunk", []object{{"index": 0, "delta": d, "logprobs": nil, "finish_reason": finish}})})
	}
	delta(object{"role": "assistant", "content": "", "refusal": nil}, nil)
	for _, p := range pieces(a.Thought) {
		if p != "" {
			delta(object{"reasoning_content": p}, nil)
		}
	}
	for _, p := range a.Pieces {
		delta(object{"content": p}, nil)
	}
	for i, c := range chatCalls(a) {
		args := c["function"].(object)["arguments"].(string)
		c["function"].(object)["arguments"] = ""
		delta(object{"tool_calls": []object{c}}, nil)
		for _, p := range halves(args) {
			delta(object{"tool_calls": []object{{"index": i, "function": object{"arguments": p}}}}, nil)
		}
	}
	delta(object{}, chatFinish(a))
	usage := chatHead(t, "chat.completion.chunk", []object{})
	usage["usage"] = chatUsage(a)
	return append(events, event{data: usage}, event{data: "[DONE]"}), 3
}

// halves cuts arguments where a stream may cut them: inside a word.
func halves(s string) []string { return []string{s[:len(s)/2], s[len(s)/2:]} }

func (chat) failure(status int, message string) any { return openaiFailure(status, message) }

// openaiFailure is the error body of OpenAI's formats.
func openaiFailure(status int, message string) any {
	kind, code := "invalid_request_error", any(nil)
	switch status {
	case http.StatusUnauthorized:
		code = "invalid_api_key"
	case http.StatusTooManyRequests:
		kind, code = "requests", "rate_limit_exceeded"
	case http.StatusInternalServerError:
		kind = "server_error"
	}
	return object{"error": object{"message": message, "type": kind, "param": nil, "code": code}}
}
