package provider

import (
	"bytes"
	"compress/gzip"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/sse"
)

// maxError bounds how much of an error's body is read.
const maxError = 64 << 10

// unzipped is the body of r, decompressed if need be: we do not ask for compression,
// and some send it all the same.
func unzipped(r *reply) (io.ReadCloser, error) {
	const op = "provider.unzipped"
	switch enc := strings.ToLower(r.header.Get("Content-Encoding")); enc {
	case "", "identity":
		return r.body, nil
	case "gzip", "x-gzip":
		r.length = -1 // of what comes out nobody knows
		return &unzip{body: r.body}, nil
	default:
		return nil, broken(op, "The provider's answer is compressed in a way that nobody asked for.", nil)
	}
}

// unzip begins to read when it is read, so that waiting happens under the timer of Next.
type unzip struct {
	body io.ReadCloser
	zip  *gzip.Reader
}

func (u *unzip) Read(p []byte) (int, error) {
	if u.zip == nil {
		z, err := gzip.NewReader(u.body)
		if err != nil {
			return 0, err
		}
		u.zip = z
	}
	return u.zip.Read(p)
}

func (u *unzip) Close() error { return u.body.Close() }

// streamed reports whether the answer is a stream of events. A caller who asked for a
// stream may get a whole body all the same, and the other way round.
func streamed(req *gateway.Request, h Header) bool {
	ct := h.Get("Content-Type")
	if strings.HasPrefix(ct, sse.ContentType) {
		return true
	}
	return req.Stream() && !strings.Contains(ct, "json") && !strings.HasPrefix(ct, "text/html")
}

// trustLength is how much room is made for a length before any of it has come.
const trustLength = 1 << 20

// scratch is where answers of no announced length are read; larger ones grow out of it.
var scratch = sync.Pool{New: func() any { return new([16 << 10]byte) }}

// readAll reads a unary answer into memory of its size that nobody uses again: the answer
// is sent, recorded and cached out of it.
func (c *Client) readAll(body io.Reader, size int64) ([]byte, error) {
	if size >= 0 {
		return c.readInto(make([]byte, 0, min(size, trustLength)), body)
	}
	room := scratch.Get().(*[16 << 10]byte)
	defer scratch.Put(room)
	out, err := c.readInto(room[:0], body)
	if err != nil {
		return nil, err
	}
	return bytes.Clone(out), nil
}

func (c *Client) readInto(out []byte, body io.Reader) ([]byte, error) {
	var err error
	for err == nil {
		if len(out) == cap(out) {
			out = slices.Grow(out, len(out)+1)
		}
		var n int
		n, err = body.Read(out[len(out):cap(out)]) // the end comes beside the last of a known length
		if out = out[:len(out)+n]; int64(len(out)) > c.cfg.MaxAnswer {
			err = broken("provider.readAll", "The provider's answer is too large.", nil)
		}
	}
	if err != io.EOF {
		return nil, err
	}
	return out, nil
}

// refusal reads an answer with an error status.
func (c *Client) refusal(codec Codec, r reply, body io.Reader) error {
	raw, _ := io.ReadAll(io.LimitReader(body, maxError)) // half a body still says something
	e := codec.Error(r.status, r.header, raw)
	e.RetryAfter = retryAfter(r.header, time.Now())
	return e
}
