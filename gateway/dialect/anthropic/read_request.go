package anthropic

import (
	"encoding/json"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// ReadRequest implements dialect.Format. Top-level fields that only this format knows, those
// of betas included, go to Extra.
func (Dialect) ReadRequest(raw []byte) (*message.Request, error) {
	root := gjson.ParseBytes(raw)
	m := &message.Request{WantsUsage: true, Extra: map[string]json.RawMessage{}}
	if err := readSystem(m, root.Get("system")); err != nil {
		return nil, err
	}
	if err := readMessages(m, root.Get("messages")); err != nil {
		return nil, err
	}
	if err := readTools(m, root); err != nil {
		return nil, err
	}
	if err := readSampling(m, root); err != nil {
		return nil, err
	}
	if err := readOutput(m, root); err != nil {
		return nil, err
	}
	if root.IsObject() {
		root.ForEach(func(key, v gjson.Result) bool {
			readScalar(m, key.Str, v)
			return true
		})
	}
	return m, nil
}

// readScalar takes in one top-level field that needs no checking.
func readScalar(m *message.Request, key string, v gjson.Result) {
	switch key {
	case "model":
		m.Model = text(v)
	case "stream":
		m.Stream = v.Bool()
	case "metadata":
		m.User = text(v.Get("user_id"))
	case "service_tier":
		if m.ServiceTier = text(v); m.ServiceTier == "standard_only" {
			m.ServiceTier = "default"
		}
	case "system", "messages", "tools", "tool_choice", "max_tokens", "temperature", "top_p", "top_k",
		"stop_sequences", "thinking", "output_config", "output_format", "config":
	default:
		m.Extra[key] = json.RawMessage(v.Raw)
	}
}

func readSampling(m *message.Request, root gjson.Result) error {
	for _, f := range []struct {
		name string
		to   *json.Number
	}{{"temperature", &m.Temperature}, {"top_p", &m.TopP}, {"top_k", &m.TopK}} {
		v := root.Get(f.name)
		switch {
		case v.Type == gjson.Number:
			*f.to = json.Number(v.Raw)
		case given(v):
			return invalid(f.name, "must be a number")
		}
	}
	switch v := root.Get("max_tokens"); {
	case v.Type == gjson.Number:
		n := v.Int()
		m.MaxTokens = &n
	case given(v):
		return invalid("max_tokens", "must be a number")
	}
	stop := root.Get("stop_sequences")
	if !stop.IsArray() {
		if given(stop) {
			return invalid("stop_sequences", "must be a list of strings")
		}
		return nil
	}
	stop.ForEach(func(_, s gjson.Result) bool {
		if s.Type == gjson.String {
			m.Stop = append(m.Stop, s.Str)
		}
		return true
	})
	return nil
}

// given reports whether a field is there and not null.
func given(v gjson.Result) bool { return v.Exists() && v.Type != gjson.Null }

// readOutput reads how much the model shall think and the shape of its answer. Where the
// caller gave a budget alone, an effort is derived from it for formats that only know that.
func readOutput(m *message.Request, root gjson.Result) error {
	if v := root.Get("thinking"); v.IsObject() {
		m.Reasoning.Native = json.RawMessage(v.Raw)
		m.Reasoning.Budget = max(v.Get("budget_tokens").Int(), 0)
	}
	output := root.Get("output_config")
	m.Reasoning.Effort = text(output.Get("effort"))
	if m.Reasoning.Effort == "" && m.Reasoning.Budget > 0 {
		m.Reasoning.Effort = effortOf(m.Reasoning.Budget)
	}
	path, format := "output_config.format", output.Get("format")
	if !given(format) {
		path, format = "output_format", root.Get("output_format")
	}
	if !given(format) {
		return nil
	}
	schema := format.Get("schema")
	switch {
	case text(format.Get("type")) != "json_schema":
		return invalid(path+".type", "must be json_schema")
	case !schema.IsObject():
		return invalid(path+".schema", "must be an object")
	}
	m.Format = message.Format{Type: message.FormatSchema, Schema: json.RawMessage(schema.Raw), Strict: true}
	return nil
}

func readTools(m *message.Request, root gjson.Result) error {
	var err error
	i := -1
	if tools := root.Get("tools"); tools.IsArray() {
		tools.ForEach(func(_, t gjson.Result) bool {
			i++
			var tool message.Tool
			if tool, err = readTool(t, at("tools", i)); err != nil {
				return false
			}
			m.Tools = append(m.Tools, tool)
			return true
		})
	} else if given(tools) {
		err = invalid("tools", "must be a list")
	}
	if err != nil {
		return err
	}
	return readToolChoice(m, root.Get("tool_choice"))
}

func readTool(t gjson.Result, path string) (message.Tool, error) {
	kind := text(t.Get("type"))
	switch {
	case !t.IsObject():
		return message.Tool{}, invalid(path, "must be an object")
	case kind != "" && kind != "custom":
		return message.Tool{Native: json.RawMessage(t.Raw), Path: path, WebSearch: strings.HasPrefix(kind, "web_search_")}, nil
	case text(t.Get("name")) == "":
		return message.Tool{}, invalid(path+".name", "is missing")
	}
	tool := message.Tool{Name: text(t.Get("name")), Description: text(t.Get("description")),
		Strict: t.Get("strict").Bool(), Cache: cachePoint(t), Path: path}
	if schema := t.Get("input_schema"); schema.IsObject() {
		tool.Schema = json.RawMessage(schema.Raw)
	}
	return tool, nil
}

func readToolChoice(m *message.Request, v gjson.Result) error {
	if !given(v) {
		return nil
	}
	switch text(v.Get("type")) {
	case "auto":
		m.Choice.Mode = message.ChoiceAuto
	case "any":
		m.Choice.Mode = message.ChoiceRequired
	case "none":
		m.Choice.Mode = message.ChoiceNone
	case "tool":
		m.Choice = message.ToolChoice{Mode: message.ChoiceNamed, Name: text(v.Get("name"))}
		if m.Choice.Name == "" {
			return invalid("tool_choice.name", "is missing")
		}
	default:
		return invalid("tool_choice.type", "must be auto, any, none or tool")
	}
	if v.Get("disable_parallel_tool_use").Bool() {
		parallel := false
		m.ParallelTools = &parallel
	}
	return nil
}
