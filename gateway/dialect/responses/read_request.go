package responses

import (
	"encoding/json"
	"slices"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// ReadRequest implements dialect.Format. What only this format knows is refused by name where
// the answer depends on it, and is listed in Dropped where it is a hint.
func (Dialect) ReadRequest(raw []byte) (*message.Request, error) {
	root := gjson.ParseBytes(raw)
	m := &message.Request{WantsUsage: true, Source: raw, Extra: map[string]json.RawMessage{}}
	if s := text(root.Get("instructions")); s != "" {
		m.Messages = append(m.Messages, message.Message{Role: message.RoleSystem, Path: "instructions",
			Parts: []message.Part{{Kind: message.KindText, Text: s, Path: "instructions"}}})
	}
	m.Model = text(root.Get("model"))
	if err := readInput(m, root.Get("input")); err != nil {
		return nil, err
	}
	if len(m.Messages) == 0 {
		return nil, invalid("input", "is missing or empty")
	}
	if err := readTools(m, root); err != nil {
		return nil, err
	}
	if err := readFormat(m, root.Get("text")); err != nil {
		return nil, err
	}
	var err error
	if root.IsObject() {
		root.ForEach(func(key, v gjson.Result) bool {
			if given(v) {
				err = readField(m, key.Str, v)
			}
			return err == nil
		})
	}
	return m, err
}

// readField takes in one top-level field that is not null.
func readField(m *message.Request, key string, v gjson.Result) error {
	switch key {
	case "model", "input", "instructions", "tools", "tool_choice", "text", "config", "stream_options",
		"metadata", "store": // which the surface acts on, and the answer repeats
	case "stream":
		m.Stream = v.Bool()
	case "user":
		m.User = text(v)
	case "safety_identifier":
		if m.User == "" {
			m.User = text(v)
		}
	case "service_tier":
		m.ServiceTier = text(v)
	case "parallel_tool_calls":
		parallel := v.Bool()
		m.ParallelTools = &parallel
	case "reasoning":
		m.Reasoning.Effort = text(v.Get("effort"))
		if given(v.Get("context")) {
			m.Dropped = append(m.Dropped, "reasoning.context")
		}
	case "temperature":
		return readNumber(&m.Temperature, key, v)
	case "top_p":
		return readNumber(&m.TopP, key, v)
	case maxOutput:
		if v.Type != gjson.Number {
			return invalid(key, "must be a number")
		}
		n := v.Int()
		m.MaxTokens = &n
	default:
		return readForeign(m, key, v)
	}
	return nil
}

func readNumber(to *json.Number, field string, v gjson.Result) error {
	if v.Type != gjson.Number {
		return invalid(field, "must be a number")
	}
	*to = json.Number(v.Raw)
	return nil
}

// onlyThere says why a field needs a target with this format.
const onlyThere = "needs a target that speaks the Responses API itself"

// readForeign refuses a field on which the answer depends. Any other one is a hint.
func readForeign(m *message.Request, key string, v gjson.Result) error {
	switch key {
	case "previous_response_id", "conversation", "prompt", "moderation":
		return invalid(key, onlyThere)
	case "background":
		if v.Bool() {
			return invalid(key, onlyThere)
		}
		return nil
	case "top_logprobs":
		if v.Int() > 0 {
			return invalid(key, onlyThere)
		}
		return nil
	case "truncation":
		if text(v) != "auto" {
			return nil
		}
	case "include":
		if includes(v, includeLogprobs) {
			return invalid(key, "asks for log probabilities, and "+onlyThere)
		}
		if includes(v, includeEncrypted) && v.Get("#").Int() == 1 {
			return nil
		}
	}
	drop(m, key)
	return nil
}

// hints are the fields of this format that change how an answer is made and not what it is.
var hints = wordSet(`include prompt_cache_key prompt_cache_retention prompt_cache_options client_metadata max_tool_calls
	truncation context_management access_programs image`)

// drop lists a field as dropped, once. The name of a field that the format does not have is the
// caller's own text, and is not repeated.
func drop(m *message.Request, field string) {
	if !hints[field] {
		field = "fields that the Responses API does not have"
	}
	if !slices.Contains(m.Dropped, field) {
		m.Dropped = append(m.Dropped, field)
	}
}

// readFormat reads the shape of the answer's text.
func readFormat(m *message.Request, v gjson.Result) error {
	if given(v.Get("verbosity")) {
		m.Dropped = append(m.Dropped, "text.verbosity")
	}
	format := v.Get("format")
	switch text(format.Get("type")) {
	case "", "text":
	case "json_object":
		m.Format.Type = message.FormatObject
	case "json_schema":
		schema := format.Get("schema")
		if !schema.IsObject() {
			return invalid("text.format.schema", "must be an object")
		}
		m.Format = message.Format{Type: message.FormatSchema, Name: text(format.Get("name")),
			Schema: json.RawMessage(schema.Raw), Strict: format.Get("strict").Bool()}
	default:
		return invalid("text.format.type", "must be text, json_object or json_schema")
	}
	return nil
}
