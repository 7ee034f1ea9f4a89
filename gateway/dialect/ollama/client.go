package ollama

import (
	"encoding/json"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// invalid refuses a field of a client's request.
func invalid(field, what string) error {
	return gateway.InvalidField("ollama.ReadRequest", field, "The field '"+field+"' "+what+".")
}

// clientRequest reads what chat and generation have in common. A stream is the default. Of "options",
// those that other formats know become fields of the request; the rest is kept in Extra.
func clientRequest(root gjson.Result) (*message.Request, error) {
	m := &message.Request{Extra: map[string]json.RawMessage{}, Stream: true}
	var err error
	if m.Model, err = message.OptionalText(root, "model", invalid); err != nil {
		return nil, err
	}
	switch v := root.Get("stream"); {
	case v.IsBool():
		m.Stream = v.Bool()
	case message.Given(v):
		return nil, invalid("stream", "must be true or false")
	}
	if err := readFormat(m, root.Get("format")); err != nil {
		return nil, err
	}
	if err := readThink(m, root.Get("think")); err != nil {
		return nil, err
	}
	if err := readOptions(m, root.Get("options")); err != nil {
		return nil, err
	}
	if v := root.Get("keep_alive"); message.Given(v) {
		m.Extra["keep_alive"] = json.RawMessage(v.Raw)
	}
	m.Logprobs, m.TopLogprobs = root.Get("logprobs").Bool(), root.Get("top_logprobs").Int()
	return m, nil
}

func readFormat(m *message.Request, v gjson.Result) error {
	switch {
	case !message.Given(v) || v.Type == gjson.String && v.Str == "":
	case v.Type == gjson.String && v.Str == "json":
		m.Format.Type = message.FormatObject
	case v.IsObject():
		m.Format = message.Format{Type: message.FormatSchema, Schema: json.RawMessage(v.Raw)}
	default:
		return invalid("format", "must be \"json\" or a JSON schema")
	}
	return nil
}

func readThink(m *message.Request, v gjson.Result) error {
	switch {
	case !message.Given(v):
	case v.Type == gjson.False:
		m.Reasoning.Effort = "none"
	case v.Type == gjson.True:
		m.Reasoning.Effort = "medium"
	case v.Str == "low" || v.Str == "medium" || v.Str == "high":
		m.Reasoning.Effort = v.Str
	default:
		return invalid("think", "must be true, false, low, medium or high")
	}
	return nil
}

// readOptions reads the parameters of the model. A limit that is no positive number is none.
func readOptions(m *message.Request, options gjson.Result) error {
	switch {
	case !message.Given(options):
		return nil
	case !options.IsObject():
		return invalid("options", "must be an object")
	}
	numbers := map[string]*json.Number{"temperature": &m.Temperature, "top_p": &m.TopP, "seed": &m.Seed,
		"presence_penalty": &m.PresencePenalty, "frequency_penalty": &m.FrequencyPenalty}
	rest := map[string]json.RawMessage{}
	var err error
	options.ForEach(func(key, v gjson.Result) bool {
		name, to := key.Str, numbers[key.Str]
		switch {
		case !message.Given(v):
		case (to != nil || name == "num_predict") && v.Type != gjson.Number:
			err = invalid("options."+name, "must be a number")
		case to != nil:
			*to = json.Number(v.Raw)
		case name == "num_predict":
			if n := v.Int(); n > 0 {
				m.MaxTokens = &n
			}
		case name == "stop":
			m.Stop, err = readStop(v)
		default:
			rest[name] = json.RawMessage(v.Raw)
		}
		return err == nil
	})
	if err == nil && len(rest) > 0 {
		m.Extra["options"], err = json.Marshal(rest)
	}
	return err
}

func readStop(v gjson.Result) ([]string, error) {
	if v.Type == gjson.String {
		return []string{v.Str}, nil
	}
	var stops []string
	for _, s := range v.Array() {
		if s.Type != gjson.String {
			return nil, invalid("options.stop", "must be a string or a list of strings")
		}
		stops = append(stops, s.Str)
	}
	return stops, nil
}
