package cohere

import (
	"encoding/json"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// The wire types of a request.

type request struct {
	Model            string                 `json:"model"`
	Messages         []turn                 `json:"messages"`
	Tools            []message.FunctionTool `json:"tools,omitempty"`
	StrictTools      bool                   `json:"strict_tools,omitempty"`
	ToolChoice       string                 `json:"tool_choice,omitempty"`
	MaxTokens        *int64                 `json:"max_tokens,omitempty"`
	Stop             []string               `json:"stop_sequences,omitempty"`
	Temperature      json.Number            `json:"temperature,omitempty"`
	TopP             json.Number            `json:"p,omitempty"`
	TopK             json.Number            `json:"k,omitempty"`
	Seed             json.Number            `json:"seed,omitempty"`
	PresencePenalty  json.Number            `json:"presence_penalty,omitempty"`
	FrequencyPenalty json.Number            `json:"frequency_penalty,omitempty"`
	Format           *responseFormat        `json:"response_format,omitempty"`
	Thinking         *thinking              `json:"thinking,omitempty"`
	Documents        json.RawMessage        `json:"documents,omitempty"`
	CitationOptions  json.RawMessage        `json:"citation_options,omitempty"`
	SafetyMode       json.RawMessage        `json:"safety_mode,omitempty"`
	Priority         json.RawMessage        `json:"priority,omitempty"`
	Stream           bool                   `json:"stream"`
}

type responseFormat struct {
	Type   string          `json:"type"`
	Schema json.RawMessage `json:"json_schema,omitempty"`
}

type thinking struct {
	Type   string `json:"type"`
	Budget int64  `json:"token_budget,omitempty"`
}

// maxStops is how many stop sequences the format takes.
const maxStops = 5

// WriteRequest implements dialect.TargetFormat. Of the fields that only the caller's format knows, those
// with a name of Cohere's are kept: documents, citation_options, safety_mode and priority. Fields without
// a counterpart are dropped, but for those whose loss would change what the caller gets, which are
// refused by name.
func (Dialect) WriteRequest(m *message.Request) ([]byte, error) {
	if err := m.CheckOneAnswer(refuse); err != nil {
		return nil, err
	}
	switch {
	case m.Logprobs:
		return nil, refuse("logprobs", "must be left out: this target tells no probabilities of single tokens")
	case len(m.Stop) > maxStops:
		return nil, refuse("stop", "must have at most 5 texts for this target")
	}
	out := request{Model: m.Model, MaxTokens: m.MaxTokens, Stop: m.Stop, Temperature: m.Temperature, TopP: m.TopP, TopK: m.TopK, Seed: m.Seed,
		PresencePenalty: m.PresencePenalty, FrequencyPenalty: m.FrequencyPenalty, Stream: m.Stream,
		Documents: m.Extra["documents"], CitationOptions: m.Extra["citation_options"], SafetyMode: m.Extra["safety_mode"], Priority: m.Extra["priority"]}
	reasons := strings.Contains(m.Model, "reasoning")
	for i := range m.Messages {
		if err := out.add(&m.Messages[i], reasons); err != nil {
			return nil, err
		}
	}
	switch m.Format.Type {
	case message.FormatObject:
		out.Format = &responseFormat{Type: "json_object"}
	case message.FormatSchema:
		out.Format = &responseFormat{"json_object", m.Format.Schema}
	}
	if reasons {
		out.Thinking = thinkingOf(&m.Reasoning)
	}
	return out.withTools(m)
}

// thinkingOf is the switch of models that reason, nil where the caller leaves it to the vendor.
func thinkingOf(r *message.Reasoning) *thinking {
	switch {
	case r.Effort == "none":
		return &thinking{Type: "disabled"}
	case r.Word() != "":
		return &thinking{"enabled", r.Budget}
	}
	return nil
}

// withTools writes the tools and the choice among them. A tool that must be called is the only one that
// the model is told of, for the format cannot name one.
func (r *request) withTools(m *message.Request) ([]byte, error) {
	for i := range m.Tools {
		t := &m.Tools[i]
		if err := t.CheckFunction(refuse); err != nil {
			return nil, err
		}
		if m.Choice.Mode == message.ChoiceNamed && t.Name != m.Choice.Name {
			continue
		}
		r.StrictTools = r.StrictTools || t.Strict
		r.Tools = append(r.Tools, t.AsFunction())
	}
	switch m.Choice.Mode {
	case message.ChoiceDefault, message.ChoiceAuto:
	case message.ChoiceNone:
		r.ToolChoice = "NONE"
	case message.ChoiceRequired, message.ChoiceNamed:
		if r.ToolChoice = "REQUIRED"; len(r.Tools) == 0 {
			return nil, refuse("tool_choice", "names a function that is not among the tools")
		}
	default:
		return nil, refuse("tool_choice", "must be auto, none, required or name a function")
	}
	if len(r.Tools) == 0 {
		r.ToolChoice = ""
	}
	return json.Marshal(r)
}

func refuse(field, what string) error {
	return gateway.InvalidField("cohere.WriteRequest", field, "The field '"+field+"' "+what+".")
}
