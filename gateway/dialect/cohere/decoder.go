package cohere

import (
	"io"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/gateway/sse"
)

// Decoder checks one answer of a vendor and hands every event on. It is for one goroutine.
type Decoder struct {
	vendor string
	op     gateway.Op
	ended  bool // message-end was seen
}

// NewDecoder makes a decoder for one answer to an operation.
func NewDecoder(vendor string, op gateway.Op) *Decoder { return &Decoder{vendor: vendor, op: op} }

// Feed takes one event. io.EOF: it was the last one; its chunk is handed out too.
func (d *Decoder) Feed(e sse.Event) ([]gateway.Chunk, error) {
	const op = "cohere.Decoder.Feed"
	if d.ended || vendorerror.IsEndMark(e.Data) {
		return nil, nil
	}
	data, err := vendorerror.Event(op, e.Data)
	if len(data) == 0 {
		return nil, err
	}
	event := gjson.ParseBytes(data)
	delta := event.Get("delta.message")
	c := gateway.Chunk{Raw: data}
	switch event.Get("type").String() {
	case "content-start", "content-delta":
		c.Deltas = []gateway.Delta{{Text: delta.Get("content.text").String(), Reasoning: delta.Get("content.thinking").String()}}
	case "tool-plan-delta":
		c.Deltas = []gateway.Delta{{Text: delta.Get("tool_plan").String()}}
	case "tool-call-start", "tool-call-delta":
		call := delta.Get("tool_calls")
		c.Deltas = []gateway.Delta{{Tools: []gateway.ToolDelta{{ID: call.Get("id").String(), Name: call.Get("function.name").String(), Args: call.Get("function.arguments").String()}}}}
	case "message-end":
		end := event.Get("delta")
		if err := d.failed(op, end); err != nil {
			return nil, err
		}
		d.ended = true
		c.Deltas = []gateway.Delta{{Finish: finishOf(end.Get("finish_reason").String())}}
		c.Usage = readUsage(end.Get("usage"))
		return []gateway.Chunk{c}, io.EOF
	case "message-start", "content-end", "tool-call-end", "citation-start", "citation-end":
	default:
		if err := vendorerror.FromEvent(op, data, d.vendor); err != nil {
			return nil, err
		}
		return nil, nil // no event that has a meaning
	}
	return []gateway.Chunk{c}, nil
}

// failed is the error of an answer that the vendor gave up.
func (d *Decoder) failed(op string, v gjson.Result) error {
	reason := v.Get("finish_reason").String()
	if reason != "ERROR" && reason != "TIMEOUT" {
		return nil
	}
	e := vendorerror.Broken(op, "The provider '"+d.vendor+"' gave the answer up: "+reason+".", nil)
	if text := v.Get("error").String(); text != "" {
		if said := vendorerror.FromEvent(op, []byte(v.Raw), d.vendor); said != nil {
			e.Public = said.Public
		}
	}
	e.Code = reason
	return e
}

// End takes the end of the stream.
func (d *Decoder) End() ([]gateway.Chunk, error) {
	if d.ended {
		return nil, nil
	}
	return nil, vendorerror.Broken("cohere.Decoder.End", "The provider's answer broke off.", nil)
}

// Body takes a whole answer.
func (d *Decoder) Body(body []byte) (gateway.Chunk, error) {
	const op = "cohere.Decoder.Body"
	field, usage := "message", "usage"
	if d.op == gateway.OpEmbeddings {
		field, usage = "embeddings", "meta"
	}
	body, root, err := vendorerror.BodyWith(op, d.vendor, body, field, gjson.Result.IsObject)
	if err == nil {
		err = d.failed(op, root)
	}
	return gateway.Chunk{Raw: body, Form: gateway.FormBody, Usage: readUsage(root.Get(usage))}, err
}

// finishReasons are OpenAI's words for Cohere's.
var finishReasons = map[string]string{"COMPLETE": "stop", "STOP_SEQUENCE": "stop", "MAX_TOKENS": "length", "TOOL_CALL": "tool_calls"}

// finishOf is OpenAI's word for a finish reason. One that is not known is an end.
func finishOf(reason string) string {
	if f, ok := finishReasons[reason]; ok {
		return f
	}
	return "stop"
}
