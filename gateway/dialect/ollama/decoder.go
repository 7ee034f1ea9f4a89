package ollama

import (
	"io"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/gateway/sse"
)

// Decoder checks one answer of a vendor and hands every line on. It is for one goroutine.
type Decoder struct {
	vendor string
	op     gateway.Op
	ended  bool // the last line was seen
}

// NewDecoder makes a decoder for one answer to an operation.
func NewDecoder(vendor string, op gateway.Op) *Decoder { return &Decoder{vendor: vendor, op: op} }

// Feed takes one line. io.EOF: it was the last one; its chunk is handed out too.
func (d *Decoder) Feed(line sse.Event) ([]gateway.Chunk, error) {
	const op = "ollama.Decoder.Feed"
	if d.ended {
		return nil, nil
	}
	data, err := vendorerror.Event(op, line.Data)
	if len(data) == 0 {
		return nil, err
	}
	root := gjson.ParseBytes(data)
	if root.Get("error").Exists() {
		if err := vendorerror.FromEvent(op, data, d.vendor); err != nil {
			return nil, err
		}
	}
	c := gateway.Chunk{Raw: data}
	if m := root.Get("message"); m.IsObject() {
		delta := gateway.Delta{Text: m.Get("content").String(), Reasoning: m.Get("thinking").String()}
		for i, call := range m.Get("tool_calls").Array() {
			delta.Tools = append(delta.Tools, gateway.ToolDelta{Index: i, Name: call.Get("function.name").String(), Args: call.Get("function.arguments").Raw})
		}
		c.Deltas = []gateway.Delta{delta}
	}
	if !root.Get("done").Bool() {
		return []gateway.Chunk{c}, nil
	}
	d.ended = true
	c.Deltas = append(c.Deltas, gateway.Delta{Finish: finishOf(root.Get("done_reason").String(), false)})
	c.Usage = readUsage(root)
	return []gateway.Chunk{c}, io.EOF
}

// End takes the end of the stream.
func (d *Decoder) End() ([]gateway.Chunk, error) {
	if d.ended {
		return nil, nil
	}
	return nil, vendorerror.Broken("ollama.Decoder.End", "The provider's answer broke off.", nil)
}

// Body takes a whole answer.
func (d *Decoder) Body(body []byte) (gateway.Chunk, error) {
	field, has := "message", gjson.Result.IsObject
	if d.op == gateway.OpEmbeddings {
		field, has = "embeddings", gjson.Result.IsArray
	}
	body, root, err := vendorerror.BodyWith("ollama.Decoder.Body", d.vendor, body, field, has)
	return gateway.Chunk{Raw: body, Form: gateway.FormBody, Usage: readUsage(root)}, err
}

// finishOf is OpenAI's word for the reason of an end. One that is not known is an end.
func finishOf(reason string, called bool) string {
	switch {
	case reason == "length":
		return "length"
	case called:
		return "tool_calls"
	}
	return "stop"
}

// maxCount bounds what one answer may report: ten times the largest context there is.
const maxCount = 10_000_000

// readUsage reads what an answer counts. It is nil without the count of the prompt, which old servers
// leave out when they have the prompt in memory.
func readUsage(root gjson.Result) *gateway.Usage {
	if root.Get("prompt_eval_count").Type != gjson.Number {
		return nil
	}
	count := func(name string) int64 { return min(max(root.Get(name).Int(), 0), maxCount) }
	return &gateway.Usage{Input: count("prompt_eval_count"), Output: count("eval_count")}
}
