package httpapi

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi/listen"
	"github.com/sluicegate/sluice/internal/httpapi/spool"
)

// body is the body of a request as it arrives. It may fall behind Limits.BodyRate by Limits.Body
// and no more: bytes that came early buy no longer wait, because the memory that they take is
// reserved all the while.
type body struct {
	io.ReadCloser
	control *http.ResponseController
	limits  listen.Limits
	due     time.Time   // when the next bytes must have come; zero before the first Read
	ended   atomic.Bool // it was read to its end; a transport that passes it on may still read
}

// Read implements io.Reader. Its error is os.ErrDeadlineExceeded when the body is too slow.
func (b *body) Read(p []byte) (int, error) {
	if b.due.IsZero() {
		b.due = time.Now().Add(b.limits.Body)
	}
	_ = b.control.SetReadDeadline(b.due) // a recorder in a test has none
	n, err := b.ReadCloser.Read(p)
	b.due = b.limits.Due(b.due, n)
	if err == io.EOF {
		b.ended.Store(true)
		_ = b.control.SetReadDeadline(time.Time{}) // net/http goes on reading, to notice that the caller leaves
	}
	return n, err
}

// limitBody puts the limits around the request's body.
func (c *Call) limitBody(w http.ResponseWriter) {
	r := c.Request()
	if r.Body == nil || r.Body == http.NoBody {
		return
	}
	c.body = &body{ReadCloser: r.Body, control: http.NewResponseController(w), limits: c.server.settings.Limits}
	r.Body = c.body
}

// drainUnread is how long a connection stays open after a response to a body that was not read.
// A connection that is closed with bytes unread is reset, and a client that is still writing
// then reports the reset instead of the response.
const drainUnread = 500 * time.Millisecond

// closeUnread runs before the header of the response is written. Where the body has not been
// read, the connection ends with the response: net/http would otherwise wait for up to 256 KiB
// of it before it answers. What it reads of the body after the response is bounded by
// drainUnread. HTTP/2 resets the one stream by itself.
func (c *Call) closeUnread() {
	if c.body == nil || c.body.ended.Load() || c.Request().ProtoMajor != 1 {
		return
	}
	c.SetHeader("Connection", "close")
	_ = c.body.control.SetReadDeadline(time.Now().Add(drainUnread))
}

// Body reads the request's body to its end, decompressed. The memory belongs to the caller for
// good. It fails for a caller who is not authenticated.
func (c *Call) Body() ([]byte, error) {
	const op = "httpapi.body"
	if c.refused != nil {
		return nil, c.refused
	}
	r, most := c.Request(), c.server.settings.MaxBody
	if c.maxBody > 0 {
		most = c.maxBody
	}
	length := r.ContentLength
	var from io.Reader = http.NoBody
	if r.Body != nil {
		from = r.Body
	}
	switch encoding := strings.ToLower(r.Header.Get("Content-Encoding")); encoding {
	case "", "identity":
		if length > most {
			return nil, tooLarge(most)
		}
	case "gzip", "x-gzip":
		unzip, err := gzip.NewReader(io.LimitReader(from, most))
		if err != nil {
			if e := c.readError(err); e.Kind != gateway.Invalid {
				return nil, e
			}
			return nil, &gateway.Error{Op: op, Kind: gateway.Invalid, Param: "content-encoding", Public: "The request body is not gzip, as content-encoding says.", Err: err}
		}
		from, length = unzip, -1
	default:
		return nil, &gateway.Error{Op: op, Kind: gateway.Unsupported, Param: "content-encoding", Code: "unsupported_content_encoding",
			Public: "The header content-encoding must be gzip or absent."}
	}
	raw, err := c.readAll(from, length, most)
	if err != nil {
		return nil, c.readError(err)
	}
	return raw, nil
}

// BodyStream is the request's body as it arrives, for a handler that does not keep it, and its length, -1
// if the caller announced none. Reading more than Limits.Upload bytes of it fails. It fails for a
// caller who is not authenticated.
func (c *Call) BodyStream() (io.Reader, int64, error) {
	r, most := c.Request(), c.server.settings.Limits.Upload
	switch encoding := strings.ToLower(r.Header.Get("Content-Encoding")); {
	case c.refused != nil:
		return nil, 0, c.refused
	case encoding != "" && encoding != "identity":
		return nil, 0, &gateway.Error{Op: "httpapi.BodyStream", Kind: gateway.Unsupported, Param: "content-encoding", Code: "unsupported_content_encoding",
			Public: "The header content-encoding must be absent: this body is passed on as it is."}
	case r.ContentLength > most:
		return nil, 0, bodyTooLong(most)
	case r.Body == nil:
		return http.NoBody, 0, nil
	}
	return &boundedBody{call: c, from: r.Body, most: most, left: most}, r.ContentLength, nil
}

// Keep keeps what is read of from, a part of the body, until the call has ended: on disk if it is large.
func (c *Call) Keep(from io.Reader) (*spool.Content, error) {
	kept, err := c.server.uploads.Keep(from)
	if err != nil {
		return nil, err
	}
	c.kept = append(c.kept, kept)
	return kept, nil
}

// boundedBody fails where a body is too long.
type boundedBody struct {
	call       *Call
	from       io.Reader
	most, left int64
}

// Read implements io.Reader.
func (b *boundedBody) Read(p []byte) (int, error) {
	n, err := b.from.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, bodyTooLong(b.most)
	}
	if err != nil && err != io.EOF {
		return n, b.call.readError(err)
	}
	return n, err
}

func bodyTooLong(most int64) error {
	return &gateway.Error{Op: "httpapi.BodyStream", Kind: gateway.TooLarge, Code: "request_too_large",
		Public: "The request body is larger than limits.upload, which is " + strconv.FormatInt(most, 10) + " bytes."}
}

// readError is the failure of a body that could not be read.
func (c *Call) readError(err error) *gateway.Error {
	const op = "httpapi.body"
	var known *gateway.Error
	switch {
	case errors.As(err, &known):
		return known
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &gateway.Error{Op: op, Kind: gateway.Timeout, Code: "request_body_timeout", Public: "The request body did not arrive in time.", Err: err}
	case c.CallerGone():
		return &gateway.Error{Op: op, Kind: gateway.Cancelled, Public: "The caller closed the connection.", Err: err}
	}
	return &gateway.Error{Op: op, Kind: gateway.Invalid, Public: "The request body could not be read to its end.", Err: err}
}

func tooLarge(most int64) error {
	return &gateway.Error{Op: "httpapi.body", Kind: gateway.TooLarge, Code: "request_too_large",
		Public: "The request body is larger than max_body, which is " + strconv.FormatInt(most, 10) + " bytes."}
}

// readAll reads a body of the announced length, -1 if it is unknown. Memory is taken as the
// bytes arrive, twice what has come; where the length is announced eight times, but not beyond it.
func (c *Call) readAll(from io.Reader, length, most int64) ([]byte, error) {
	var raw []byte
	growth := int64(2)
	if length >= 0 {
		growth = 8
	}
	for size := int64(4096); ; size *= growth {
		if length >= 0 {
			size = min(size, length+1) // one more, to see the end
		}
		grown := max(size, int64(len(raw))+512)
		if err := c.Reserve(grown - int64(cap(raw))); err != nil {
			return nil, err
		}
		raw = append(make([]byte, 0, grown), raw...)
		for len(raw) < cap(raw) {
			n, err := from.Read(raw[len(raw):cap(raw)])
			raw = raw[:len(raw)+n]
			switch {
			case int64(len(raw)) > most:
				return nil, tooLarge(most)
			case err == io.EOF:
				return raw, nil
			case err != nil:
				return nil, err
			}
		}
	}
}

// Reserve takes n bytes of the process's memory for bodies until the call has ended.
func (c *Call) Reserve(n int64) error {
	if err := c.server.memory.take(n); err != nil {
		return err
	}
	c.reserved += n
	return nil
}
