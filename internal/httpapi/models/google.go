package models

import "strings"

// googleShape is Google's (https://ai.google.dev/api/models).
type googleShape struct{}

type googleList struct {
	Models []googleModel `json:"models"`
	Next   string        `json:"nextPageToken,omitempty"`
}

type googleModel struct {
	Name        string            `json:"name"` // "models/" and the id
	Version     string            `json:"version"`
	DisplayName string            `json:"displayName"`
	Input       *int64            `json:"inputTokenLimit"`
	Output      *int64            `json:"outputTokenLimit"`
	Methods     []string          `json:"supportedGenerationMethods"`
	Pricing     map[string]string `json:"pricing"`
}

func (googleShape) list(p page) any {
	out := googleList{Models: make([]googleModel, 0, len(p.models)), Next: p.next()}
	for i := range p.models {
		out.Models = append(out.Models, googleModelOf(&p.models[i]))
	}
	return out
}

func (googleShape) one(m *Model) any { return googleModelOf(m) }

var (
	chatMethods  = []string{"generateContent", "streamGenerateContent", "countTokens"}
	embedMethods = []string{"embedContent", "batchEmbedContents"}
)

func googleModelOf(m *Model) googleModel {
	out := googleModel{Name: "models/" + m.ID, Version: "001", DisplayName: m.ID, Input: known(m.Context), Output: known(m.Output), Methods: chatMethods}
	if strings.Contains(m.ID, "embed") { // Google's clients choose a model by what it does
		out.Methods = embedMethods
	}
	if m.Price != nil {
		out.Pricing = perToken(m.Price)
	}
	return out
}
