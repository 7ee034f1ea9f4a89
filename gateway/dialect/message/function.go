package message

import (
	"encoding/json"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// FunctionTool is a tool as OpenAI's chat format writes it, and the formats that follow it.
type FunctionTool struct {
	Type     string   `json:"type"` // "function"
	Function Function `json:"function"`
}

// Function is a function with the JSON schema of its arguments.
type Function struct {
	Name        string          `json:"name"`
	Description string          `json:"description,omitempty"`
	Parameters  json.RawMessage `json:"parameters"`
}

// AsFunction returns the tool in that form. A tool without a schema takes no arguments.
func (t *Tool) AsFunction() FunctionTool {
	return FunctionTool{"function", Function{t.Name, t.Description, t.Arguments()}}
}

// Arguments is the schema of the arguments, an object.
func (t *Tool) Arguments() json.RawMessage {
	if gjson.ParseBytes(t.Schema).IsObject() {
		return t.Schema
	}
	return json.RawMessage(`{"type":"object","properties":{}}`)
}

// Object returns the arguments of a call. ok is false if they are no JSON object.
func (c *Call) Object() (args json.RawMessage, ok bool) {
	text := strings.TrimSpace(c.Args)
	if text == "" {
		text = "{}"
	}
	return json.RawMessage(text), text[0] == '{' && jsonx.Valid([]byte(text))
}

// Address is where the media is: its URL, or a data: URL; "" of an upload.
func (m *Media) Address() string {
	if m.URL != "" || m.Data == "" {
		return m.URL
	}
	return "data:" + m.Type + ";base64," + m.Data
}
