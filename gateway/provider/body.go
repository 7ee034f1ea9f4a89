package provider

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
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

// readAll reads a unary answer. Its memory belongs to the answer from then on.
func (c *Client) readAll(body io.Reader, size int64) ([]byte, error) {
	const op = "provider.readAll"
	var out bytes.Buffer
	if size > 0 && size <= c.cfg.MaxAnswer {
		out.Grow(int(size) + bytes.MinRead) // bytes.Buffer wants that much room to see the end
	}
	n, err := out.ReadFrom(io.LimitReader(body, c.cfg.MaxAnswer+1))
	if err == nil && n > c.cfg.MaxAnswer {
		err = broken(op, "The provider's answer is too large.", nil)
	}
	return out.Bytes(), err
}

// refusal reads an answer with an error status.
func (c *Client) refusal(codec Codec, r *reply, body io.Reader) error {
	raw, _ := io.ReadAll(io.LimitReader(body, maxError)) // half a body still says something
	e := codec.Error(r.status, r.header, raw)
	e.RetryAfter = retryAfter(r.header, time.Now())
	return e
}
