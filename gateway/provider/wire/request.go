package wire

import (
	"errors"
	"strconv"
	"sync"
)

// Request is one POST. Host, Content-Length and what else frames it are set by the client.
type Request struct {
	To     *Endpoint
	Header []Field
	Body   []byte
}

// joined is the largest body that is copied behind the head, so that one write sends both.
const joined = 16 << 10

// maxRequest bounds the buffers that are kept.
const maxRequest = 2 * joined

// outgoing keeps the memory of requests that were sent.
var outgoing = sync.Pool{New: func() any { b := make([]byte, 0, 4<<10); return &b }}

// append writes the head, and a small body behind it. What is left of the body is rest.
func (r *Request) append(dst []byte) (out, rest []byte, err error) {
	dst = append(dst, r.To.prefix...)
	for i := range r.Header {
		f := &r.Header[i]
		if !validName(f.Name) || !validValue(f.Value) {
			// Neither is quoted: it may be a credential.
			return dst, nil, errors.New("wire: a header with a character that must not be sent")
		}
		dst = append(dst, f.Name...)
		dst = append(dst, ": "...)
		dst = append(dst, f.Value...)
		dst = append(dst, "\r\n"...)
	}
	dst = append(dst, "Content-Length: "...)
	dst = strconv.AppendInt(dst, int64(len(r.Body)), 10)
	dst = append(dst, "\r\n\r\n"...)
	if len(r.Body) > joined {
		return dst, r.Body, nil
	}
	return append(dst, r.Body...), nil, nil
}
