package wire

import (
	"context"
	"io"
)

// Response is an answer whose body is being read. Read and Close are for one goroutine;
// ending the ctx of Do unblocks them.
type Response struct {
	Status int
	Header Header
	Length int64 // of the body; -1 = unknown

	ctx    context.Context
	client *Client
	conn   *conn // nil once it was given back or dropped
	keep   bool
	left   int64 // of the body, or of the present chunk
	chunks chunking
	how    framing
	err    error
}

type framing uint8

const (
	counted framing = iota // left bytes
	chunked
	toTheEnd // of the connection
)

func newResponse(ctx context.Context, c *Client, cn *conn, h head) *Response {
	r := &Response{Status: h.status, Header: h.header, Length: h.length, ctx: ctx, client: c, conn: cn, keep: h.keep}
	switch {
	case h.chunked:
		r.how = chunked
	case h.length < 0:
		r.how = toTheEnd
	default:
		r.left = h.length
		if r.left == 0 {
			r.finish(io.EOF)
		}
	}
	return r
}

// Read gives what has come; io.EOF may stand beside the last bytes. By then the connection
// is free again.
func (r *Response) Read(p []byte) (n int, err error) {
	if r.err != nil || len(p) == 0 {
		return 0, r.err
	}
	switch r.how {
	case chunked:
		n, err = r.readChunks(p)
	default:
		n, err = r.readPlain(p)
	}
	if err != nil {
		r.finish(err)
		err = r.err
	}
	return n, err
}

func (r *Response) readPlain(p []byte) (n int, err error) {
	if r.how == counted && int64(len(p)) > r.left {
		p = p[:r.left]
	}
	if n, err = r.conn.take(p); err != nil {
		if err == io.EOF && r.how == counted {
			err = io.ErrUnexpectedEOF
		}
		return n, err
	}
	if r.how == counted {
		if r.left -= int64(n); r.left == 0 {
			return n, io.EOF
		}
	}
	return n, nil
}

// take moves bytes that are there to p, or reads into it.
func (cn *conn) take(p []byte) (int, error) {
	if cn.r == cn.w && len(p) >= readSize {
		return cn.read(p)
	}
	if cn.r == cn.w {
		if err := cn.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, (*cn.buf)[cn.r:cn.w])
	cn.r += n
	return n, nil
}

// finish parts with the connection: back to the pool if nothing speaks against it.
func (r *Response) finish(err error) {
	cn := r.conn
	r.conn, r.err = nil, err
	calm := cn.unwatch()
	if err != io.EOF && !calm {
		r.err = context.Cause(r.ctx)
	}
	if err == io.EOF && r.keep && calm && cn.r == cn.w {
		cn.rest()
		if r.client.pool.put(cn) {
			return
		}
	}
	cn.drop()
}

// Close ends the call. A connection whose answer was not read to its end is dropped.
func (r *Response) Close() error {
	if r.conn != nil {
		r.finish(errClosed)
	}
	return nil
}
