package workersai

import (
	"io"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/gateway/sse"
)

// ended is the member of the chunk that ends a stream, which the decoder adds: the vendor's end mark is no
// object.
const ended = "ended"

// Decoder checks one answer of a vendor and hands every event on. It is for one goroutine.
type Decoder struct {
	vendor string
	op     gateway.Op
	done   bool
	called bool
	finish string
	usage  *gateway.Usage // as it was told last
}

// NewDecoder makes a decoder for one answer to an operation.
func NewDecoder(vendor string, op gateway.Op) *Decoder { return &Decoder{vendor: vendor, op: op} }

// Feed takes one event. io.EOF: it was the end mark; the chunk that ends the answer is handed out.
func (d *Decoder) Feed(e sse.Event) ([]gateway.Chunk, error) {
	const op = "workersai.Decoder.Feed"
	if d.done {
		return nil, nil
	}
	if vendorerror.IsEndMark(e.Data) {
		d.done = true
		return []gateway.Chunk{d.last()}, io.EOF
	}
	data, err := vendorerror.Event(op, e.Data)
	if len(data) == 0 {
		return nil, err
	}
	if err := vendorerror.FromEvent(op, data, d.vendor); err != nil {
		return nil, err
	}
	p := readPiece(gjson.ParseBytes(data))
	c := gateway.Chunk{Raw: data}
	if p.usage != nil {
		d.usage = p.usage
		c.Early = &gateway.Usage{Input: p.usage.Input, CacheRead: p.usage.CacheRead}
	}
	if p.finish != "" {
		d.finish = p.finish
	}
	delta := gateway.Delta{Text: p.text, Reasoning: p.reasoning}
	for i, v := range p.calls {
		call := callOf(v)
		d.called = d.called || call.Name != ""
		delta.Tools = append(delta.Tools, gateway.ToolDelta{Index: i, ID: call.ID, Name: call.Name, Args: call.Args})
	}
	if p.text != "" || p.reasoning != "" || delta.Tools != nil {
		c.Deltas = []gateway.Delta{delta}
	}
	return []gateway.Chunk{c}, nil
}

func (d *Decoder) last() gateway.Chunk {
	finish := d.finish
	if finish == "" {
		if finish = "stop"; d.called {
			finish = "tool_calls"
		}
	}
	return gateway.Chunk{Raw: []byte(`{"` + ended + `":true}`), Deltas: []gateway.Delta{{Finish: finish}}, Usage: d.usage}
}

// End takes the end of the stream.
func (d *Decoder) End() ([]gateway.Chunk, error) {
	if d.done {
		return nil, nil
	}
	return nil, vendorerror.Broken("workersai.Decoder.End", "The provider's answer broke off.", nil)
}

// Body takes a whole answer, and hands on its result.
func (d *Decoder) Body(body []byte) (gateway.Chunk, error) {
	const op = "workersai.Decoder.Body"
	_, root, err := vendorerror.BodyWith(op, d.vendor, body, "result", gjson.Result.IsObject)
	if err != nil {
		return gateway.Chunk{}, err
	}
	result := root.Get("result")
	fields := []string{"response", "tool_calls", "choices"}
	if d.op == gateway.OpEmbeddings {
		fields = []string{"data", "response"} // of contexts: "response"
	}
	for _, field := range fields {
		if result.Get(field).Exists() {
			return gateway.Chunk{Raw: []byte(result.Raw), Form: gateway.FormBody, Usage: readUsage(result.Get("usage"))}, nil
		}
	}
	if err := vendorerror.FromBody(op, body, d.vendor); err != nil {
		return gateway.Chunk{}, err
	}
	return gateway.Chunk{}, vendorerror.Broken(op, "The provider's answer has no 'result."+fields[0]+"'.", nil)
}
