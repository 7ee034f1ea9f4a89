package cohere

import (
	"encoding/json"
	"strconv"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// kept are the fields that other formats have no room for; "k" is kept as top_k.
var kept = map[string]string{"documents": "documents", "citation_options": "citation_options", "safety_mode": "safety_mode", "priority": "priority", "k": "top_k"}

// ReadRequest implements dialect.ClientFormat.
func (Dialect) ReadRequest(raw []byte) (*message.Request, error) {
	root := gjson.ParseBytes(raw)
	m := &message.Request{Extra: map[string]json.RawMessage{}}
	if err := readSampling(m, root); err != nil {
		return nil, err
	}
	for from, to := range kept {
		if v := root.Get(from); message.Given(v) && v.Raw != "[]" {
			m.Extra[to] = json.RawMessage(v.Raw)
		}
	}
	if err := readFormat(m, root.Get("response_format")); err != nil {
		return nil, err
	}
	if err := readThinking(m, root.Get("thinking")); err != nil {
		return nil, err
	}
	list := root.Get("messages")
	if !list.IsArray() || len(list.Array()) == 0 {
		return nil, invalid("messages", "must be a list of messages")
	}
	for i, v := range list.Array() {
		turn, err := readTurn(v, "messages["+strconv.Itoa(i)+"]")
		if err != nil {
			return nil, err
		}
		m.Messages = append(m.Messages, turn)
	}
	return m, readTools(m, root)
}

// invalid refuses a field of a client's request.
func invalid(field, what string) error {
	return gateway.InvalidField("cohere.ReadRequest", field, "The field '"+field+"' "+what+".")
}

func readSampling(m *message.Request, root gjson.Result) error {
	var err error
	if m.Model, err = message.OptionalText(root, "model", invalid); err != nil {
		return err
	}
	for _, f := range []struct {
		name string
		to   *json.Number
	}{{"temperature", &m.Temperature}, {"p", &m.TopP}, {"seed", &m.Seed}, {"presence_penalty", &m.PresencePenalty}, {"frequency_penalty", &m.FrequencyPenalty}} {
		switch v := root.Get(f.name); {
		case v.Type == gjson.Number:
			*f.to = json.Number(v.Raw)
		case message.Given(v):
			return invalid(f.name, "must be a number")
		}
	}
	switch v := root.Get("max_tokens"); {
	case v.Type == gjson.Number:
		n := v.Int()
		m.MaxTokens = &n
	case message.Given(v):
		return invalid("max_tokens", "must be a number")
	}
	switch v := root.Get("stream"); {
	case v.IsBool():
		m.Stream = v.Bool()
	case message.Given(v):
		return invalid("stream", "must be true or false")
	}
	if root.Get("logprobs").Bool() {
		return invalid("logprobs", "must be left out: probabilities of single tokens are not told in this format")
	}
	stops := root.Get("stop_sequences")
	if message.Given(stops) && !stops.IsArray() {
		return invalid("stop_sequences", "must be a list of strings")
	}
	for i, v := range stops.Array() {
		if v.Type != gjson.String {
			return invalid("stop_sequences["+strconv.Itoa(i)+"]", "must be a string")
		}
		m.Stop = append(m.Stop, v.Str)
	}
	return nil
}

func readFormat(m *message.Request, v gjson.Result) error {
	schema := v.Get("json_schema")
	switch kind := v.Get("type").String(); {
	case !message.Given(v) || kind == "text":
	case kind == "json_object" && schema.IsObject():
		m.Format = message.Format{Type: message.FormatSchema, Schema: json.RawMessage(schema.Raw)}
	case kind == "json_object" && !message.Given(schema):
		m.Format.Type = message.FormatObject
	case kind == "json_object":
		return invalid("response_format.json_schema", "must be an object")
	default:
		return invalid("response_format.type", "must be text or json_object")
	}
	return nil
}

// readThinking reads how much the model shall think. A number of tokens is kept where other formats that
// know one have it.
func readThinking(m *message.Request, v gjson.Result) error {
	budget := v.Get("token_budget")
	switch kind := v.Get("type").String(); {
	case !message.Given(v):
	case kind == "disabled":
		m.Reasoning.Effort = "none"
	case kind == "enabled" && budget.Type == gjson.Number && budget.Int() > 0:
		m.Reasoning.Budget = budget.Int()
		m.Extra["thinking"] = json.RawMessage(`{"type":"enabled","budget_tokens":` + strconv.FormatInt(budget.Int(), 10) + `}`)
	case kind == "enabled" && !message.Given(budget):
		m.Reasoning.Effort = "medium"
	case kind == "enabled":
		return invalid("thinking.token_budget", "must be a positive number")
	default:
		return invalid("thinking.type", "must be enabled or disabled")
	}
	return nil
}

func readTools(m *message.Request, root gjson.Result) error {
	var err error
	if m.Tools, err = message.ReadFunctions(root.Get("tools"), invalid); err != nil {
		return err
	}
	for i := range m.Tools {
		m.Tools[i].Strict = root.Get("strict_tools").Bool()
	}
	switch v := root.Get("tool_choice"); {
	case !message.Given(v):
	case v.Str == "REQUIRED":
		m.Choice.Mode = message.ChoiceRequired
	case v.Str == "NONE":
		m.Choice.Mode = message.ChoiceNone
	default:
		return invalid("tool_choice", "must be REQUIRED or NONE")
	}
	return nil
}
