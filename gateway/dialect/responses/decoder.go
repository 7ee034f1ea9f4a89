package responses

import (
	"io"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/gateway/sse"
)

// Decoder reads one answer of a vendor and hands every event on as it came. It is for one
// goroutine; chunks are valid until the next call.
type Decoder struct {
	vendor string
	op     gateway.Op

	seen  map[int]bool // parts of which a piece came
	ended bool         // the event with the whole response came
}

// NewDecoder makes a decoder for the answer to req.
func NewDecoder(vendor string, req *gateway.Request) *Decoder {
	return &Decoder{vendor: vendor, op: req.Op, seen: map[int]bool{}}
}

// maxParts bounds what an endless answer can make us remember.
const maxParts = 1 << 14

// Feed takes one event. io.EOF: it was the last one; its chunk is handed out too.
func (d *Decoder) Feed(e sse.Event) ([]gateway.Chunk, error) {
	const op = "responses.Decoder.Feed"
	if d.ended || vendorerror.IsEndMark(e.Data) {
		return nil, nil
	}
	data, err := vendorerror.Event(op, e.Data)
	if len(data) == 0 {
		return nil, err
	}
	root := gjson.ParseBytes(data)
	kind := text(root.Get("type"))
	switch {
	case kind == "response.failed":
		return nil, d.failure(op, []byte(root.Get("response").Raw))
	case kind == "error" || kind == "" || string(e.Name) == "error":
		return nil, d.failure(op, data)
	}
	c := gateway.Chunk{Raw: data, Dialect: Dialect{}}
	readEvent(&c, root, kind)
	d.note(&c, kind, root)
	if len(d.seen) > maxParts {
		return nil, vendorerror.Broken(op, "The provider's answer has too many parts.", nil)
	}
	if d.ended {
		return []gateway.Chunk{c}, io.EOF
	}
	return []gateway.Chunk{c}, nil
}

// failure is the error that a vendor's event tells.
func (d *Decoder) failure(op string, data []byte) error {
	if err := vendorerror.FromEvent(op, data, d.vendor); err != nil {
		return err
	}
	return vendorerror.Broken(op, "The provider '"+d.vendor+"' failed.", nil)
}

// note keeps account of the answer, and adds what an event says of which no piece came: some
// vendors send only what is complete.
func (d *Decoder) note(c *gateway.Chunk, kind string, root gjson.Result) {
	for i := range c.Deltas {
		if delta := &c.Deltas[i]; !delta.Ends && hasPiece(delta) {
			d.seen[delta.Part] = true
		}
	}
	switch kind {
	case "response.output_item.done":
		d.addUnseen(c, itemSays(root.Get("item"), int(root.Get("output_index").Int())))
	case "response.completed", "response.incomplete":
		d.ended = true
		last := c.Deltas[0]
		c.Deltas = nil
		d.addUnseen(c, outputSays(root.Get("response.output")))
		c.Deltas = append(c.Deltas, last)
	}
}

func (d *Decoder) addUnseen(c *gateway.Chunk, all []said) {
	for i := range all {
		if delta := all[i].Delta; hasPiece(&delta) && !d.seen[delta.Part] {
			d.seen[delta.Part] = true
			c.Deltas = append(c.Deltas, delta)
		}
	}
}

// hasPiece reports whether a delta has a piece of a text.
func hasPiece(d *gateway.Delta) bool {
	if d.Text != "" || d.Reasoning != "" || d.Refusal != "" {
		return true
	}
	for i := range d.Tools {
		if d.Tools[i].Args != "" {
			return true
		}
	}
	return false
}

// End takes the end of the stream. An error says that the answer broke off.
func (d *Decoder) End() ([]gateway.Chunk, error) {
	if d.ended {
		return nil, nil
	}
	return nil, vendorerror.Broken("responses.Decoder.End", "The provider's answer broke off.", nil)
}

// Body takes a whole answer.
func (d *Decoder) Body(body []byte) (gateway.Chunk, error) {
	const op = "responses.Decoder.Body"
	body, err := vendorerror.Body(op, body)
	if err != nil {
		return gateway.Chunk{}, err
	}
	root := gjson.ParseBytes(body)
	c := gateway.Chunk{Raw: body, Form: gateway.FormBody, Dialect: Dialect{}}
	switch {
	case d.op == gateway.OpCountTokens && root.Get("input_tokens").Exists():
		return c, nil
	case root.Get("output").IsArray() && (text(root.Get("status")) != failed || d.op == gateway.OpRetrieve):
		c.Read()
		return c, nil
	}
	if err := vendorerror.FromEvent(op, body, d.vendor); err != nil {
		return gateway.Chunk{}, err
	}
	return gateway.Chunk{}, vendorerror.Broken(op, "The provider's answer has no 'output'.", nil)
}
