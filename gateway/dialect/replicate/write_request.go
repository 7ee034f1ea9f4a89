package replicate

import (
	"encoding/json"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
)

type request struct {
	Input input `json:"input"`
}

// input is what language models take.
type input struct {
	Prompt           string      `json:"prompt,omitempty"`
	System           string      `json:"system_prompt,omitempty"`
	Messages         []turn      `json:"messages,omitempty"`
	Image            string      `json:"image,omitempty"`
	MaxTokens        *int64      `json:"max_tokens,omitempty"`
	Temperature      json.Number `json:"temperature,omitempty"`
	TopP             json.Number `json:"top_p,omitempty"`
	TopK             json.Number `json:"top_k,omitempty"`
	Seed             json.Number `json:"seed,omitempty"`
	PresencePenalty  json.Number `json:"presence_penalty,omitempty"`
	FrequencyPenalty json.Number `json:"frequency_penalty,omitempty"`
	Stop             string      `json:"stop_sequences,omitempty"`
}

type turn struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// WriteRequest implements dialect.TargetFormat. The model stands in the address. What models here have
// no common place for is refused by name.
func (Dialect) WriteRequest(m *message.Request) ([]byte, error) {
	if err := m.CheckOneAnswer(refuse); err != nil {
		return nil, err
	}
	switch {
	case m.Logprobs:
		return nil, refuse("logprobs", "must be left out: this target tells no probabilities")
	case len(m.Tools) > 0 && m.Choice.Mode != message.ChoiceNone:
		return nil, refuse("tools", "must be left out: this target calls no tools")
	case m.Format.Type != message.FormatText:
		return nil, refuse("response_format", "must be text: this target knows no other")
	case len(m.Stop) > 1:
		return nil, refuse("stop", "must have at most one text for this target")
	}
	in := input{MaxTokens: m.MaxTokens, Temperature: m.Temperature, TopP: m.TopP, TopK: m.TopK, Seed: m.Seed, PresencePenalty: m.PresencePenalty, FrequencyPenalty: m.FrequencyPenalty}
	if len(m.Stop) == 1 {
		in.Stop = m.Stop[0]
	}
	for i := range m.Messages {
		if err := in.add(&m.Messages[i]); err != nil {
			return nil, err
		}
	}
	in.simplify()
	return json.Marshal(request{in})
}

// add writes the parts of one message, each text as a turn: joined, they would be one that nobody judged.
func (in *input) add(m *message.Message) error {
	role := string(m.Role)
	if m.Role == message.RoleDeveloper {
		role = "system"
	}
	for i := range m.Parts {
		switch p := &m.Parts[i]; p.Kind {
		case message.KindText, message.KindRefusal:
			in.Messages = append(in.Messages, turn{role, p.Text})
		case message.KindReasoning:
		case message.KindImage:
			address := p.Media.Address()
			if in.Image != "" || address == "" || m.Role != message.RoleUser {
				return refuse(p.Path, "must be the user's only image, as a URL or a data: URL, for this target")
			}
			in.Image = address
		default:
			return refuse(p.Path, "is a kind of part that this target does not take")
		}
	}
	return nil
}

// simplify writes a question, with or without a system text before it, as all models take it.
func (in *input) simplify() {
	n := len(in.Messages)
	if n == 0 || n > 2 || in.Messages[n-1].Role != "user" || n == 2 && in.Messages[0].Role != "system" {
		return
	}
	if in.Prompt = in.Messages[n-1].Content; n == 2 {
		in.System = in.Messages[0].Content
	}
	in.Messages = nil
}

func refuse(field, what string) error {
	return gateway.InvalidField("replicate.WriteRequest", field, "The field '"+field+"' "+what+".")
}
