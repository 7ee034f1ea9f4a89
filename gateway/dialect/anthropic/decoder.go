package anthropic

import (
	"io"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/gateway/sse"
)

// Decoder reads one answer of a vendor and hands every event on as it came, pings included.
// It is for one goroutine; chunks are valid until the next call.
type Decoder struct {
	vendor string
	op     gateway.Op

	counts  counts
	foreign map[int]bool // blocks whose input is no tool call of the caller's
	stopped bool         // a stop reason was seen
	ended   bool         // message_stop
}

// NewDecoder makes a decoder for the answer to req.
func NewDecoder(vendor string, req *gateway.Request) *Decoder {
	return &Decoder{vendor: vendor, op: req.Op, foreign: map[int]bool{}}
}

// Feed takes one event. io.EOF: it was the last one; its chunk is handed out too. The usage
// stands on the chunk that reports the stop reason, and covers what came before it.
func (d *Decoder) Feed(e sse.Event) ([]gateway.Chunk, error) {
	const op = "anthropic.Decoder.Feed"
	switch {
	case d.ended:
		return nil, nil
	case d.stopped && vendorerror.IsEndMark(e.Data):
		return d.stop(), io.EOF
	}
	data, err := vendorerror.Event(op, e.Data)
	if len(data) == 0 {
		return nil, err
	}
	root := gjson.ParseBytes(data)
	kind := kindOf(root)
	if kind == "error" || kind == "" || string(e.Name) == "error" {
		if err := vendorerror.FromEvent(op, data, d.vendor); err != nil {
			return nil, err
		}
		if kind != "" {
			return nil, vendorerror.Broken(op, "The provider '"+d.vendor+"' failed.", nil)
		}
	}
	c := gateway.Chunk{Raw: data, Dialect: Dialect{}}
	c.Read()
	d.note(&c, kind, root)
	if kind == "message_stop" {
		d.ended = true
		return []gateway.Chunk{c}, io.EOF
	}
	return []gateway.Chunk{c}, nil
}

// note keeps account of the answer, and corrects what one event alone cannot tell.
func (d *Decoder) note(c *gateway.Chunk, kind string, root gjson.Result) {
	c.Usage = nil
	index := int(root.Get("index").Int())
	switch kind {
	case "message_start":
		d.counts.add(root.Get("message.usage"))
		c.Early = d.counts.report()
	case "content_block_start":
		if kindOf(root.Get("content_block")) != "tool_use" {
			d.foreign[index] = true
		}
	case "content_block_delta":
		if d.foreign[index] {
			c.Deltas[0].Tools = nil // one delta, as Read gives to every event of a block
		}
	case "content_block_stop":
		delete(d.foreign, index)
	case "message_delta":
		d.counts.add(root.Get("usage"))
		c.Usage, c.Cost = d.counts.report(), d.counts.extra()
		d.stopped = d.stopped || c.Deltas[0].Finish != ""
	}
}

// End takes the end of the stream. An answer that has a stop reason and no message_stop is
// whole; since clients discard one that does not end in that event, it is added.
func (d *Decoder) End() ([]gateway.Chunk, error) {
	switch {
	case d.ended:
		return nil, nil
	case d.stopped:
		return d.stop(), nil
	}
	return nil, vendorerror.Broken("anthropic.Decoder.End", "The provider's answer broke off.", nil)
}

// stop closes the answer with an event of our own.
func (d *Decoder) stop() []gateway.Chunk {
	d.ended = true
	return []gateway.Chunk{{Raw: stopEvent, Dialect: Dialect{}}}
}

// Body takes a whole answer.
func (d *Decoder) Body(body []byte) (gateway.Chunk, error) {
	const op = "anthropic.Decoder.Body"
	body, err := vendorerror.Body(op, body)
	if err != nil {
		return gateway.Chunk{}, err
	}
	if d.op == gateway.OpCountTokens && gjson.GetBytes(body, "input_tokens").Exists() {
		return gateway.Chunk{Raw: body, Form: gateway.FormBody, Dialect: Dialect{}}, nil
	}
	if gjson.GetBytes(body, "content").IsArray() {
		c := gateway.Chunk{Raw: body, Form: gateway.FormBody, Dialect: Dialect{}}
		c.Read()
		return c, nil
	}
	if err := vendorerror.FromBody(op, body, d.vendor); err != nil {
		return gateway.Chunk{}, err
	}
	return gateway.Chunk{}, vendorerror.Broken(op, "The provider's answer has no 'content'.", nil)
}
