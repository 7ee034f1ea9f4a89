package gemini

import (
	"encoding/json"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// wireRequest is a request as a gateway.Request holds it.
type wireRequest struct {
	Model    string            `json:"model"`
	System   *content          `json:"systemInstruction,omitempty"`
	Contents []*content        `json:"contents"`
	Tools    []json.RawMessage `json:"tools,omitempty"`
	Choice   *toolConfig       `json:"toolConfig,omitempty"`
	Config   *wireConfig       `json:"generationConfig,omitempty"`
	Safety   json.RawMessage   `json:"safetySettings,omitempty"`
	Cached   json.RawMessage   `json:"cachedContent,omitempty"`
	Stream   bool              `json:"stream,omitempty"`
}

// wireConfig is a generationConfig.
type wireConfig struct {
	MaxTokens        *int64          `json:"maxOutputTokens,omitempty"`
	Candidates       int64           `json:"candidateCount,omitempty"`
	Stop             []string        `json:"stopSequences,omitempty"`
	Temperature      json.Number     `json:"temperature,omitempty"`
	TopP             json.Number     `json:"topP,omitempty"`
	TopK             json.Number     `json:"topK,omitempty"`
	Seed             json.Number     `json:"seed,omitempty"`
	PresencePenalty  json.Number     `json:"presencePenalty,omitempty"`
	FrequencyPenalty json.Number     `json:"frequencyPenalty,omitempty"`
	Logprobs         bool            `json:"responseLogprobs,omitempty"`
	TopLogprobs      int64           `json:"logprobs,omitempty"`
	MimeType         string          `json:"responseMimeType,omitempty"`
	Schema           json.RawMessage `json:"responseJsonSchema,omitempty"`
	Thinking         any             `json:"thinkingConfig,omitempty"`
}

// WriteRequest implements dialect.Format. Cache points are dropped, since Google caches
// prefixes by itself, and so are fields without a counterpart. Callers of another format may
// use safetySettings, cachedContent, and the extra_body.google of Google's interface in
// OpenAI's format.
func (Dialect) WriteRequest(m *message.Request) ([]byte, error) {
	w := &contentWriter{version: versionOf(m.Model), names: map[string]string{}}
	messages := message.KeepWholeTails(m.Messages, func(p *message.Part) bool {
		_, own := p.Sign.StampedBy(message.StampGoogle)
		return own || p.Sign == (message.Signature{})
	})
	for i := range messages {
		if err := w.message(&messages[i]); err != nil {
			return nil, err
		}
	}
	out := wireRequest{Model: m.Model, System: w.system, Contents: w.contents, Stream: m.Stream,
		Safety: extra(m, "safetySettings", "safety_settings"), Cached: extra(m, "cachedContent", "cached_content")}
	if len(out.Contents) == 0 && out.System != nil { // Google wants a turn
		out.System.Role = "user"
		out.Contents, out.System = []*content{out.System}, nil
	}
	var err error
	if out.Tools, err = writeTools(m.Tools); err != nil {
		return nil, err
	}
	if len(out.Tools) > 0 {
		out.Choice = choiceOf(m.Choice)
	}
	out.Config = configOf(m)
	return json.Marshal(out)
}

// extra is a field of Google's that a caller of another format gave, nil if there is none.
func extra(m *message.Request, names ...string) json.RawMessage {
	google := gjson.GetBytes(m.Extra["extra_body"], "google")
	for _, name := range names {
		if v := m.Extra[name]; len(v) > 0 {
			return v
		}
		if v := google.Get(name); v.Exists() {
			return json.RawMessage(v.Raw)
		}
	}
	return nil
}

func configOf(m *message.Request) *wireConfig {
	c := &wireConfig{MaxTokens: m.MaxTokens, Stop: m.Stop, Temperature: m.Temperature, TopP: m.TopP, TopK: m.TopK, Seed: m.Seed,
		PresencePenalty: m.PresencePenalty, FrequencyPenalty: m.FrequencyPenalty, Logprobs: m.Logprobs, TopLogprobs: m.TopLogprobs}
	if m.N > 1 {
		c.Candidates = m.N
	}
	if m.Format.Type != message.FormatText {
		c.MimeType, c.Schema = jsonType, m.Format.Schema
	}
	if own := extra(m, "thinkingConfig", "thinking_config"); own != nil {
		c.Thinking = own
	} else if t := thinkingOf(m.Reasoning, m.Model); t != nil {
		c.Thinking = t
		m.SentEffort(t.Level)
	}
	if raw, _ := json.Marshal(c); string(raw) == "{}" { // plain data always encodes
		return nil
	}
	return c
}

func refuse(field, what string) error {
	return gateway.InvalidField("gemini.WriteRequest", field, "The field '"+field+"' "+what+".")
}
