package anthropic

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Dialect implements gateway.Dialect and the translations of package dialect.
type Dialect struct{}

// Name implements gateway.Dialect.
func (Dialect) Name() string { return "anthropic" }

// NewRequest reads a body in Anthropic's format; see gateway.NewRequest.
func NewRequest(op gateway.Op, raw []byte, required ...string) (*gateway.Request, error) {
	return gateway.NewRequest(Dialect{}, op, raw, required...)
}

// Routing implements gateway.RequestFormat. The usage is always wanted: a message reports it
// whether asked or not.
func (Dialect) Routing(op gateway.Op, raw []byte) (gateway.Routing, error) {
	r := gateway.Routing{WantsUsage: true}
	for m := range jsonx.Members(raw) {
		switch m.Key {
		case "model", "stream":
			if err := r.ReadField(m.Key, m.Value, invalid); err != nil {
				return r, err
			}
		case "messages":
			if err := checkMessages(m.Value); err != nil {
				return r, err
			}
		}
	}
	r.Stream = r.Stream && op == gateway.OpChat
	return r, nil
}

func checkMessages(list []byte) error {
	some := false
	for e := range jsonx.Elements(list) {
		if some = true; e.Value[0] != '{' {
			return invalid(at("messages", e.Index), "must be an object")
		}
	}
	if !some {
		return invalid("messages", "must be a list with at least one message")
	}
	return nil
}

func invalid(field, what string) *gateway.Error {
	return gateway.InvalidField("anthropic.Request", field, "The field '"+field+"' "+what+".")
}

// Parameters implements gateway.RequestFormat. A budget for thinking is part of max_tokens.
func (Dialect) Parameters(raw []byte) gateway.Parameters {
	p := gateway.Parameters{Choices: 1}
	readLimit(&p, raw)
	for m := range jsonx.Members(raw) {
		switch m.Key {
		case "output_config":
			p.Effort = jsonx.String(jsonx.Get(m.Value, "effort")) != ""
			p.JSON = p.JSON || isSchema(jsonx.Get(m.Value, "format"))
		case "output_format": // of the beta that came before output_config
			p.JSON = p.JSON || isSchema(m.Value)
		case "temperature":
			p.Temperature = jsonx.Float(m.Value)
		case "metadata":
			p.User = jsonx.String(jsonx.Get(m.Value, "user_id"))
		}
	}
	return p
}

func isSchema(format []byte) bool { return jsonx.String(jsonx.Get(format, "type")) == "json_schema" }

// Field implements gateway.RequestFormat.
func (Dialect) Field(name string) gateway.FieldTraits {
	switch name {
	case "tools", "output_config", "output_format":
		return gateway.FieldTraits{Key: gateway.KeyOrdered}
	case "variables": // of a prompt template, which puts them into the first messages
		return gateway.FieldTraits{}
	case "system":
		return gateway.FieldTraits{Rank: 1}
	case "messages":
		return gateway.FieldTraits{Rank: 2}
	case "model":
		return gateway.FieldTraits{Use: gateway.UseModel, Rank: 3}
	case "metadata":
		return gateway.FieldTraits{Use: gateway.UseIdentity, Key: gateway.KeyIgnored, Rank: 3}
	case "stream", "config":
		return gateway.FieldTraits{Key: gateway.KeyIgnored, Rank: 3}
	}
	return gateway.FieldTraits{Rank: 3}
}

// Binary implements gateway.RequestFormat: images, documents, signatures and what only its
// model can decrypt.
func (Dialect) Binary(raw []byte) []gateway.Span {
	var r textReader
	jsonx.Walk(raw, r.visit) // raw was checked
	return r.binary
}

// Signed implements gateway.RequestFormat: signed and encrypted reasoning.
func (d Dialect) Signed(raw []byte) []gateway.Span {
	return gateway.SignedSpans(d.Texts(raw))
}
