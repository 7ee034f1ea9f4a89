package bedrock

import (
	"io"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/gateway/sse"
)

// Decoder checks one answer of a vendor and hands every event on. It is for one goroutine.
type Decoder struct {
	vendor  string
	stopped bool // messageStop was seen
}

// NewDecoder makes a decoder for one answer.
func NewDecoder(vendor string) *Decoder { return &Decoder{vendor: vendor} }

// Feed takes one event. io.EOF: it was the last one; its chunk is handed out too.
func (d *Decoder) Feed(e sse.Event) ([]gateway.Chunk, error) {
	const op = "bedrock.Decoder.Feed"
	data, err := vendorerror.Event(op, e.Data)
	if len(data) == 0 {
		return nil, err
	}
	name := string(e.Name)
	if name == "error" {
		if err := vendorerror.FromEvent(op, data, d.vendor); err != nil {
			return nil, err
		}
	}
	if strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" || name == "" || len(name) > 64 {
		return nil, nil // no event that has a meaning
	}
	raw := append(append(append([]byte(`{"`), name...), `":`...), data...)
	c := gateway.Chunk{Raw: append(raw, '}')}
	body := gjson.ParseBytes(data)
	switch name {
	case "contentBlockStart", "contentBlockDelta":
		c.Deltas = []gateway.Delta{deltaOf(body)}
	case "messageStop":
		d.stopped = true
		c.Deltas = []gateway.Delta{{Finish: finishOf(body.Get("stopReason").String())}}
	case "metadata":
		if c.Usage = readUsage(body.Get("usage")); d.stopped {
			return []gateway.Chunk{c}, io.EOF
		}
	}
	return []gateway.Chunk{c}, nil
}

// deltaOf is what an event adds to the answer, as far as the wait for content needs it.
func deltaOf(body gjson.Result) gateway.Delta {
	delta := body.Get("delta")
	d := gateway.Delta{Text: delta.Get("text").String(), Reasoning: delta.Get("reasoningContent.text").String()}
	if call := body.Get("start.toolUse"); call.IsObject() {
		d.Tools = []gateway.ToolDelta{{ID: call.Get("toolUseId").String(), Name: call.Get("name").String()}}
	}
	if args := delta.Get("toolUse.input"); args.Type == gjson.String {
		d.Tools = []gateway.ToolDelta{{Args: args.Str}}
	}
	return d
}

// End takes the end of the stream. An answer without its metadata is whole.
func (d *Decoder) End() ([]gateway.Chunk, error) {
	if d.stopped {
		return nil, nil
	}
	return nil, vendorerror.Broken("bedrock.Decoder.End", "The provider's answer broke off.", nil)
}

// Body takes a whole answer.
func (d *Decoder) Body(body []byte) (gateway.Chunk, error) {
	body, root, err := vendorerror.BodyWith("bedrock.Decoder.Body", d.vendor, body, "output.message.content", gjson.Result.IsArray)
	return gateway.Chunk{Raw: body, Form: gateway.FormBody, Usage: readUsage(root.Get("usage"))}, err
}

// finishReasons are OpenAI's words for the stop reasons of Converse.
var finishReasons = map[string]string{
	"end_turn": "stop", "stop_sequence": "stop", "max_tokens": "length", "model_context_window_exceeded": "length", "tool_use": "tool_calls",
	"guardrail_intervened": "content_filter", "content_filtered": "content_filter",
}

// finishOf is OpenAI's word for a stop reason. One that is not known is an end.
func finishOf(stop string) string {
	if f, ok := finishReasons[stop]; ok {
		return f
	}
	return "stop"
}

// maxTokens bounds what one answer may report: ten times the largest context there is.
const maxTokens = 10_000_000

// readUsage reads the usage of an answer, nil if there is none.
func readUsage(v gjson.Result) *gateway.Usage {
	if !v.IsObject() {
		return nil
	}
	count := func(name string) int64 {
		if n := v.Get(name); n.Type == gjson.Number {
			return min(max(n.Int(), 0), maxTokens)
		}
		return 0
	}
	u := &gateway.Usage{Output: count("outputTokens"), CacheRead: count("cacheReadInputTokens"), CacheWrite: count("cacheWriteInputTokens")}
	u.Input = count("inputTokens") + u.CacheRead + u.CacheWrite
	return u
}
