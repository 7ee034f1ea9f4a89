package bedrock

import (
	"encoding/json"

	"github.com/sluicegate/sluice/gateway/dialect/message"
)

type toolConfig struct {
	Tools  []tool      `json:"tools"`
	Choice *toolChoice `json:"toolChoice,omitempty"`
}

// tool is a tool, or a cache point behind the tools.
type tool struct {
	Spec  *toolSpec   `json:"toolSpec,omitempty"`
	Cache *cachePoint `json:"cachePoint,omitempty"`
}

type toolSpec struct {
	Name        string      `json:"name"`
	Description string      `json:"description,omitempty"`
	Schema      inputSchema `json:"inputSchema"`
}

type inputSchema struct {
	JSON json.RawMessage `json:"json"`
}

type toolChoice struct {
	Auto *struct{}  `json:"auto,omitempty"`
	Any  *struct{}  `json:"any,omitempty"`
	Tool *namedTool `json:"tool,omitempty"`
}

type namedTool struct {
	Name string `json:"name"`
}

// writeTools writes tools and the choice among them. Without a word for "no tools", they are left
// out, unless the conversation has calls, which the vendor takes beside their tools only.
func writeTools(m *message.Request, turns []turn) (*toolConfig, error) {
	if len(m.Tools) == 0 || m.Choice.Mode == message.ChoiceNone && !hasCalls(turns) {
		return nil, nil
	}
	out := &toolConfig{}
	for i := range m.Tools {
		t := &m.Tools[i]
		if err := t.CheckFunction(refuse); err != nil {
			return nil, err
		}
		out.Tools = append(out.Tools, tool{Spec: &toolSpec{t.Name, t.Description, inputSchema{t.Arguments()}}})
		if t.Cache != nil {
			out.Tools = append(out.Tools, tool{Cache: pointOf(t.Cache)})
		}
	}
	switch m.Choice.Mode {
	case message.ChoiceDefault, message.ChoiceNone:
	case message.ChoiceAuto:
		out.Choice = &toolChoice{Auto: &struct{}{}}
	case message.ChoiceRequired:
		out.Choice = &toolChoice{Any: &struct{}{}}
	case message.ChoiceNamed:
		out.Choice = &toolChoice{Tool: &namedTool{m.Choice.Name}}
	default:
		return nil, refuse("tool_choice", "must be auto, none, required or name a function")
	}
	return out, nil
}

func hasCalls(turns []turn) bool {
	for _, t := range turns {
		for _, c := range t.Content {
			if c.Call != nil || c.Result != nil {
				return true
			}
		}
	}
	return false
}
