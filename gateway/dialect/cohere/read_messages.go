package cohere

import (
	"strconv"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// readTurn reads a message of a client's. What a model said before it called tools, its plan, is text.
func readTurn(v gjson.Result, path string) (message.Message, error) {
	m := message.Message{Role: message.Role(v.Get("role").String()), Path: path}
	switch m.Role {
	case message.RoleSystem, message.RoleUser, message.RoleAssistant, message.RoleTool:
	default:
		return m, invalid(path+".role", "must be system, user, assistant or tool")
	}
	parts, err := readContent(v.Get("content"), path+".content", m.Role)
	if err != nil {
		return m, err
	}
	if m.Role == message.RoleTool {
		id := v.Get("tool_call_id").String()
		if id == "" {
			return m, invalid(path+".tool_call_id", "is missing")
		}
		m.Parts = []message.Part{{Kind: message.KindToolResult, Path: path, Reply: message.Reply{CallID: id, Parts: parts}}}
		return m, nil
	}
	m.Parts = parts
	if m.Role != message.RoleAssistant {
		return m, nil
	}
	if plan := v.Get("tool_plan").String(); plan != "" {
		m.Parts = append(m.Parts, message.Part{Kind: message.KindText, Text: plan, Path: path + ".tool_plan"})
	}
	for i, call := range v.Get("tool_calls").Array() {
		at := path + ".tool_calls[" + strconv.Itoa(i) + "]"
		c := message.Call{ID: call.Get("id").String(), Name: call.Get("function.name").String(), Args: call.Get("function.arguments").String()}
		if c.ID == "" || c.Name == "" {
			return m, invalid(at, "must have an id and the name of a function")
		}
		m.Parts = append(m.Parts, message.Part{Kind: message.KindToolCall, Call: c, Path: at})
	}
	return m, nil
}

// readContent reads a text or a list of blocks. Documents that a tool returned are texts.
func readContent(v gjson.Result, path string, role message.Role) ([]message.Part, error) {
	switch {
	case !message.Given(v):
		return nil, nil
	case v.Type == gjson.String:
		return []message.Part{{Kind: message.KindText, Text: v.Str, Path: path}}, nil
	case !v.IsArray():
		return nil, invalid(path, "must be a string or a list of blocks")
	}
	var parts []message.Part
	for i, b := range v.Array() {
		at := path + "[" + strconv.Itoa(i) + "]"
		p := message.Part{Kind: message.KindText, Path: at}
		switch kind := b.Get("type").String(); {
		case kind == "text" && b.Get("text").Type == gjson.String:
			p.Text = b.Get("text").Str
		case kind == "thinking" && role == message.RoleAssistant:
			p.Kind, p.Text = message.KindReasoning, b.Get("thinking").String()
		case kind == "image_url" && role == message.RoleUser && b.Get("image_url.url").String() != "":
			p.Kind, p.Media = message.KindImage, message.Media{URL: b.Get("image_url.url").String(), Detail: b.Get("image_url.detail").String()}
		case kind == "document" && role == message.RoleTool && message.Given(b.Get("document.data")):
			p.Text = b.Get("document.data").String()
		default:
			return nil, invalid(at, "is no block that a message of the role '"+string(role)+"' can have")
		}
		parts = append(parts, p)
	}
	return parts, nil
}
