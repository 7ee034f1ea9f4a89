package anthropic

import (
	"encoding/json"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// ownFields are the fields of this format that callers of another one may use.
var ownFields = []string{"mcp_servers", "container", "context_management"}

// Instructions for models that cannot be held to a format.
const (
	answerJSON   = "Answer with one valid JSON object and nothing else: no explanation, no code fence."
	answerSchema = answerJSON + " It must satisfy this JSON schema: "
)

// WriteRequest implements dialect.Format. Fields without a counterpart are dropped, but for
// those whose loss would change what the caller gets, which are refused by name.
func (Dialect) WriteRequest(m *message.Request) ([]byte, error) {
	if err := m.CheckOneAnswer(refuse); err != nil {
		return nil, err
	}
	gen := generationOf(m.Model)
	conversation, err := writeConversation(m.Messages)
	if err != nil {
		return nil, err
	}
	output := writeFormat(m.Format, gen, conversation)
	limits := limitsOf(m, gen, conversation.toolsThink)
	if limits.effort != "" {
		output.text("effort", limits.effort)
	}

	var o object
	o.text("model", m.Model)
	o.raw("max_tokens", number(limits.maxTokens))
	if len(conversation.system) > 0 {
		o.raw("system", blocksJSON(conversation.system))
	}
	o.raw("messages", conversation.json())
	if limits.thinking != nil {
		o.raw("thinking", limits.thinking)
	}
	if own := m.Extra["output_config"]; !output.empty() {
		o.raw("output_config", output.json())
	} else if len(own) > 0 && own[0] == '{' {
		o.raw("output_config", own)
	}
	if !gen.newest && limits.thinking == nil { // beside thinking there is only the default
		writeSampling(&o, m, gen)
	}
	if err := writeTools(&o, m); err != nil {
		return nil, err
	}
	writeRest(&o, m)
	return o.json(), nil
}

func refuse(field, what string) error {
	return gateway.InvalidField("anthropic.WriteRequest", field, "The field '"+field+"' "+what+".")
}

// writeFormat writes the format of the answer for output_config. Models that cannot be held
// to it are told.
func writeFormat(f message.Format, gen generation, c *conversation) *object {
	o := &object{}
	switch {
	case f.Type == message.FormatText:
	case f.Type == message.FormatObject || len(f.Schema) == 0:
		c.instruct(answerJSON)
	case gen.strict:
		var format object
		format.text("type", "json_schema")
		format.raw("schema", f.Schema)
		o.raw("format", format.json())
	default:
		c.instruct(answerSchema + string(f.Schema))
	}
	return o
}

// writeSampling clamps temperature and top_p to Anthropic's ranges. Of the models that take
// them, the newer ones take only one of the two.
func writeSampling(o *object, m *message.Request, gen generation) {
	if m.Temperature != "" {
		o.raw("temperature", clamped(m.Temperature))
	}
	if m.TopP != "" && (m.Temperature == "" || !gen.strict) {
		o.raw("top_p", clamped(m.TopP))
	}
	if m.TopK != "" {
		o.raw("top_k", []byte(m.TopK))
	}
}

// clamped keeps the caller's spelling of a number between 0 and 1.
func clamped(n json.Number) []byte {
	switch f, err := n.Float64(); {
	case err != nil || f > 1: // too large for a float
		return []byte("1")
	case f < 0:
		return []byte("0")
	}
	return []byte(n)
}

// writeRest writes stop sequences and what identifies and directs the call.
func writeRest(o *object, m *message.Request) {
	var stops [][]byte
	for _, s := range m.Stop {
		if strings.TrimSpace(s) != "" { // blank ones are refused and mean nothing
			stops = append(stops, jsonx.Quote(s))
		}
	}
	if len(stops) > 0 {
		o.raw("stop_sequences", array(stops))
	}
	if m.User != "" {
		var metadata object
		metadata.text("user_id", m.User)
		o.raw("metadata", metadata.json())
	}
	switch m.ServiceTier {
	case "auto":
		o.text("service_tier", "auto")
	case "default", "standard_only":
		o.text("service_tier", "standard_only")
	}
	for _, name := range ownFields {
		if v := m.Extra[name]; len(v) > 0 {
			o.raw(name, v)
		}
	}
	if m.Stream {
		o.raw("stream", []byte("true"))
	}
}
