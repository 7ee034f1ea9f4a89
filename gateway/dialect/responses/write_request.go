package responses

import (
	"encoding/json"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// WriteRequest implements dialect.Format. Dropped are cache points, top_k, reasoning and the
// fields of m.Extra, which belong to another format. What changes the answer is refused by name.
// The vendor is asked to keep nothing.
func (Dialect) WriteRequest(m *message.Request) ([]byte, error) {
	switch {
	case m.N > 1 || m.N < 0:
		return nil, cannotSay("n", "asks for more than one answer")
	case len(m.Stop) > 0:
		return nil, cannotSay("stop", "sets stop sequences")
	}
	w := requestWriter{input: []byte{'['}}
	for i := range m.Messages {
		if err := w.message(&m.Messages[i]); err != nil {
			return nil, err
		}
	}
	tools, err := writeTools(m.Tools)
	if err != nil {
		return nil, err
	}
	var o jsonx.Object
	o.Text("model", m.Model)
	if w.instructions != "" {
		o.Text("instructions", w.instructions)
	}
	o.Raw("input", append(w.input, ']'))
	if tools != nil {
		o.Raw("tools", tools)
		writeToolChoice(&o, m)
	}
	writeSampling(&o, m)
	writeFormat(&o, m.Format)
	o.Raw("store", []byte("false"))
	if m.Stream {
		o.Raw("stream", []byte("true"))
	}
	return o.JSON(), nil
}

func cannotSay(path, what string) error {
	return gateway.InvalidField("responses.WriteRequest", path, "The field '"+path+"' "+what+", and this target's format cannot carry it.")
}

func writeSampling(o *jsonx.Object, m *message.Request) {
	if m.MaxTokens != nil {
		o.Int(maxOutput, *m.MaxTokens)
	}
	for _, f := range []struct {
		name  string
		value json.Number
	}{{"temperature", m.Temperature}, {"top_p", m.TopP}} {
		if f.value != "" {
			o.Raw(f.name, []byte(f.value))
		}
	}
	if effort := m.Reasoning.Word(); effort != "" {
		if effort == "max" { // the format has none above xhigh
			effort = "xhigh"
			m.SentEffort(effort)
		}
		var reasoning jsonx.Object
		reasoning.Text("effort", effort)
		reasoning.Text("summary", "auto")
		o.Raw("reasoning", reasoning.JSON())
	}
	if m.User != "" {
		o.Text("user", m.User)
	}
	if m.ServiceTier != "" {
		o.Text("service_tier", m.ServiceTier)
	}
}

func writeFormat(o *jsonx.Object, f message.Format) {
	if f.Type == message.FormatText {
		return
	}
	var format, text jsonx.Object
	format.Text("type", string(f.Type))
	if f.Type == message.FormatSchema {
		name := f.Name
		if name == "" {
			name = "answer"
		}
		format.Text("name", name)
		format.Raw("schema", f.Schema)
		format.Raw("strict", boolean(f.Strict))
	}
	text.Raw("format", format.JSON())
	o.Raw("text", text.JSON())
}

func boolean(b bool) []byte {
	if b {
		return []byte("true")
	}
	return []byte("false")
}

// writeTools writes the tools; nil where there are none. strict is always told: OpenAI's default
// here is true, that of the other formats false.
func writeTools(tools []message.Tool) ([]byte, error) {
	if len(tools) == 0 {
		return nil, nil
	}
	list := []byte{'['}
	for i := range tools {
		t := &tools[i]
		if t.Native != nil {
			return nil, cannotSay(t.Path, "is a tool that only its own vendor runs")
		}
		var o jsonx.Object
		o.Text("type", "function")
		o.Text("name", t.Name)
		if t.Description != "" {
			o.Text("description", t.Description)
		}
		schema := t.Schema
		if schema == nil {
			schema = json.RawMessage(`{"type":"object","properties":{}}`)
		}
		o.Raw("parameters", schema)
		o.Raw("strict", boolean(t.Strict))
		list = appendItem(list, o.JSON())
	}
	return append(list, ']'), nil
}

func writeToolChoice(o *jsonx.Object, m *message.Request) {
	switch m.Choice.Mode {
	case message.ChoiceDefault:
	case message.ChoiceNamed:
		var choice jsonx.Object
		choice.Text("type", "function")
		choice.Text("name", m.Choice.Name)
		o.Raw("tool_choice", choice.JSON())
	default:
		o.Text("tool_choice", string(m.Choice.Mode))
	}
	if m.ParallelTools != nil {
		o.Raw("parallel_tool_calls", boolean(*m.ParallelTools))
	}
}
