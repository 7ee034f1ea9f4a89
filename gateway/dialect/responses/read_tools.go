package responses

import (
	"encoding/json"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/dialect/message"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// helpers are tools of the vendor's that help a model along and that agents define in every
// request: without them the model answers from what it knows.
var helpers = map[string]bool{"web_search": true, "web_search_preview": true, "tool_search": true}

// readTools reads the tools and which of them must be called.
func readTools(m *message.Request, root gjson.Result) error {
	tools, hosted, err := definedTools(root)
	if err != nil {
		return err
	}
	for _, h := range hosted {
		if !helpers[h.kind] {
			return invalid(h.path, "is a tool that its vendor runs, and "+onlyThere)
		}
		m.Dropped = append(m.Dropped, h.path)
	}
	allowed, err := readToolChoice(m, root.Get("tool_choice"))
	if err != nil {
		return err
	}
	for i := range tools {
		if allowed == nil || allowed[tools[i].flat()] {
			m.Tools = append(m.Tools, tools[i].function())
		}
	}
	return nil
}

// function is the tool as every format knows it. A tool that takes any text becomes one with a
// single argument.
func (t *definedTool) function() message.Tool {
	d := t.definition
	tool := message.Tool{Name: t.flat(), Description: text(d.Get("description")), Strict: d.Get("strict").Bool(), Path: t.path}
	if t.kind == freeForm {
		tool.Strict, tool.Schema = false, inputSchema(d.Get("format"))
		return tool
	}
	if p := d.Get("parameters"); p.IsObject() {
		tool.Schema = json.RawMessage(p.Raw)
	}
	return tool
}

// inputSchema is the schema of the one argument of a tool that takes any text. A grammar that the
// text must follow is told in words.
func inputSchema(format gjson.Result) json.RawMessage {
	about := "The whole input of the tool, as plain text."
	if definition := text(format.Get("definition")); definition != "" {
		about += " It must follow this grammar (" + text(format.Get("syntax")) + "):\n" + definition
	}
	var input, properties, o jsonx.Object
	input.Text("type", "string")
	input.Text("description", about)
	properties.Raw("input", input.JSON())
	o.Text("type", "object")
	o.Raw("properties", properties.JSON())
	o.Raw("required", []byte(`["input"]`))
	o.Raw("additionalProperties", []byte("false"))
	return o.JSON()
}

// inputArgument is the argument of such a tool, and the text inside it.
func inputArgument(input string) string {
	var o jsonx.Object
	o.Text("input", input)
	return string(o.JSON())
}

func inputOf(args string) string {
	if v := gjson.Get(args, "input"); v.Type == gjson.String && gjson.Valid(args) {
		return v.Str
	}
	return args
}

// readToolChoice reads which tool must be called. allowed are the only tools that may be; nil
// allows all.
func readToolChoice(m *message.Request, v gjson.Result) (allowed map[string]bool, err error) {
	kind := text(v.Get("type"))
	switch word := text(v); {
	case !given(v):
	case word == "auto", word == "none", word == "required":
		m.Choice.Mode = message.ChoiceMode(word)
	case kind == "function", kind == "custom":
		name := toolName{text(v.Get("namespace")), text(v.Get("name"))}
		if name.name == "" {
			return nil, invalid("tool_choice.name", "is missing")
		}
		m.Choice = message.ToolChoice{Mode: message.ChoiceNamed, Name: name.flat()}
	case kind == "allowed_tools":
		if m.Choice.Mode = message.ChoiceAuto; text(v.Get("mode")) == "required" {
			m.Choice.Mode = message.ChoiceRequired
		}
		allowed = map[string]bool{}
		v.Get("tools").ForEach(func(_, t gjson.Result) bool {
			allowed[toolName{text(t.Get("namespace")), text(t.Get("name"))}.flat()] = true
			return true
		})
	case v.IsObject():
		return nil, invalid("tool_choice", "names a tool that its vendor runs, and "+onlyThere)
	default:
		return nil, invalid("tool_choice", "must be auto, none, required or name a tool")
	}
	return allowed, nil
}
