package ollama

import (
	"encoding/json"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// request is the body of a chat. Stream is always written: its default is true.
type request struct {
	Model       string                     `json:"model"`
	Messages    []turn                     `json:"messages"`
	Tools       []message.FunctionTool     `json:"tools,omitempty"`
	Format      json.RawMessage            `json:"format,omitempty"`
	Options     map[string]json.RawMessage `json:"options,omitempty"`
	Think       any                        `json:"think,omitempty"` // a bool or a word
	KeepAlive   json.RawMessage            `json:"keep_alive,omitempty"`
	Logprobs    bool                       `json:"logprobs,omitempty"`
	TopLogprobs int64                      `json:"top_logprobs,omitempty"`
	Stream      bool                       `json:"stream"`
}

// optionNames are the options that a caller may write at the top of a body, as other gateways take them.
var optionNames = []string{"num_ctx", "num_keep", "min_p", "typical_p", "repeat_last_n", "repeat_penalty"}

// WriteRequest implements dialect.TargetFormat. Fields without a counterpart are dropped, but for those
// whose loss would change what the caller gets, which are refused by name.
func (Dialect) WriteRequest(m *message.Request) ([]byte, error) {
	if err := m.CheckOneAnswer(refuse); err != nil {
		return nil, err
	}
	out := request{Model: m.Model, KeepAlive: m.Extra["keep_alive"], Logprobs: m.Logprobs, TopLogprobs: m.TopLogprobs, Stream: m.Stream, Think: thinkOf(m)}
	names := map[string]string{} // of tools, by the ids of their calls
	for i := range m.Messages {
		if err := out.add(&m.Messages[i], names); err != nil {
			return nil, err
		}
	}
	switch f := m.Format; {
	case f.Type == message.FormatObject, f.Type == message.FormatSchema && len(f.Schema) == 0:
		out.Format = json.RawMessage(`"json"`)
	case f.Type == message.FormatSchema:
		out.Format = f.Schema
	}
	if err := out.setOptions(m); err != nil {
		return nil, err
	}
	var err error
	if out.Tools, err = m.FreeFunctions(refuse); err != nil {
		return nil, err
	}
	return json.Marshal(out)
}

// thinkOf is the switch of models that think, nil where the caller leaves it to the model. gpt-oss takes
// words for how much, the others only whether.
func thinkOf(m *message.Request) any {
	switch effort := m.Reasoning.Word(); {
	case effort == "":
		return nil
	case effort == "none":
		return false
	case !strings.Contains(m.Model, "gpt-oss"):
		return true
	case effort == "minimal":
		m.SentEffort("low")
		return "low"
	case effort == "xhigh" || effort == "max":
		m.SentEffort("high")
		return "high"
	default:
		return effort
	}
}

// setOptions writes the parameters of the model. The caller's fields come before the same in "options".
func (r *request) setOptions(m *message.Request) error {
	r.Options = map[string]json.RawMessage{}
	if own := gjson.ParseBytes(m.Extra["options"]); own.IsObject() {
		own.ForEach(func(name, v gjson.Result) bool {
			r.Options[name.Str] = json.RawMessage(v.Raw)
			return true
		})
	} else if own.Exists() && own.Type != gjson.Null {
		return refuse("options", "must be an object")
	}
	for _, name := range optionNames {
		if v := m.Extra[name]; v != nil {
			r.Options[name] = v
		}
	}
	for _, o := range []struct {
		name  string
		value json.Number
	}{{"temperature", m.Temperature}, {"top_p", m.TopP}, {"top_k", m.TopK}, {"seed", m.Seed},
		{"presence_penalty", m.PresencePenalty}, {"frequency_penalty", m.FrequencyPenalty}} {
		if o.value != "" {
			r.Options[o.name] = json.RawMessage(o.value)
		}
	}
	if m.MaxTokens != nil {
		r.Options["num_predict"], _ = json.Marshal(*m.MaxTokens) // a number always marshals
	}
	if len(m.Stop) > 0 {
		r.Options["stop"], _ = json.Marshal(m.Stop)
	}
	return nil
}

func refuse(field, what string) error {
	return gateway.InvalidField("ollama.WriteRequest", field, "The field '"+field+"' "+what+".")
}
