package double

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/tidwall/gjson"
)

// responses is OpenAI's Responses.
type responses struct{}

const responsesFields = "model input instructions stream stream_options temperature top_p max_output_tokens max_tool_calls metadata " +
	"parallel_tool_calls previous_response_id conversation prompt prompt_cache_key prompt_cache_retention reasoning safety_identifier " +
	"service_tier store text tool_choice tools top_logprobs truncation user include background client_metadata context_management"

func (responses) authorised(r *http.Request) bool { return chat{}.authorised(r) }

func (responses) read(_ *http.Request, body gjson.Result) (*Turn, error) {
	t := &Turn{Model: body.Get("model").String(), Stream: body.Get("stream").Bool(), Reasoning: body.Get("reasoning").IsObject()}
	if err := known(body, responsesFields); err != nil {
		return t, err
	}
	if err := readResponseTools(t, body.Get("tools"), ""); err != nil {
		return t, err
	}
	if input := body.Get("input"); input.IsArray() {
		if err := each(input, func(item gjson.Result) error { return readItem(t, item) }); err != nil {
			return t, err
		}
	} else {
		t.Texts = append(t.Texts, input.String())
	}
	choice := body.Get("tool_choice")
	if choice.IsObject() || choice.String() == "required" {
		t.force(choice.String(), choice.Get("name").String())
	}
	t.NoTools = choice.String() == "none"
	if format := body.Get("text.format"); format.Get("type").String() == "json_schema" {
		if t.Schema = format.Get("schema"); format.Get("name").String() == "" {
			return t, fmt.Errorf("text.format.name: required")
		}
	}
	return t, nil
}

func readResponseTools(t *Turn, tools gjson.Result, space string) error {
	return each(tools, func(tool gjson.Result) error {
		switch kind := tool.Get("type").String(); kind {
		case "function", "custom":
			if tool.Get("name").String() == "" {
				return fmt.Errorf("tools: %.80s has no name", tool.Raw)
			}
			t.Tools = append(t.Tools, Tool{Name: tool.Get("name").String(), Schema: tool.Get("parameters"), Kind: kind, Space: space})
		case "namespace":
			return readResponseTools(t, tool.Get("tools"), tool.Get("name").String())
		}
		return nil // the vendor's own tools are not called
	})
}

func readItem(t *Turn, item gjson.Result) error {
	switch kind := item.Get("type").String(); kind {
	case "message", "":
		if err := t.settled(); err != nil {
			return err
		}
		return readResponseContent(t, item.Get("role").String(), item.Get("content"))
	case "function_call", "custom_tool_call":
		t.called(item.Get("call_id").String(), item.Get("name").String())
	case "function_call_output", "custom_tool_call_output":
		return t.answered(item.Get("call_id").String(), plainText(item.Get("output")))
	case "reasoning":
		if e := item.Get("encrypted_content"); e.String() != "" && e.String() != Signature {
			return fmt.Errorf("input: the encrypted content could not be verified")
		}
	case "additional_tools":
		return readResponseTools(t, item.Get("tools"), "")
	default:
		return fmt.Errorf("input: an item of type %q", kind)
	}
	return nil
}

func readResponseContent(t *Turn, role string, content gjson.Result) error {
	switch role {
	case "user":
	case "assistant":
		return nil
	case "system", "developer":
		t.system(content)
		return nil
	default:
		return fmt.Errorf("input.role: %q is unknown", role)
	}
	if !content.IsArray() {
		t.Texts = append(t.Texts, content.String())
		return nil
	}
	return each(content, func(p gjson.Result) error {
		switch p.Get("type").String() {
		case "input_text":
			t.Texts = append(t.Texts, p.Get("text").String())
		case "input_image":
			return t.fileURL(p.Get("image_url").String())
		case "input_file":
			if !strings.HasPrefix(p.Get("file_data").String(), "data:") {
				return fmt.Errorf("input.content: file_data is no data URL")
			}
			return t.fileURL(p.Get("file_data").String())
		default:
			return fmt.Errorf("input.content: a part of type %q", p.Get("type").String())
		}
		return nil
	})
}

func responsesUsage(a Answer) object {
	return object{"input_tokens": InputTokens, "input_tokens_details": object{"cached_tokens": cachedTokens(a)}, "output_tokens": OutputTokens,
		"output_tokens_details": object{"reasoning_tokens": reasoningTokens(a)}, "total_tokens": InputTokens + OutputTokens}
}

func response(t *Turn, status string, output []object, usage any) object {
	return object{"id": fmt.Sprintf("resp_double%d", t.Serial), "object": "response", "created_at": 1750000000, "status": status, "background": false, "error": nil,
		"incomplete_details": nil, "instructions": nil, "max_output_tokens": nil, "model": t.Model, "output": output, "parallel_tool_calls": true,
		"previous_response_id": nil, "reasoning": object{"effort": nil, "summary": nil}, "store": true, "temperature": 1.0,
		"text": object{"format": object{"type": "text"}}, "tool_choice": "auto", "tools": []any{}, "top_p": 1.0, "truncation": "disabled",
		"usage": usage, "user": nil, "metadata": object{}}
}

// responsesItems are the items of an answer.
func responsesItems(t *Turn, a Answer) (items []object) {
	id := func(kind string) string { return fmt.Sprintf("%s_double%d", kind, t.Serial) }
	if a.Thought != "" {
		items = append(items, object{"id": id("rs"), "type": "reasoning", "summary": []object{{"type": "summary_text", "text": a.Thought}}, "encrypted_content": Signature})
	}
	if len(a.Pieces) > 0 {
		items = append(items, object{"id": id("msg"), "type": "message", "role": "assistant", "status": "completed",
			"content": []object{{"type": "output_text", "text": a.text(), "annotations": []any{}, "logprobs": []any{}}}})
	}
	for _, c := range a.Calls {
		item := object{"id": id("fc") + c.ID, "type": "function_call", "call_id": c.ID, "name": c.Tool.Name, "arguments": c.Args, "status": "completed"}
		if c.Tool.Kind == "custom" {
			item = object{"id": id("ctc") + c.ID, "type": "custom_tool_call", "call_id": c.ID, "name": c.Tool.Name, "input": c.Args, "status": "completed"}
		}
		if c.Tool.Space != "" {
			item["namespace"] = c.Tool.Space
		}
		items = append(items, item)
	}
	return items
}

func (responses) whole(t *Turn, a Answer) any {
	return response(t, "completed", responsesItems(t, a), responsesUsage(a))
}

func (responses) events(t *Turn, a Answer) (events []event, end int) {
	s := &responseStream{}
	s.add("response.created", object{"response": response(t, "in_progress", []object{}, nil)})
	s.add("response.in_progress", object{"response": response(t, "in_progress", []object{}, nil)})
	items := responsesItems(t, a)
	for i, item := range items {
		s.item(i, item, a)
	}
	s.add("response.completed", object{"response": response(t, "completed", items, responsesUsage(a))})
	return s.events, 4
}

// responseStream numbers its events.
type responseStream struct{ events []event }

func (s *responseStream) add(name string, data object) {
	data["type"], data["sequence_number"] = name, len(s.events)
	s.events = append(s.events, event{name, data})
}

// item streams one item: it opens, its parts come in pieces, it closes.
func (s *responseStream) item(i int, item object, a Answer) {
	open := object{}
	for k, v := range item {
		open[k] = v
	}
	open["status"] = "in_progress"
	id := item["id"]
	switch item["type"] {
	case "reasoning":
		open["summary"] = []any{}
		delete(open, "status")
		s.add("response.output_item.added", object{"output_index": i, "item": open})
		at := func(o object) object {
			o["item_id"], o["output_index"], o["summary_index"] = id, i, 0
			return o
		}
		s.add("response.reasoning_summary_part.added", at(object{"part": object{"type": "summary_text", "text": ""}}))
		for _, p := range pieces(a.Thought) {
			s.add("response.reasoning_summary_text.delta", at(object{"delta": p}))
		}
		s.add("response.reasoning_summary_text.done", at(object{"text": a.Thought}))
		s.add("response.reasoning_summary_part.done", at(object{"part": object{"type": "summary_text", "text": a.Thought}}))
	case "message":
		open["content"] = []any{}
		s.add("response.output_item.added", object{"output_index": i, "item": open})
		at := func(o object) object {
			o["item_id"], o["output_index"], o["content_index"] = id, i, 0
			return o
		}
		part := func(text string) object {
			return object{"type": "output_text", "text": text, "annotations": []any{}, "logprobs": []any{}}
		}
		s.add("response.content_part.added", at(object{"part": part("")}))
		for _, p := range a.Pieces {
			s.add("response.output_text.delta", at(object{"delta": p, "logprobs": []any{}}))
		}
		s.add("response.output_text.done", at(object{"text": a.text(), "logprobs": []any{}}))
		s.add("response.content_part.done", at(object{"part": part(a.text())}))
	default:
		field, name := "arguments", "response.function_call_arguments"
		if item["type"] == "custom_tool_call" {
			field, name = "input", "response.custom_tool_call_input"
		}
		open[field] = ""
		s.add("response.output_item.added", object{"output_index": i, "item": open})
		text := item[field].(string)
		for _, p := range halves(text) {
			s.add(name+".delta", object{"item_id": id, "output_index": i, "delta": p})
		}
		s.add(name+".done", object{"item_id": id, "output_index": i, field: text, "name": item["name"]})
	}
	s.add("response.output_item.done", object{"output_index": i, "item": item})
}

func (responses) failure(status int, message string) any {
	return openaiFailure(status, message)
}
