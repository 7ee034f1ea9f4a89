package models

// openAIShape is OpenAI's (https://platform.openai.com/docs/api-reference/models).
type openAIShape struct{}

type openAIList struct {
	Object string        `json:"object"` // "list"
	Data   []openAIModel `json:"data"`
	More   bool          `json:"has_more"`
}

// openAIModel has the additional fields by the names that OpenRouter gives them.
type openAIModel struct {
	ID           string            `json:"id"`
	Object       string            `json:"object"` // "model"
	Created      int64             `json:"created"`
	Owner        string            `json:"owned_by"`
	Context      *int64            `json:"context_length"`
	Output       *int64            `json:"max_completion_tokens"`
	Pricing      map[string]string `json:"pricing"`
	Capabilities []string          `json:"capabilities"`
}

func (s openAIShape) list(p page) any {
	out := openAIList{Object: "list", Data: make([]openAIModel, 0, len(p.models)), More: p.more}
	for i := range p.models {
		out.Data = append(out.Data, openAIModelOf(&p.models[i]))
	}
	return out
}

func (s openAIShape) one(m *Model) any { return openAIModelOf(m) }

func openAIModelOf(m *Model) openAIModel {
	out := openAIModel{ID: m.ID, Object: "model", Owner: m.Provider, Context: known(m.Context), Output: known(m.Output), Capabilities: m.Capabilities}
	if !m.Created.IsZero() {
		out.Created = m.Created.Unix()
	}
	if m.Price != nil {
		out.Pricing = perToken(m.Price)
	}
	return out
}
