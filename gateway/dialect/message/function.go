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

// CheckFunction refuses a tool that is no function, for a target that runs no tools itself.
func (t *Tool) CheckFunction(refuse Refusal) error {
	if t.Native != nil || t.WebSearch {
		return refuse(t.Path, "is a tool that only its own vendor runs")
	}
	return nil
}

// Functions returns all tools as functions.
func (m *Request) Functions(refuse Refusal) ([]FunctionTool, error) {
	var out []FunctionTool
	for i := range m.Tools {
		if err := m.Tools[i].CheckFunction(refuse); err != nil {
			return nil, err
		}
		out = append(out, m.Tools[i].AsFunction())
	}
	return out, nil
}

// FreeFunctions returns the tools for a target that cannot be made to call one: none where the caller
// wants no calls, and an error where a call is demanded.
func (m *Request) FreeFunctions(refuse Refusal) ([]FunctionTool, error) {
	switch m.Choice.Mode {
	case ChoiceDefault, ChoiceAuto:
		return m.Functions(refuse)
	case ChoiceNone:
		return nil, nil
	}
	return nil, refuse("tool_choice", "must be auto or none: this target cannot be made to call a tool")
}

// CheckOneAnswer refuses a request for several answers, for a target that gives one.
func (m *Request) CheckOneAnswer(refuse Refusal) error {
	if m.N > 1 || m.N < 0 {
		return refuse("n", "must be 1: this target gives one answer")
	}
	return nil
}

// Arguments is the schema of the arguments, an object.
func (t *Tool) Arguments() json.RawMessage {
	if gjson.ParseBytes(t.Schema).IsObject() {
		return t.Schema
	}
	return json.RawMessage(`{"type":"object","properties":{}}`)
}

// FunctionCall is a call as OpenAI's chat format writes it, and the formats that follow it.
type FunctionCall struct {
	ID       string         `json:"id"`
	Type     string         `json:"type"` // "function"
	Function CalledFunction `json:"function"`
}

// CalledFunction is a function with the JSON of its arguments.
type CalledFunction struct {
	Name string `json:"name"`
	Args string `json:"arguments"`
}

// AsFunctionCall returns a call in that form.
func AsFunctionCall(id, name, args string) FunctionCall {
	return FunctionCall{id, "function", CalledFunction{name, args}}
}

// Arguments returns the arguments of a part that is a call. They must be a JSON object.
func (p *Part) Arguments(refuse Refusal) (json.RawMessage, error) {
	args, ok := p.Call.Object()
	if !ok {
		return nil, refuse(p.Path, "must have a JSON object as its arguments")
	}
	return args, nil
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
