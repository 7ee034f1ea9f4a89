package openai

import (
	"bytes"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Dialect implements gateway.Dialect and the translations of package dialect.
type Dialect struct {
	// CachePoints says that the target takes cache_control, as other gateways extend the format.
	CachePoints bool
	// Client is the name of the format in which the caller's client wrote the request, where it was
	// written in this one for it; "" = this one. See WithoutClientFields.
	Client string
}

// Name implements gateway.Dialect.
func (Dialect) Name() string { return "openai" }

// NewRequest reads a body in OpenAI's format; see gateway.NewRequest.
func NewRequest(op gateway.Op, raw []byte, required ...string) (*gateway.Request, error) {
	return gateway.NewRequest(Dialect{}, op, raw, required...)
}

// Routing implements gateway.RequestFormat.
func (Dialect) Routing(op gateway.Op, raw []byte) (gateway.Routing, error) {
	var r gateway.Routing
	for m := range jsonx.Members(raw) {
		null := m.Value[0] == 'n'
		switch m.Key {
		case "model", "stream":
			if err := r.ReadField(m.Key, m.Value, invalid); err != nil {
				return r, err
			}
		case "user":
			if m.Value[0] != '"' && !null {
				return r, invalid("user", "must be a string")
			}
		case "stream_options":
			r.WantsUsage = gjson.ParseBytes(jsonx.Get(m.Value, "include_usage")).Bool()
		case "messages":
			if err := checkMessages(m.Value); err != nil {
				return r, err
			}
		case "input":
			if op == gateway.OpEmbeddings && m.Value[0] != '"' && firstOf(m.Value) == 0 {
				return r, invalid("input", "must be a string or a list that is not empty")
			}
		}
	}
	r.Stream = r.Stream && op == gateway.OpChat
	return r, nil
}

func checkMessages(list []byte) error {
	switch first := firstOf(list); {
	case first == 0:
		return invalid("messages", "must be a list with at least one message")
	case first != '{':
		return invalid("messages[0]", "must be an object")
	}
	return nil
}

// firstOf is the first byte of the first element of a list; 0: value is none, or empty.
func firstOf(value []byte) byte {
	if len(value) == 0 || value[0] != '[' {
		return 0
	}
	if rest := bytes.TrimLeft(value[1:], " \t\r\n"); len(rest) > 1 {
		return rest[0]
	}
	return 0
}

func invalid(field, what string) *gateway.Error {
	return gateway.InvalidField("openai.Request", field, "The field '"+field+"' "+what+".")
}

// Parameters implements gateway.RequestFormat. Of max_tokens and max_completion_tokens the
// larger one counts: which of them a vendor obeys differs.
func (Dialect) Parameters(raw []byte) gateway.Parameters {
	p := gateway.Parameters{Choices: 1}
	var limits limitReader
	for m := range jsonx.Members(raw) {
		limits.member(&p, m)
		switch m.Key {
		case "thinking":
			p.Thinking = max(p.Thinking, jsonx.Int(jsonx.Get(m.Value, "budget_tokens")))
		case "reasoning_effort":
			p.Effort = true
		case "reasoning":
			budget, _ := gateway.ReadCount(jsonx.Get(m.Value, "max_tokens"))
			p.Effort, p.Thinking = true, max(p.Thinking, budget)
		case "response_format":
			format := jsonx.String(jsonx.Get(m.Value, "type"))
			p.JSON = format == "json_object" || format == "json_schema"
		case "logprobs":
			p.Logprobs = m.Value[0] == 't'
		case "temperature":
			p.Temperature = jsonx.Float(m.Value)
		case "user":
			p.User = jsonx.String(m.Value)
		}
	}
	p.Bounded = limits.bounded()
	return p
}

// Field implements gateway.RequestFormat.
func (Dialect) Field(name string) gateway.FieldTraits {
	switch name {
	case "tools", "functions", "response_format":
		return gateway.FieldTraits{Key: gateway.KeyOrdered}
	case "variables": // of a prompt template, which puts them into the first messages
		return gateway.FieldTraits{}
	case "messages", "input":
		return gateway.FieldTraits{Rank: 1}
	case "model", "models":
		return gateway.FieldTraits{Use: gateway.UseModel, Rank: 2}
	case "user":
		return gateway.FieldTraits{Use: gateway.UseIdentity, Key: gateway.KeyIgnored, Rank: 2}
	case "safety_identifier", "prompt_cache_key", "metadata":
		return gateway.FieldTraits{Use: gateway.UseIdentity, Rank: 2}
	case "seed":
		return gateway.FieldTraits{Use: gateway.UseSeed, Rank: 2}
	case "stream", "stream_options", "config":
		return gateway.FieldTraits{Key: gateway.KeyIgnored, Rank: 2}
	}
	return gateway.FieldTraits{Rank: 2}
}

// Binary implements gateway.RequestFormat: images, speech, videos and files.
func (Dialect) Binary(raw []byte) []gateway.Span {
	var spans []gateway.Span
	if !bytes.Contains(raw, []byte("data")) { // each of them has the word in its name or URL
		return nil
	}
	jsonx.Walk(raw, func(n jsonx.Node) jsonx.Action { // raw was checked
		if isBinary(n) {
			spans = append(spans, gateway.Span{Start: n.Start, End: n.End()})
		}
		return jsonx.Descend
	})
	return spans
}

// Signed implements gateway.RequestFormat: this format signs nothing.
func (Dialect) Signed([]byte) []gateway.Span { return nil }

// Question implements gateway.RequestFormat: a string content, or the last text among the
// parts of the last message.
func (Dialect) Question(raw []byte) (gateway.Span, bool) {
	var messages jsonx.Member
	for m := range jsonx.Members(raw) {
		if m.Key == "messages" {
			messages = m
		}
	}
	var last jsonx.Element
	for e := range jsonx.Elements(messages.Value) {
		last = e
	}
	if last.Value == nil {
		return gateway.Span{}, false
	}
	return message.UserText(last.Value, messages.Start+last.Start)
}

// ModelOutput implements gateway.AnswerFormat.
func (Dialect) ModelOutput(body []byte) []byte {
	if v := jsonx.Get(body, "choices"); v != nil {
		return v
	}
	return body
}
