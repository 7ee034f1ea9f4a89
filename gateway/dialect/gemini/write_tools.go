package gemini

import (
	"encoding/json"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/dialect/message"
)

type toolConfig struct {
	Calling callingConfig `json:"functionCallingConfig"`
}

type callingConfig struct {
	Mode    string   `json:"mode"`
	Allowed []string `json:"allowedFunctionNames,omitempty"`
}

type declarations struct {
	List []declaration `json:"functionDeclarations"`
}

type declaration struct {
	Name        string          `json:"name"`
	Description string          `json:"description,omitempty"`
	Schema      json.RawMessage `json:"parametersJsonSchema,omitempty"`
}

// ownTools are the tools that Google runs.
var ownTools = []string{"googleSearch", "googleSearchRetrieval", "codeExecution", "urlContext", "googleMaps", "fileSearch", "computerUse",
	"google_search", "google_search_retrieval", "code_execution", "url_context", "google_maps", "file_search", "computer_use"}

// writeTools writes functions as one tool, and Google's own tools as they are.
func writeTools(tools []message.Tool) ([]json.RawMessage, error) {
	var functions declarations
	var out []json.RawMessage
	for i := range tools {
		t := &tools[i]
		switch {
		case t.Native == nil:
			functions.List = append(functions.List, declaration{t.Name, t.Description, t.Schema})
		case isOwn(t.Native):
			out = append(out, t.Native)
		case t.WebSearch:
			out = append(out, json.RawMessage(`{"googleSearch":{}}`))
		default:
			return nil, refuse(t.Path, "is a tool that only its own vendor runs")
		}
	}
	if len(functions.List) == 0 {
		return out, nil
	}
	raw, err := json.Marshal(functions)
	return append([]json.RawMessage{raw}, out...), err
}

func isOwn(tool []byte) bool {
	v := gjson.ParseBytes(tool)
	for _, name := range ownTools {
		if v.Get(name).IsObject() {
			return true
		}
	}
	return false
}

func choiceOf(c message.ToolChoice) *toolConfig {
	config := &toolConfig{}
	switch c.Mode {
	case message.ChoiceDefault:
		return nil
	case message.ChoiceAuto:
		config.Calling.Mode = "AUTO"
	case message.ChoiceNone:
		config.Calling.Mode = "NONE"
	case message.ChoiceRequired:
		config.Calling.Mode = "ANY"
	case message.ChoiceNamed:
		config.Calling = callingConfig{"ANY", []string{c.Name}}
	}
	return config
}
