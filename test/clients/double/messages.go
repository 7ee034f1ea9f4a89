package double

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/tidwall/gjson"
)

// messages is Anthropic's Messages.
type messages struct{}

const (
	messagesFields = "model messages max_tokens system stream temperature top_p top_k stop_sequences metadata tools tool_choice " +
		"thinking output_config service_tier container mcp_servers"
	betaFields = " context_management output_format speed fallbacks diagnostics cache_control inference_geo"
)

func (messages) authorised(r *http.Request) bool {
	return r.Header.Get("X-Api-Key") == AnthropicKey && r.Header.Get("Authorization") == ""
}

func (messages) read(r *http.Request, body gjson.Result) (*Turn, error) {
	thinking := body.Get("thinking")
	t := &Turn{Model: body.Get("model").String(), Stream: body.Get("stream").Bool(),
		Reasoning: thinking.Exists() && thinking.Get("type").String() != "disabled"}
	fields := messagesFields
	if r.Header.Get("Anthropic-Beta") != "" {
		fields += betaFields
	}
	switch {
	case r.Header.Get("Anthropic-Version") == "":
		return t, fmt.Errorf("anthropic-version: header is required")
	case body.Get("max_tokens").Int() < 1:
		return t, fmt.Errorf("max_tokens: Field required")
	case t.Reasoning && thinking.Get("budget_tokens").Exists() &&
		(thinking.Get("budget_tokens").Int() < 1024 || thinking.Get("budget_tokens").Int() >= body.Get("max_tokens").Int()):
		return t, fmt.Errorf("thinking.budget_tokens: must be at least 1024 and less than max_tokens")
	case t.Reasoning && body.Get("temperature").Exists() && body.Get("temperature").Float() != 1:
		return t, fmt.Errorf("temperature: may only be set to 1 when thinking is enabled")
	}
	if err := known(body, fields); err != nil {
		return t, err
	}
	t.system(body.Get("system"))
	if err := each(body.Get("messages"), func(m gjson.Result) error { return readMessage(t, m) }); err != nil {
		return t, err
	}
	err := each(body.Get("tools"), func(tool gjson.Result) error {
		if kind := tool.Get("type").String(); kind != "" && kind != "custom" {
			return nil // a tool of the vendor's
		}
		if tool.Get("input_schema.type").String() != "object" {
			return fmt.Errorf("tools: %.80s has no input_schema of type object", tool.Raw)
		}
		t.Tools = append(t.Tools, Tool{Name: tool.Get("name").String(), Schema: tool.Get("input_schema")})
		return nil
	})
	if err != nil {
		return t, err
	}
	choice := body.Get("tool_choice")
	if choice.Exists() && len(t.Tools) == 0 {
		return t, fmt.Errorf("tool_choice: may only be specified while providing tools")
	}
	t.force(choice.Get("type").String(), choice.Get("name").String())
	if t.Forced != "" && t.Reasoning {
		return t, fmt.Errorf("thinking: may not be enabled when tool_choice forces tool use")
	}
	for _, path := range []string{"output_config.format", "output_format"} {
		if format := body.Get(path); format.Get("type").String() == "json_schema" {
			t.Schema = format.Get("schema")
		}
	}
	return t, nil
}

func readMessage(t *Turn, m gjson.Result) error {
	role, content := m.Get("role").String(), m.Get("content")
	if role != "user" && role != "assistant" && role != "system" {
		return fmt.Errorf("messages.role: %q is unknown", role)
	}
	if !content.IsArray() {
		if err := t.settled(); err != nil {
			return err
		}
		if role == "user" {
			t.Texts = append(t.Texts, content.String())
		}
		return nil
	}
	settledBefore := false
	return each(content, func(p gjson.Result) error {
		kind := p.Get("type").String()
		if kind != "tool_result" && role == "user" && !settledBefore {
			settledBefore = true
			if err := t.settled(); err != nil {
				return err
			}
		}
		switch kind {
		case "text":
			if p.Get("text").String() == "" {
				return fmt.Errorf("messages: text content blocks must be non-empty")
			}
			if role == "user" {
				t.Texts = append(t.Texts, p.Get("text").String())
			}
		case "image", "document":
			return t.messagesFile(p.Get("source"))
		case "tool_use":
			if !p.Get("input").IsObject() {
				return fmt.Errorf("messages: tool_use.input is no object")
			}
			t.called(p.Get("id").String(), p.Get("name").String())
		case "tool_result":
			return t.answered(p.Get("tool_use_id").String(), plainText(p.Get("content")))
		case "thinking":
			if p.Get("signature").String() != Signature || p.Get("thinking").String() != Thought && p.Get("thinking").String() != "" {
				return fmt.Errorf("messages: invalid signature in thinking block")
			}
		case "redacted_thinking":
		default:
			return fmt.Errorf("messages: a block of type %q", kind)
		}
		return nil
	})
}

func (t *Turn) messagesFile(source gjson.Result) error {
	switch source.Get("type").String() {
	case "base64":
		return t.file(source.Get("media_type").String(), source.Get("data").String())
	case "url":
		return t.fileURL(source.Get("url").String())
	}
	return fmt.Errorf("messages: a source of type %q", source.Get("type").String())
}

// messagesUsage counts cached tokens beside the others, not among them.
func messagesUsage(a Answer) object {
	return object{"input_tokens": InputTokens - cachedTokens(a), "output_tokens": OutputTokens, "cache_creation_input_tokens": 0,
		"cache_read_input_tokens": cachedTokens(a), "service_tier": "standard"}
}

// messagesBlocks are the blocks of an answer; the pieces are how they are streamed.
func messagesBlocks(a Answer) (blocks []object, deltas [][]object) {
	if a.Thought != "" {
		blocks = append(blocks, object{"type": "thinking", "thinking": a.Thought, "signature": Signature})
		var d []object
		for _, p := range pieces(a.Thought) {
			d = append(d, object{"type": "thinking_delta", "thinking": p})
		}
		deltas = append(deltas, append(d, object{"type": "signature_delta", "signature": Signature}))
	}
	if len(a.Pieces) > 0 {
		blocks = append(blocks, object{"type": "text", "text": a.text()})
		var d []object
		for _, p := range a.Pieces {
			d = append(d, object{"type": "text_delta", "text": p})
		}
		deltas = append(deltas, d)
	}
	for _, c := range a.Calls {
		blocks = append(blocks, object{"type": "tool_use", "id": c.ID, "name": c.Tool.Name, "input": json.RawMessage(c.Args)})
		var d []object
		for _, p := range halves(c.Args) {
			d = append(d, object{"type": "input_json_delta", "partial_json": p})
		}
		deltas = append(deltas, d)
	}
	return blocks, deltas
}

func messagesFinish(a Answer) string {
	if len(a.Calls) > 0 {
		return "tool_use"
	}
	return "end_turn"
}

func (messages) whole(t *Turn, a Answer) any {
	blocks, _ := messagesBlocks(a)
	return object{"id": "msg_double", "type": "message", "role": "assistant", "model": t.Model, "content": blocks,
		"stop_reason": messagesFinish(a), "stop_sequence": nil, "usage": messagesUsage(a)}
}

func (messages) events(t *Turn, a Answer) (events []event, end int) {
	add := func(name string, data object) {
		data["type"] = name
		events = append(events, event{name, data})
	}
	usage := messagesUsage(a)
	usage["output_tokens"] = 1
	add("message_start", object{"message": object{"id": "msg_double", "type": "message", "role": "assistant", "model": t.Model, "content": []any{},
		"stop_reason": nil, "stop_sequence": nil, "usage": usage}})
	add("ping", object{})
	blocks, deltas := messagesBlocks(a)
	for i, b := range blocks {
		switch b["type"] {
		case "thinking":
			b["thinking"], b["signature"] = "", ""
		case "text":
			b["text"] = ""
		case "tool_use":
			b["input"] = object{}
		}
		add("content_block_start", object{"index": i, "content_block": b})
		for _, d := range deltas[i] {
			add("content_block_delta", object{"index": i, "delta": d})
		}
		add("content_block_stop", object{"index": i})
	}
	add("message_delta", object{"delta": object{"stop_reason": messagesFinish(a), "stop_sequence": nil}, "usage": messagesUsage(a)})
	add("message_stop", object{})
	return events, 3
}

func (messages) failure(status int, message string) any {
	kind := map[int]string{http.StatusUnauthorized: "authentication_error", http.StatusTooManyRequests: "rate_limit_error",
		http.StatusInternalServerError: "api_error"}[status]
	if kind == "" {
		kind = "invalid_request_error"
	}
	return object{"type": "error", "error": object{"type": kind, "message": message}, "request_id": "req_double"}
}
