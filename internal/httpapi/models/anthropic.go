package models

import "time"

// anthropicShape is Anthropic's (https://docs.anthropic.com/en/api/models-list).
type anthropicShape struct{}

type anthropicList struct {
	Data  []anthropicModel `json:"data"`
	More  bool             `json:"has_more"`
	First *string          `json:"first_id"`
	Last  *string          `json:"last_id"`
}

type anthropicModel struct {
	Type         string            `json:"type"` // "model"
	ID           string            `json:"id"`
	Name         string            `json:"display_name"`
	Created      string            `json:"created_at"`
	Input        *int64            `json:"max_input_tokens"`
	Output       *int64            `json:"max_tokens"`
	Capabilities *struct{}         `json:"capabilities"` // Anthropic's object; nobody here knows its members
	Pricing      map[string]string `json:"pricing"`
}

func (anthropicShape) list(p page) any {
	out := anthropicList{Data: make([]anthropicModel, 0, len(p.models)), More: p.more}
	for i := range p.models {
		out.Data = append(out.Data, anthropicModelOf(&p.models[i]))
	}
	if n := len(p.models); n > 0 {
		out.First, out.Last = &p.models[0].ID, &p.models[n-1].ID
	}
	return out
}

func (anthropicShape) one(m *Model) any { return anthropicModelOf(m) }

func anthropicModelOf(m *Model) anthropicModel {
	created := m.Created
	if created.IsZero() {
		created = time.Unix(0, 0) // Anthropic's value for an unknown date
	}
	out := anthropicModel{Type: "model", ID: m.ID, Name: m.ID, Created: created.UTC().Format(time.RFC3339), Input: known(m.Context), Output: known(m.Output)}
	if m.Price != nil {
		out.Pricing = perToken(m.Price)
	}
	return out
}
