package gemini

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Dialect implements gateway.Dialect and the translations of package dialect.
type Dialect struct{}

// Name implements gateway.Dialect.
func (Dialect) Name() string { return "gemini" }

// FromURL returns a body as a Request holds it: with the model and the method of the URL. A
// member of the same name in the body counts for nothing, as at Google.
func FromURL(body []byte, model string, stream bool) []byte {
	changes := []jsonx.Change{{Name: "stream"}, {Name: "model", Value: jsonx.Quote(model)}}
	if stream {
		changes[0].Value = []byte("true")
	}
	return jsonx.Update(body, changes...)
}

// IsBatch reports whether an embeddings request is for batchEmbedContents.
func IsBatch(raw []byte) bool { return jsonx.Get(raw, "requests") != nil }

// Routing implements gateway.RequestFormat. The usage is always wanted: an answer reports it
// whether asked or not.
func (Dialect) Routing(op gateway.Op, raw []byte) (gateway.Routing, error) {
	r := gateway.Routing{WantsUsage: true}
	for m := range jsonx.Members(raw) {
		null := m.Value[0] == 'n'
		switch camel(m.Key) {
		case "model", "stream":
			if err := r.ReadField(camel(m.Key), m.Value, invalid); err != nil {
				return r, err
			}
		case "contents", "requests":
			if err := checkList(m.Key, m.Value); err != nil {
				return r, err
			}
		case "generationConfig", "content", "systemInstruction", "generateContentRequest":
			if m.Value[0] != '{' && !null {
				return r, invalid(m.Key, "must be an object")
			}
		}
	}
	r.Stream = r.Stream && op == gateway.OpChat
	return r, nil
}

// checkList checks a list of objects. Google reads one object as a list of it.
func checkList(name string, list []byte) error {
	if list[0] == '{' {
		return nil
	}
	some := false
	for e := range jsonx.Elements(list) {
		if some = true; e.Value[0] != '{' {
			return invalid(at(name, e.Index), "must be an object")
		}
	}
	if !some {
		return invalid(name, "must be a list with at least one element")
	}
	return nil
}

func invalid(field, what string) *gateway.Error {
	return gateway.InvalidField("gemini.Request", field, "The field '"+field+"' "+what+".")
}

// Parameters implements gateway.RequestFormat. Thoughts are part of maxOutputTokens.
func (Dialect) Parameters(raw []byte) gateway.Parameters {
	p := gateway.Parameters{Choices: 1}
	for config := range generationConfigs(raw) {
		readLimits(&p, config)
		for m := range jsonx.Members(config) {
			switch camel(m.Key) {
			case "temperature":
				p.Temperature = jsonx.Float(m.Value)
			case "thinkingConfig":
				readThinkingLimit(&p, m.Value)
			case "responseMimeType":
				p.JSON = p.JSON || jsonx.String(m.Value) == jsonType
			case "responseSchema", "responseJsonSchema":
				p.JSON = p.JSON || m.Value[0] == '{'
			case "responseLogprobs":
				p.Logprobs = m.Value[0] == 't'
			}
		}
	}
	return p
}

const jsonType = "application/json"

func readThinkingLimit(p *gateway.Parameters, config []byte) {
	for m := range jsonx.Members(config) {
		switch camel(m.Key) {
		case "thinkingBudget":
			n := jsonx.Int(m.Value)
			p.Thinking = max(n, 0)
			p.Effort = p.Effort || n < 0 // the model decides
		case "thinkingLevel":
			p.Effort = true
		}
	}
}

// Field implements gateway.RequestFormat.
func (Dialect) Field(name string) gateway.FieldTraits {
	switch camel(name) {
	case "tools", "generationConfig", "generateContentRequest":
		return gateway.FieldTraits{Key: gateway.KeyOrdered}
	case "toolConfig", "variables": // variables of a prompt template, which puts them into the first contents
		return gateway.FieldTraits{}
	case "systemInstruction":
		return gateway.FieldTraits{Rank: 1}
	case "contents", "content", "requests":
		return gateway.FieldTraits{Rank: 2}
	case "model":
		return gateway.FieldTraits{Use: gateway.UseModel, Rank: 3}
	case "labels":
		return gateway.FieldTraits{Use: gateway.UseIdentity, Key: gateway.KeyIgnored, Rank: 3}
	case "stream", "config":
		return gateway.FieldTraits{Key: gateway.KeyIgnored, Rank: 3}
	}
	return gateway.FieldTraits{Rank: 3}
}

// Binary implements gateway.RequestFormat: media in place and signatures.
func (Dialect) Binary(raw []byte) []gateway.Span {
	var r textReader
	jsonx.Walk(raw, r.visit) // raw was checked
	return r.binary
}

// Signed implements gateway.RequestFormat: signatures of thoughts.
func (d Dialect) Signed(raw []byte) []gateway.Span {
	return gateway.SignedSpans(d.Texts(raw))
}
