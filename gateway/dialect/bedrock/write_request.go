package bedrock

import (
	"encoding/json"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// The wire types of a request.

type request struct {
	Messages  []turn           `json:"messages"`
	System    []content        `json:"system,omitempty"`
	Inference *inferenceConfig `json:"inferenceConfig,omitempty"`
	Tools     *toolConfig      `json:"toolConfig,omitempty"`
	More      json.RawMessage  `json:"additionalModelRequestFields,omitempty"`
}

type turn struct {
	Role    string    `json:"role"`
	Content []content `json:"content"`
}

type inferenceConfig struct {
	MaxTokens   *int64      `json:"maxTokens,omitempty"`
	Temperature json.Number `json:"temperature,omitempty"`
	TopP        json.Number `json:"topP,omitempty"`
	Stop        []string    `json:"stopSequences,omitempty"`
}

// Instructions for models, which no field of this format holds to a form.
const (
	answerJSON   = "Answer with one valid JSON object and nothing else: no explanation, no code fence."
	answerSchema = answerJSON + " It must satisfy this JSON schema: "
)

// maxStops is how many stop sequences the format takes.
const maxStops = 2500

// WriteRequest implements dialect.TargetFormat. The model stands in the address. Fields without a
// counterpart are dropped, but for those whose loss would change what the caller gets, which are
// refused by name.
func (Dialect) WriteRequest(m *message.Request) ([]byte, error) {
	if err := m.CheckOneAnswer(refuse); err != nil {
		return nil, err
	}
	if m.Logprobs {
		return nil, refuse("logprobs", "must be left out: this target tells no probabilities")
	}
	var out request
	for i := range m.Messages {
		if err := out.add(&m.Messages[i]); err != nil {
			return nil, err
		}
	}
	switch f := m.Format; {
	case f.Type == message.FormatObject, f.Type == message.FormatSchema && len(f.Schema) == 0:
		out.System = append(out.System, content{Text: answerJSON})
	case f.Type == message.FormatSchema:
		out.System = append(out.System, content{Text: answerSchema + string(f.Schema)})
	}
	c := inferenceConfig{MaxTokens: m.MaxTokens, Temperature: m.Temperature, TopP: m.TopP}
	for _, s := range m.Stop {
		if s != "" && len(c.Stop) < maxStops {
			c.Stop = append(c.Stop, s)
		}
	}
	if c.MaxTokens != nil || c.Temperature != "" || c.TopP != "" || len(c.Stop) > 0 {
		out.Inference = &c
	}
	var err error
	if out.Tools, err = writeTools(m, out.Messages); err != nil {
		return nil, err
	}
	if effort := m.Reasoning.Word(); effort != "" && strings.Contains(m.Model, "openai.gpt-oss") {
		out.More, _ = json.Marshal(map[string]string{"reasoning_effort": effort}) // a text always marshals
	}
	return json.Marshal(out)
}

func refuse(field, what string) error {
	return gateway.InvalidField("bedrock.WriteRequest", field, "The field '"+field+"' "+what+".")
}

// add writes one message. System messages stand apart, results of tools are part of a user's turn,
// and neighbours of one role are one turn.
func (r *request) add(m *message.Message) error {
	role := "user"
	switch m.Role {
	case message.RoleSystem, message.RoleDeveloper:
		for i := range m.Parts {
			switch p := &m.Parts[i]; p.Kind {
			case message.KindText, message.KindRefusal, message.KindReasoning:
			default:
				return refuse(p.Path, "must be text: this target takes nothing else in system messages")
			}
		}
		parts, err := writeParts(m.Parts)
		r.System = append(r.System, parts...)
		return err
	case message.RoleAssistant:
		role = "assistant"
	case message.RoleUser, message.RoleTool:
	default:
		return refuse(m.Path+".role", "names a role that this target does not have")
	}
	parts, err := writeParts(m.Parts)
	if err != nil || len(parts) == 0 {
		return err
	}
	if n := len(r.Messages); n > 0 && r.Messages[n-1].Role == role {
		r.Messages[n-1].Content = append(r.Messages[n-1].Content, parts...)
		return nil
	}
	r.Messages = append(r.Messages, turn{role, parts})
	return nil
}
