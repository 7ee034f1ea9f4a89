package passthrough

import (
	"bytes"
	"io"
	"net/http"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/opaque"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/gateway/provider/codec"
	"github.com/sluicegate/sluice/gateway/sse"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// maxPassed bounds an answer that is passed on piece by piece, such as a file, in bytes.
const maxPassed = 1 << 30

// passedBack are the headers of a vendor's answer that the caller gets.
var passedBack = []string{"Content-Type", "Content-Disposition", "Etag", "Last-Modified", "Openai-Version", "Openai-Processing-Ms", "Retry-After", "X-Goog-Upload-Status"}

// decoder reads one answer that is passed on. A JSON object is a body, server-sent events
// and everything else are bytes.
type decoder struct {
	dialect opaque.Dialect
	pass    *gateway.PassThrough
	pieces  *codec.Pieces
	used    *gateway.Usage
	ended   bool
}

// Frames implements FrameDivider: everything but a JSON text is read as events or in pieces. It notes the
// head of the answer.
func (d *decoder) Frames(res *http.Response, body io.Reader, _ int64, maxEvent int) codec.FrameReader {
	head := http.Header{}
	for _, name := range passedBack {
		if v := res.Header[name]; len(v) > 0 {
			head[name] = v[:1]
		}
	}
	d.pass.Answer = gateway.PassedAnswer{Status: res.StatusCode, Header: head}
	contentType := res.Header.Get("Content-Type")
	kind, _, _ := strings.Cut(strings.ToLower(contentType), ";") // application/jsonl is another one
	switch {
	case strings.TrimSpace(kind) == "application/json" && res.StatusCode != http.StatusNoContent && d.pass.Results == nil:
		return nil
	case strings.HasPrefix(contentType, sse.ContentType):
		return sse.NewReader(body, maxEvent)
	}
	d.pieces = codec.NewPieces(body, contentType, maxPassed)
	return d.pieces
}

// Feed implements Decoder.
func (d *decoder) Feed(frame codec.Frame) ([]gateway.Chunk, error) {
	c := gateway.Chunk{Form: gateway.FormBytes, Dialect: d.dialect}
	if d.pieces != nil {
		if d.pass.Results != nil {
			_, _ = d.pass.Results.Write(frame.Data)
		}
		c.Raw, c.ContentType = frame.Data, d.pieces.ContentType
		return []gateway.Chunk{c}, nil
	}
	c.Raw, c.ContentType = sse.AppendEvent(nil, string(frame.Name), frame.Data), sse.ContentType
	if data := bytes.TrimSpace(frame.Data); len(data) > 0 && data[0] == '{' && jsonx.Valid(data) {
		event := gateway.Chunk{Raw: data, Dialect: d.dialect}
		event.Read()
		c.Head, c.Deltas = event.Head, event.Deltas
		if event.Usage != nil {
			d.used = opaque.Later(d.used, event.Usage)
			c.Usage = d.used
		}
		for i := range c.Deltas {
			c.Deltas[i].Finish = "" // an event is not the whole answer
		}
	}
	d.ended = true
	return []gateway.Chunk{c}, nil
}

// End implements Decoder. Nobody knows how such a stream ends.
func (d *decoder) End() ([]gateway.Chunk, error) {
	switch {
	case d.pieces != nil && !d.pieces.Whole || d.pieces == nil && !d.ended:
		return nil, vendorerror.Broken("passthrough.decoder.End", "The provider's answer broke off.", nil)
	case d.pieces != nil && !d.pieces.Some: // an answer without a body
		return []gateway.Chunk{{Form: gateway.FormBytes, Dialect: d.dialect, Usage: d.free()}}, nil
	}
	if u := d.free(); u != nil {
		return []gateway.Chunk{{Form: gateway.FormBytes, Dialect: d.dialect, Usage: u}}, nil
	}
	return nil, nil
}

// free is the usage of a call that costs nothing by itself, when its answer is whole.
func (d *decoder) free() *gateway.Usage {
	if !d.pass.Free || d.used != nil {
		return nil
	}
	if r := d.pass.Results; r != nil && d.pieces != nil && d.pass.Answer.Status == http.StatusOK {
		if d.pass.Settled = r.End(); d.pass.Settled != nil {
			return d.pass.Settled.Usage()
		}
	}
	return &gateway.Usage{}
}

// Body implements Decoder.
func (d *decoder) Body(body []byte) (gateway.Chunk, error) {
	trimmed := bytes.TrimSpace(body)
	c := gateway.Chunk{Raw: body, Form: gateway.FormBody, Dialect: d.dialect}
	switch {
	case len(trimmed) == 0:
		c.Form, c.Usage = gateway.FormBytes, d.free()
		return c, nil
	case !jsonx.Valid(trimmed):
		return gateway.Chunk{}, vendorerror.Broken("passthrough.decoder.Body", "The provider's answer is not JSON, as its content-type says.", nil)
	}
	c.Raw = trimmed
	c.Read()
	c.Usage = d.pass.Usage(trimmed, c.Usage)
	return c, nil
}
