package anthropic

import (
	"encoding/json"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/dialect/message"
	"github.com/sluicegate/sluice/internal/jsonx"
)

const noArguments = `{"type":"object","properties":{}}`

// writeTools writes tools and tool_choice. A vendor's own tool passes as it is.
func writeTools(o *object, m *message.Request) error {
	if len(m.Tools) == 0 {
		return nil
	}
	var list [][]byte
	for i := range m.Tools {
		raw, err := toolJSON(&m.Tools[i])
		if err != nil {
			return err
		}
		list = append(list, raw)
	}
	o.raw("tools", array(list))
	choice, err := choiceOf(m.Choice)
	if err != nil {
		return err
	}
	if m.ParallelTools != nil && !*m.ParallelTools && m.Choice.Mode != message.ChoiceNone {
		if choice.empty() {
			choice.text("type", "auto")
		}
		choice.raw("disable_parallel_tool_use", []byte("true"))
	}
	if !choice.empty() {
		o.raw("tool_choice", choice.json())
	}
	return nil
}

// webSearch is the tool with which Anthropic searches the web.
const webSearch = `{"type":"web_search_20250305","name":"web_search"}`

func toolJSON(t *message.Tool) ([]byte, error) {
	switch {
	case t.Native == nil:
	case jsonx.String(jsonx.Get(t.Native, "type")) != "" && jsonx.String(jsonx.Get(t.Native, "name")) != "":
		return t.Native, nil
	case t.WebSearch:
		return []byte(webSearch), nil
	default:
		return nil, refuse(t.Path, "is a tool that only its own vendor runs")
	}
	var o object
	o.text("name", t.Name)
	if t.Description != "" {
		o.text("description", t.Description)
	}
	o.raw("input_schema", schemaOf(t.Schema))
	if t.Cache != nil {
		o.raw("cache_control", t.Cache)
	}
	return o.json(), nil
}

// schemaOf is a schema of arguments as Anthropic demands it: it has the type object.
func schemaOf(schema json.RawMessage) []byte {
	v := gjson.ParseBytes(schema)
	switch {
	case !v.IsObject() || emptyObject(v.Raw):
		return []byte(noArguments)
	case !v.Get("type").Exists():
		return []byte(`{"type":"object",` + v.Raw[1:])
	}
	return schema
}

func choiceOf(c message.ToolChoice) (*object, error) {
	o := &object{}
	switch c.Mode {
	case message.ChoiceDefault:
	case message.ChoiceAuto, message.ChoiceNone:
		o.text("type", string(c.Mode))
	case message.ChoiceRequired:
		o.text("type", "any")
	case message.ChoiceNamed:
		o.text("type", "tool")
		o.text("name", c.Name)
	default:
		return nil, refuse("tool_choice", "must be auto, none, required or name a function")
	}
	return o, nil
}
