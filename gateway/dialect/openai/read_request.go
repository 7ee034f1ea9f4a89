package openai

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// ReadRequest implements dialect.Format. Beside OpenAI's fields it reads what callers of
// other gateways write for Claude in this format: cache_control on messages, parts and
// tools, thinking_blocks, is_error on tool results, and Anthropic's own top-level fields.
func (Dialect) ReadRequest(raw []byte) (*message.Request, error) {
	root := gjson.ParseBytes(raw)
	for _, old := range []string{"functions", "function_call"} {
		if root.Get(old).Exists() {
			return nil, invalid(old, "has no counterpart in this target's format: use 'tools' and 'tool_choice'")
		}
	}
	m := &message.Request{Extra: map[string]json.RawMessage{}}
	if err := readMessages(m, root.Get("messages")); err != nil {
		return nil, err
	}
	if err := readRequestTools(m, root); err != nil {
		return nil, err
	}
	if v := root.Get("web_search_options"); v.IsObject() {
		m.Tools = append(m.Tools, message.Tool{Native: json.RawMessage(`{"web_search_options":` + v.Raw + `}`), WebSearch: true, Path: "web_search_options"})
	}
	if err := readSampling(m, root); err != nil {
		return nil, err
	}
	if err := readFormat(m, root.Get("response_format")); err != nil {
		return nil, err
	}
	root.ForEach(func(key, v gjson.Result) bool {
		readScalar(m, key.Str, v)
		return true
	})
	if err := addReasoning(m, root.Get("reasoning")); err != nil {
		return nil, err
	}
	return m, nil
}

// text is a string value, "" for any other.
func text(v gjson.Result) string {
	if v.Type == gjson.String {
		return v.Str
	}
	return ""
}

// readScalar takes in one top-level field that needs no checking. What is not known here
// goes to Extra: another format may know it.
func readScalar(m *message.Request, key string, v gjson.Result) {
	switch key {
	case "model":
		m.Model = text(v)
	case "stream":
		m.Stream = v.Bool()
	case "stream_options":
		m.WantsUsage = v.Get("include_usage").Bool()
	case "user":
		m.User = text(v)
	case "service_tier":
		m.ServiceTier = text(v)
	case "reasoning_effort":
		m.Reasoning.Effort = text(v)
	case "thinking":
		if v.IsObject() {
			m.Reasoning.Native = json.RawMessage(v.Raw)
			m.Reasoning.Budget = v.Get("budget_tokens").Int()
		}
	case "messages", "tools", "tool_choice", "parallel_tool_calls", "response_format", "stop", "n",
		"max_tokens", "max_completion_tokens", "temperature", "top_p", "top_k", "seed", "presence_penalty", "frequency_penalty",
		"logprobs", "top_logprobs", "web_search_options", "config", "reasoning":
	default:
		m.Extra[key] = json.RawMessage(v.Raw)
	}
}

func readSampling(m *message.Request, root gjson.Result) error {
	for _, f := range []struct {
		name string
		to   *json.Number
	}{{"temperature", &m.Temperature}, {"top_p", &m.TopP}, {"top_k", &m.TopK}, {"seed", &m.Seed},
		{"presence_penalty", &m.PresencePenalty}, {"frequency_penalty", &m.FrequencyPenalty}} {
		v := root.Get(f.name)
		switch {
		case v.Type == gjson.Number:
			*f.to = json.Number(v.Raw)
		case v.Exists() && v.Type != gjson.Null:
			return invalid(f.name, "must be a number")
		}
	}
	for _, name := range []string{"max_tokens", "max_completion_tokens"} {
		v := root.Get(name)
		switch {
		case v.Type == gjson.Number:
			n := v.Int()
			m.MaxTokens = &n
		case v.Exists() && v.Type != gjson.Null:
			return invalid(name, "must be a number")
		}
	}
	m.N = root.Get("n").Int()
	m.Logprobs, m.TopLogprobs = root.Get("logprobs").Bool(), root.Get("top_logprobs").Int()
	if p := root.Get("parallel_tool_calls"); p.IsBool() {
		parallel := p.Bool()
		m.ParallelTools = &parallel
	}
	stop := root.Get("stop")
	if stop.Type == gjson.String {
		m.Stop = []string{stop.Str}
	}
	if stop.IsArray() {
		stop.ForEach(func(_, s gjson.Result) bool {
			if s.Type == gjson.String {
				m.Stop = append(m.Stop, s.Str)
			}
			return true
		})
	}
	return nil
}

func readFormat(m *message.Request, v gjson.Result) error {
	switch text(v.Get("type")) {
	case "", "text":
	case "json_object":
		m.Format.Type = message.FormatObject
	case "json_schema":
		schema := v.Get("json_schema.schema")
		if !schema.IsObject() {
			return invalid("response_format.json_schema.schema", "must be an object")
		}
		m.Format = message.Format{Type: message.FormatSchema, Name: text(v.Get("json_schema.name")),
			Schema: json.RawMessage(schema.Raw), Strict: v.Get("json_schema.strict").Bool()}
	default:
		return invalid("response_format.type", "must be text, json_object or json_schema")
	}
	return nil
}

func readRequestTools(m *message.Request, root gjson.Result) error {
	var err error
	i := -1
	root.Get("tools").ForEach(func(_, t gjson.Result) bool {
		i++
		var tool message.Tool
		if tool, err = readTool(t, "tools["+strconv.Itoa(i)+"]"); err != nil {
			return false
		}
		m.Tools = append(m.Tools, tool)
		return true
	})
	if err != nil {
		return err
	}
	m.Choice, err = readToolChoice(root.Get("tool_choice"))
	return err
}

func readTool(t gjson.Result, path string) (message.Tool, error) {
	f := t.Get("function")
	if !f.IsObject() {
		if text(t.Get("type")) == "function" || text(t.Get("name")) == "" {
			return message.Tool{}, invalid(path, "is no function")
		}
		return message.Tool{Native: json.RawMessage(t.Raw), Path: path}, nil
	}
	tool := message.Tool{Name: text(f.Get("name")), Description: text(f.Get("description")), Strict: f.Get("strict").Bool(), Path: path}
	if p := f.Get("parameters"); p.IsObject() {
		tool.Schema = json.RawMessage(p.Raw)
	}
	for _, c := range []gjson.Result{t.Get("cache_control"), f.Get("cache_control")} {
		if c.IsObject() {
			tool.Cache = json.RawMessage(c.Raw)
			break
		}
	}
	return tool, nil
}

func readToolChoice(v gjson.Result) (message.ToolChoice, error) {
	switch word := strings.ToLower(text(v)); {
	case !v.Exists() || v.Type == gjson.Null:
		return message.ToolChoice{}, nil
	case v.IsObject() && text(v.Get("function.name")) != "":
		return message.ToolChoice{Mode: message.ChoiceNamed, Name: text(v.Get("function.name"))}, nil
	case word == "auto":
		return message.ToolChoice{Mode: message.ChoiceAuto}, nil
	case word == "none":
		return message.ToolChoice{Mode: message.ChoiceNone}, nil
	case word == "required" || word == "any":
		return message.ToolChoice{Mode: message.ChoiceRequired}, nil
	}
	return message.ToolChoice{}, invalid("tool_choice", "must be auto, none, required or name a function")
}
