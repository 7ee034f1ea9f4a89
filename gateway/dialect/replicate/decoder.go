package replicate

import (
	"io"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/gateway/sse"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Ended is the name of the event with the prediction as it ended.
const Ended = "prediction"

// Decoder checks one answer of a vendor and hands every event on. It is for one goroutine.
type Decoder struct {
	vendor string
	done   bool // the output is complete
	ended  bool // the prediction was seen, too
}

// NewDecoder makes a decoder for one answer.
func NewDecoder(vendor string) *Decoder { return &Decoder{vendor: vendor} }

// Feed takes one event. io.EOF: it was the last one; its chunk is handed out too.
func (d *Decoder) Feed(e sse.Event) ([]gateway.Chunk, error) {
	const op = "replicate.Decoder.Feed"
	switch string(e.Name) {
	case "output":
		var o jsonx.Object
		text := string(e.Data)
		o.Text("output", text)
		return []gateway.Chunk{{Raw: o.JSON(), Deltas: []gateway.Delta{{Text: text}}}}, nil
	case "done":
		reason := gjson.GetBytes(e.Data, "reason").String()
		if d.done = true; reason == "error" || reason == "canceled" {
			return nil, d.gaveUp(op, reason, "")
		}
	case "error":
		return nil, d.gaveUp(op, "error", gjson.GetBytes(e.Data, "detail").String())
	case Ended:
		data, err := vendorerror.Event(op, e.Data)
		if len(data) == 0 {
			return nil, err
		}
		root := gjson.ParseBytes(data)
		if err := d.failed(op, root); err != nil {
			return nil, err
		}
		d.ended = true
		return lastChunk(root.Get("metrics"), readUsage(root)), io.EOF
	}
	return nil, nil
}

// lastChunk ends an answer. Its metrics may be missing.
func lastChunk(metrics gjson.Result, usage *gateway.Usage) []gateway.Chunk {
	raw := "{}"
	if metrics.IsObject() {
		raw = metrics.Raw
	}
	var o jsonx.Object
	o.Raw("metrics", []byte(raw))
	return []gateway.Chunk{{Raw: o.JSON(), Deltas: []gateway.Delta{{Finish: "stop"}}, Usage: usage}}
}

// failed is the error of a prediction that did not succeed.
func (d *Decoder) failed(op string, root gjson.Result) error {
	switch status := root.Get("status").String(); status {
	case "failed", "canceled", "aborted":
		return d.gaveUp(op, status, root.Get("error").String())
	}
	return nil
}

// maxText bounds the text of a failure.
const maxText = 1 << 10

func (d *Decoder) gaveUp(op, status, text string) error {
	e := vendorerror.Broken(op, "The provider '"+d.vendor+"' gave the prediction up: "+status+".", nil)
	if text != "" && len(text) <= maxText {
		e.Public = text
	}
	e.Code = status
	return e
}

// End takes the end of the stream. An answer without its metrics is whole.
func (d *Decoder) End() ([]gateway.Chunk, error) {
	switch {
	case d.ended:
		return nil, nil
	case d.done:
		return lastChunk(gjson.Result{}, nil), nil
	}
	return nil, vendorerror.Broken("replicate.Decoder.End", "The provider's answer broke off.", nil)
}

// Body takes a prediction that has ended.
func (d *Decoder) Body(body []byte) (gateway.Chunk, error) {
	const op = "replicate.Decoder.Body"
	body, err := vendorerror.Body(op, body)
	if err != nil {
		return gateway.Chunk{}, err
	}
	root := gjson.ParseBytes(body)
	if err := d.failed(op, root); err != nil {
		return gateway.Chunk{}, err
	}
	if root.Get("status").String() != "succeeded" {
		if err := vendorerror.FromBody(op, body, d.vendor); err != nil {
			return gateway.Chunk{}, err
		}
		return gateway.Chunk{}, vendorerror.Broken(op, "The provider's prediction has no end.", nil)
	}
	return gateway.Chunk{Raw: body, Form: gateway.FormBody, Usage: readUsage(root)}, nil
}

// maxCount bounds what one answer may report.
const maxCount = 10_000_000

// readUsage reads the tokens of the metrics; nil if there are none: many models are billed by time.
func readUsage(root gjson.Result) *gateway.Usage {
	count := func(name string) int64 { return min(max(root.Get("metrics."+name).Int(), 0), maxCount) }
	u := gateway.Usage{Input: count("input_token_count"), Output: count("output_token_count")}
	if u == (gateway.Usage{}) {
		return nil
	}
	return &u
}
