package workersai

import (
	"encoding/json"

	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// request is the input of a model that writes texts, as documented with each of them, such as
// https://developers.cloudflare.com/workers-ai/models/llama-3.3-70b-instruct-fp8-fast.
type request struct {
	Messages          []turn                 `json:"messages"`
	Tools             []message.FunctionTool `json:"tools,omitempty"`
	MaxTokens         *int64                 `json:"max_tokens,omitempty"`
	Temperature       json.Number            `json:"temperature,omitempty"`
	TopP              json.Number            `json:"top_p,omitempty"`
	TopK              json.Number            `json:"top_k,omitempty"`
	Seed              json.Number            `json:"seed,omitempty"`
	RepetitionPenalty json.RawMessage        `json:"repetition_penalty,omitempty"`
	FrequencyPenalty  json.Number            `json:"frequency_penalty,omitempty"`
	PresencePenalty   json.Number            `json:"presence_penalty,omitempty"`
	Format            *responseFormat        `json:"response_format,omitempty"`
	LoRA              json.RawMessage        `json:"lora,omitempty"`
	Raw               json.RawMessage        `json:"raw,omitempty"`
	Stream            bool                   `json:"stream"`
}

// responseFormat is the JSON mode: https://developers.cloudflare.com/workers-ai/features/json-mode.
type responseFormat struct {
	Type   string          `json:"type"`
	Schema json.RawMessage `json:"json_schema,omitempty"`
}

// turn is one message. Content is a text, or a list of blocks where it has more than one.
type turn struct {
	Role    string                 `json:"role"`
	Content any                    `json:"content"`
	Calls   []message.FunctionCall `json:"tool_calls,omitempty"`
	CallID  string                 `json:"tool_call_id,omitempty"`
	Name    string                 `json:"name,omitempty"` // of the tool that answers
}

type block struct {
	Type  string    `json:"type"`
	Text  string    `json:"text,omitempty"`
	Image *imageURL `json:"image_url,omitempty"`
}

type imageURL struct {
	URL string `json:"url"`
}

// WriteRequest implements dialect.TargetFormat. The model stands in the address. What models here have no
// place for is refused by name where its loss would change what the caller gets.
func (Dialect) WriteRequest(m *message.Request) ([]byte, error) {
	if err := m.CheckOneAnswer(refuse); err != nil {
		return nil, err
	}
	switch {
	case m.Logprobs:
		return nil, refuse("logprobs", "must be left out: this target tells no probabilities")
	case len(m.Stop) > 0:
		return nil, refuse("stop", "must be left out: this target knows no stop texts")
	}
	out := request{Messages: []turn{}, MaxTokens: m.MaxTokens, Temperature: m.Temperature, TopP: m.TopP, TopK: m.TopK, Seed: m.Seed, FrequencyPenalty: m.FrequencyPenalty, PresencePenalty: m.PresencePenalty,
		RepetitionPenalty: m.Extra["repetition_penalty"], LoRA: m.Extra["lora"], Raw: m.Extra["raw"], Stream: m.Stream}
	names := map[string]string{} // of tools, by the ids of their calls
	for i := range m.Messages {
		if err := out.add(&m.Messages[i], names); err != nil {
			return nil, err
		}
	}
	switch m.Format.Type {
	case message.FormatObject:
		out.Format = &responseFormat{Type: "json_object"}
	case message.FormatSchema:
		out.Format = &responseFormat{"json_schema", m.Format.Schema}
	}
	var err error
	if out.Tools, err = m.FreeFunctions(refuse); err != nil {
		return nil, err
	}
	return json.Marshal(out)
}

// add writes one message. Each result of a tool is a message of its own. What the model thought is left
// out: the format has no place for it.
func (r *request) add(m *message.Message, names map[string]string) error {
	t := turn{Role: string(m.Role)}
	if m.Role == message.RoleDeveloper {
		t.Role = "system"
	}
	var blocks []block
	for i := range m.Parts {
		p := &m.Parts[i]
		switch p.Kind {
		case message.KindReasoning:
		case message.KindToolCall:
			args, err := p.Arguments(refuse)
			if err != nil {
				return err
			}
			names[p.Call.ID] = p.Call.Name
			t.Calls = append(t.Calls, message.AsFunctionCall(p.Call.ID, p.Call.Name, string(args)))
		case message.KindToolResult:
			var told []block
			for j := range p.Reply.Parts {
				b, err := writeBlock(&p.Reply.Parts[j], false)
				if err != nil {
					return err
				}
				told = append(told, b)
			}
			r.Messages = append(r.Messages, turn{Role: "tool", Content: contentOf(told), CallID: p.Reply.CallID, Name: names[p.Reply.CallID]})
		default:
			b, err := writeBlock(p, m.Role == message.RoleUser)
			if err != nil {
				return err
			}
			blocks = append(blocks, b)
		}
	}
	if len(blocks) > 0 || len(t.Calls) > 0 {
		t.Content = contentOf(blocks)
		r.Messages = append(r.Messages, t)
	}
	return nil
}

// contentOf is a text where nothing else is said, which is all that most models take.
func contentOf(blocks []block) any {
	switch {
	case len(blocks) == 0:
		return ""
	case len(blocks) == 1 && blocks[0].Type == "text":
		return blocks[0].Text
	}
	return blocks
}

func writeBlock(p *message.Part, images bool) (block, error) {
	switch {
	case p.Kind == message.KindText, p.Kind == message.KindRefusal:
		return block{Type: "text", Text: p.Text}, nil
	case p.Kind == message.KindImage && images && p.Media.Address() != "":
		return block{Type: "image_url", Image: &imageURL{p.Media.Address()}}, nil
	case p.Kind == message.KindImage:
		return block{}, refuse(p.Path, "must be an image of the user's, as a URL or a data: URL, for this target")
	}
	return block{}, refuse(p.Path, "is a kind of part that this target does not take")
}
