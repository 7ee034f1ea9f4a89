package gemini

import "encoding/json"

// The wire types of answers, as far as Sluice writes them itself.

type answer struct {
	Candidates []candidate     `json:"candidates,omitempty"`
	Feedback   json.RawMessage `json:"promptFeedback,omitempty"`
	Usage      *wireUsage      `json:"usageMetadata,omitempty"`
	Model      string          `json:"modelVersion,omitempty"`
	ID         string          `json:"responseId,omitempty"`
}

type candidate struct {
	Content   content    `json:"content"`
	Finish    string     `json:"finishReason,omitempty"`
	Index     int        `json:"index"`
	Grounding *grounding `json:"groundingMetadata,omitempty"`
	Logprobs  *logprobs  `json:"logprobsResult,omitempty"`
}

type content struct {
	Parts []part `json:"parts,omitempty"`
	Role  string `json:"role,omitempty"`
}

// part is one part of a content. Exactly one of the pointers is set.
type part struct {
	Text      *string           `json:"text,omitempty"`
	Thought   bool              `json:"thought,omitempty"`
	Inline    *inlineData       `json:"inlineData,omitempty"`
	File      *fileData         `json:"fileData,omitempty"`
	Call      *functionCall     `json:"functionCall,omitempty"`
	Result    *functionResponse `json:"functionResponse,omitempty"`
	Native    json.RawMessage   `json:"-"` // a part of Google's own, whole
	Signature string            `json:"thoughtSignature,omitempty"`
}

// MarshalJSON writes a part of Google's own as it is.
func (p part) MarshalJSON() ([]byte, error) {
	if p.Native != nil {
		return p.Native, nil
	}
	type plain part
	return json.Marshal(plain(p))
}

type inlineData struct {
	Type string `json:"mimeType"`
	Data string `json:"data"`
	Name string `json:"displayName,omitempty"`
}

type fileData struct {
	Type string `json:"mimeType,omitempty"`
	URI  string `json:"fileUri"`
}

type functionCall struct {
	ID   string          `json:"id,omitempty"`
	Name string          `json:"name"`
	Args json.RawMessage `json:"args"`
}

type functionResponse struct {
	ID       string          `json:"id,omitempty"`
	Name     string          `json:"name"`
	Response json.RawMessage `json:"response"`
	Parts    []part          `json:"parts,omitempty"`
}

func textPart(s string) part    { return part{Text: &s} }
func thoughtPart(s string) part { return part{Text: &s, Thought: true} }
