package responses

import (
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Dialect implements gateway.Dialect and the translations of package dialect.
type Dialect struct{}

// Name implements gateway.Dialect.
func (Dialect) Name() string { return "responses" }

// NewRequest reads a body in this format; see gateway.NewRequest.
func NewRequest(op gateway.Op, raw []byte, required ...string) (*gateway.Request, error) {
	return gateway.NewRequest(Dialect{}, op, raw, required...)
}

// Routing implements gateway.RequestFormat. The usage is always wanted: the last event reports
// it whether asked or not.
func (Dialect) Routing(op gateway.Op, raw []byte) (gateway.Routing, error) {
	r := gateway.Routing{WantsUsage: true}
	for m := range jsonx.Members(raw) {
		null := m.Value[0] == 'n'
		switch m.Key {
		case "model", "stream":
			if err := r.ReadField(m.Key, m.Value, invalid); err != nil {
				return r, err
			}
		case "previous_response_id":
			if m.Value[0] != '"' && !null {
				return r, invalid("previous_response_id", "must be a string")
			}
		case "input":
			if err := checkInput(m.Value); err != nil {
				return r, err
			}
		}
	}
	r.Stream = r.Stream && (op == gateway.OpChat || op == gateway.OpRetrieve)
	return r, nil
}

func checkInput(input []byte) error {
	switch input[0] {
	case '"', 'n':
		return nil
	case '[':
	default:
		return invalid("input", "must be a string or a list of items")
	}
	for e := range jsonx.Elements(input) {
		if e.Value[0] != '{' {
			return invalid(at("input", e.Index), "must be an object")
		}
	}
	return nil
}

func invalid(field, what string) *gateway.Error {
	return gateway.InvalidField("responses.Request", field, "The field '"+field+"' "+what+".")
}

// at is the path of element i of a list.
func at(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }

// Parameters implements gateway.RequestFormat. Reasoning is part of max_output_tokens.
func (Dialect) Parameters(raw []byte) gateway.Parameters {
	p := gateway.Parameters{Choices: 1}
	readLimit(&p, raw)
	safety := ""
	for m := range jsonx.Members(raw) {
		switch m.Key {
		case "reasoning":
			p.Effort = jsonx.String(jsonx.Get(m.Value, "effort")) != ""
		case "text":
			p.JSON = strings.HasPrefix(jsonx.String(jsonx.Get(m.Value, "format", "type")), "json_")
		case "top_logprobs":
			p.Logprobs = p.Logprobs || jsonx.Int(m.Value) > 0
		case "include":
			p.Logprobs = p.Logprobs || includes(gjson.ParseBytes(m.Value), includeLogprobs)
		case "temperature":
			p.Temperature = jsonx.Float(m.Value)
		case "background":
			p.Background = m.Value[0] == 't'
		case "user":
			p.User = jsonx.String(m.Value)
		case "safety_identifier":
			safety = jsonx.String(m.Value)
		}
	}
	if p.User == "" {
		p.User = safety
	}
	return p
}

// Values of "include" that change what an answer holds of a translated target.
const (
	includeEncrypted = "reasoning.encrypted_content"
	includeLogprobs  = "message.output_text.logprobs"
)

func includes(list gjson.Result, what string) bool {
	found := false
	if list.IsArray() {
		list.ForEach(func(_, v gjson.Result) bool {
			found = found || v.Type == gjson.String && v.Str == what
			return true
		})
	}
	return found
}

// Field implements gateway.RequestFormat.
func (Dialect) Field(name string) gateway.FieldTraits {
	switch name {
	case "tools", "text":
		return gateway.FieldTraits{Key: gateway.KeyOrdered}
	case "variables": // of a prompt template, which puts them into the first messages
		return gateway.FieldTraits{}
	case "instructions":
		return gateway.FieldTraits{Rank: 1}
	case "input":
		return gateway.FieldTraits{Rank: 2}
	case "model":
		return gateway.FieldTraits{Use: gateway.UseModel, Rank: 3}
	case "user", "client_metadata":
		return gateway.FieldTraits{Use: gateway.UseIdentity, Key: gateway.KeyIgnored, Rank: 3}
	case "safety_identifier", "prompt_cache_key", "metadata":
		return gateway.FieldTraits{Use: gateway.UseIdentity, Rank: 3}
	case "stream", "stream_options", "config":
		return gateway.FieldTraits{Key: gateway.KeyIgnored, Rank: 3}
	}
	return gateway.FieldTraits{Rank: 3}
}

// Binary implements gateway.RequestFormat: images, speech, files, and what only its model can
// decrypt.
func (Dialect) Binary(raw []byte) []gateway.Span {
	var r textReader
	jsonx.Walk(raw, r.visit) // raw was checked
	return r.binary
}

// Signed implements gateway.RequestFormat: encrypted reasoning.
func (d Dialect) Signed(raw []byte) []gateway.Span {
	return gateway.SignedSpans(d.Texts(raw))
}
