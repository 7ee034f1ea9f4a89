package provider

import (
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
func unzipped(r reply) (io.ReadCloser, error) {
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

// answers keeps the memory of unary answers that were used up.
var answers = sync.Pool{New: func() any { b := make([]byte, 0, 4<<10); return &b }}

const (
	keepAnswer  = 128 << 10 // larger memory is not kept
	trustLength = 1 << 20   // how much room is made for a length before any of it has come
)

// readAll reads a unary answer.
func (c *Client) readAll(body io.Reader, size int64) (*[]byte, error) {
	const op = "provider.readAll"
	memory := answers.Get().(*[]byte)
	out := (*memory)[:0]
	if size > 0 && size <= c.cfg.MaxAnswer {
		out = slices.Grow(out, int(min(size, trustLength))+1) // one more, to see the end
	}
	var err error
	for err == nil {
		if len(out) == cap(out) {
			out = slices.Grow(out, len(out)+1)
		}
		var n int
		n, err = body.Read(out[len(out):cap(out)])
		if out = out[:len(out)+n]; int64(len(out)) > c.cfg.MaxAnswer {
			err = broken(op, "The provider's answer is too large.", nil)
		}
	}
	*memory = out
	if err != io.EOF {
		release(memory)
		return nil, err
	}
	return memory, nil
}

func release(memory *[]byte) {
	if cap(*memory) <= keepAnswer {
		answers.Put(memory)
	}
}

// unary is an answer that came whole. Its memory is given back when its only chunk ends to
// be valid by the contract of Next, and not by Close: another goroutine may be the one that
// closes, while the chunk is still being read.
type unary struct {
	mu     sync.Mutex
	chunk  gateway.Chunk
	memory *[]byte
	given  bool
}

func (u *unary) Next() (gateway.Chunk, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if !u.given {
		u.given = true
		return u.chunk, nil
	}
	if u.memory != nil {
		release(u.memory)
		u.memory = nil
	}
	u.chunk = gateway.Chunk{}
	return gateway.Chunk{}, io.EOF
}

func (u *unary) Close() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.given = true
	u.memory = nil // left to whoever still reads it, and to the collector
	return nil
}

// refusal reads an answer with an error status.
func (c *Client) refusal(codec Codec, r reply, body io.Reader) error {
	raw, _ := io.ReadAll(io.LimitReader(body, maxError)) // half a body still says something
	e := codec.Error(r.status, r.header, raw)
	e.RetryAfter = retryAfter(r.header, time.Now())
	return e
}
