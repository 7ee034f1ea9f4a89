package provider

import (
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/tidwall/gjson"
)

const (
	defaultMaxTokens = 4096
	leastBudget      = 1024 // the smallest thinking budget that Anthropic takes
)

// budgets of thinking tokens for OpenAI's reasoning_effort.
var budgets = map[string]int64{"minimal": leastBudget, "low": leastBudget, "medium": 4096, "high": 16384, "xhigh": 24576, "max": 32000}

// messagesBody writes the request in Anthropic's format.
func messagesBody(req *gateway.Request) ([]byte, error) {
	const op = "provider.anthropic.Request"
	root := gjson.ParseBytes(req.Raw)
	if n := root.Get("n"); n.Exists() && n.Type != gjson.Null && n.Int() != 1 {
		return nil, gateway.InvalidField(op, "n", "The provider 'anthropic' gives one answer: 'n' must be 1.")
	}
	for _, old := range []string{"functions", "function_call"} {
		if root.Get(old).Exists() {
			return nil, gateway.InvalidField(op, old, "The provider 'anthropic' has no '"+old+"': use 'tools' and 'tool_choice'.")
		}
	}
	for _, name := range []string{"max_tokens", "max_completion_tokens", "temperature", "top_p", "top_k"} {
		if v := root.Get(name); v.Exists() && v.Type != gjson.Number && v.Type != gjson.Null {
			return nil, gateway.InvalidField(op, name, "The field '"+name+"' must be a number.")
		}
	}
	gen := generationOf(req.Model())
	m := messages{dst: make([]byte, 0, len(req.Raw)+256), toolsThink: true}
	m.dst = append(m.dst, '[')
	if err := m.all(root.Get("messages")); err != nil {
		return nil, err
	}
	m.dst = append(m.dst, ']')

	w := fields{dst: append(make([]byte, 0, len(m.dst)+len(m.system)+512), '{')}
	w.text("model", req.Model())
	output := outputConfig{}
	if err := output.format(root.Get("response_format"), gen, &m); err != nil {
		return nil, err
	}
	limit, thinking := output.think(root, gen, m.toolsThink)
	w.raw("max_tokens", strconv.FormatInt(limit, 10))
	if len(m.system) > 0 {
		w.raw("system", "["+string(m.system)+"]")
	}
	w.raw("messages", string(m.dst))
	if thinking != "" {
		w.raw("thinking", thinking)
	}
	if output.dst != nil {
		w.raw("output_config", "{"+string(output.dst)+"}")
	} else if v := root.Get("output_config"); v.IsObject() {
		w.raw("output_config", v.Raw)
	}
	sampling(&w, root, gen, thinking != "")
	if err := writeTools(&w, root); err != nil {
		return nil, err
	}
	stops(&w, root.Get("stop"))
	if user := root.Get("user"); user.Type == gjson.String && user.Str != "" {
		w.raw("metadata", `{"user_id":`+string(gateway.AppendQuoted(nil, user.Str))+`}`)
	}
	switch root.Get("service_tier").String() {
	case "auto":
		w.text("service_tier", "auto")
	case "default", "standard_only":
		w.text("service_tier", "standard_only")
	}
	for _, own := range []string{"mcp_servers", "container", "context_management"} { // Anthropic's, for callers who know them
		if v := root.Get(own); v.Exists() {
			w.raw(own, v.Raw)
		}
	}
	if req.Stream() {
		w.raw("stream", "true")
	}
	return append(w.dst, '}'), nil
}

// sampling clamps temperature and top_p to Anthropic's ranges. Newer models take only one
// of them, or none; beside thinking there is only the default.
func sampling(w *fields, root gjson.Result, gen generation, thinking bool) {
	if gen.newest || thinking {
		return
	}
	t, p := root.Get("temperature"), root.Get("top_p")
	if t.Type == gjson.Number {
		w.raw("temperature", clamped(t))
	}
	if p.Type == gjson.Number && (t.Type != gjson.Number || !gen.strict) {
		w.raw("top_p", clamped(p))
	}
	if k := root.Get("top_k"); k.Type == gjson.Number {
		w.raw("top_k", k.Raw)
	}
}

// clamped keeps the caller's spelling of a number between 0 and 1.
func clamped(v gjson.Result) string {
	switch f := v.Float(); {
	case f > 1:
		return "1"
	case f < 0:
		return "0"
	}
	return v.Raw
}

// stops writes the stop sequences; empty ones and white space are refused there and mean
// nothing.
func stops(w *fields, v gjson.Result) {
	list := []byte{}
	add := func(s gjson.Result) {
		if s.Type == gjson.String && strings.TrimSpace(s.Str) != "" {
			if len(list) > 0 {
				list = append(list, ',')
			}
			list = gateway.AppendQuoted(list, s.Str)
		}
	}
	if v.IsArray() {
		v.ForEach(func(_, s gjson.Result) bool { add(s); return true })
	} else {
		add(v)
	}
	if len(list) > 0 {
		w.raw("stop_sequences", "["+string(list)+"]")
	}
}

// outputConfig is Anthropic's output_config: the format and the effort of the answer.
type outputConfig struct{ dst []byte }

func (o *outputConfig) add(key, raw string) {
	w := fields{dst: o.dst, any: o.dst != nil}
	w.raw(key, raw)
	o.dst = w.dst
}

// format maps response_format. Models that cannot be held to a schema are told it.
func (o *outputConfig) format(v gjson.Result, gen generation, m *messages) error {
	switch v.Get("type").String() {
	case "", "text":
	case "json_object":
		m.instruct("Answer with one valid JSON object and nothing else: no explanation, no code fence.")
	case "json_schema":
		schema := v.Get("json_schema.schema")
		if !schema.IsObject() {
			return gateway.InvalidField("provider.anthropic.Request", "response_format.json_schema.schema", "The field 'response_format.json_schema.schema' must be an object.")
		}
		if gen.strict {
			o.add("format", `{"type":"json_schema","schema":`+schema.Raw+`}`)
		} else {
			m.instruct("Answer with one valid JSON object and nothing else: no explanation, no code fence. It must satisfy this JSON schema: " + schema.Raw)
		}
	default:
		return gateway.InvalidField("provider.anthropic.Request", "response_format.type", "The field 'response_format.type' must be text, json_object or json_schema.")
	}
	return nil
}

// think gives the limit of tokens and the thinking: as the caller wrote it in Anthropic's
// own field, else from reasoning_effort. A budget is part of Anthropic's limit, so it is
// added to the caller's own.
func (o *outputConfig) think(root gjson.Result, gen generation, toolsThink bool) (limit int64, thinking string) {
	limit, given := int64(defaultMaxTokens), false
	for _, name := range []string{"max_completion_tokens", "max_tokens"} {
		if v := root.Get(name); v.Type == gjson.Number && !given {
			limit, given = v.Int(), true
		}
	}
	if own := root.Get("thinking"); own.IsObject() {
		if own.Get("type").String() == "enabled" && !given {
			limit += own.Get("budget_tokens").Int()
		}
		if own.Get("type").String() == "disabled" {
			return limit, "" // the default; some models refuse the word
		}
		return limit, own.Raw
	}
	effort := pick(root.Get("reasoning_effort").String(), root.Get("reasoning.effort").String())
	budget, known := budgets[effort]
	switch {
	case !known:
		return limit, ""
	case gen.adaptive:
		if effort == "minimal" {
			effort = "low"
		}
		if effort == "xhigh" && !gen.newest {
			effort = "high"
		}
		o.add("effort", `"`+effort+`"`)
		if gen.newest { // which keeps its thoughts to itself unless asked
			return limit, `{"type":"adaptive","display":"summarized"}`
		}
		return limit, `{"type":"adaptive"}`
	case !toolsThink || !claudeThinks(root.Get("model").String()):
		return limit, "" // a tool's result must follow the thoughts that led to it, and they are gone
	}
	return limit + budget, `{"type":"enabled","budget_tokens":` + strconv.FormatInt(budget, 10) + `}`
}

// claudeThinks: Claude learnt it with 3.7.
func claudeThinks(model string) bool {
	for _, old := range []string{"claude-2", "claude-instant", "claude-3-opus", "claude-3-sonnet", "claude-3-haiku", "claude-3-5"} {
		if strings.Contains(model, old) {
			return false
		}
	}
	return true
}
