package wire

import (
	"bytes"
	"errors"
	"io"
)

var errClosed = errors.New("wire: the answer was closed before its end")

// chunking is where in a chunked body the reader stands.
type chunking struct {
	state  uint8
	excess int // framing beyond what is usual
	size   int // of the trailer so far
}

const (
	atSize    uint8 = iota // before a line with a size
	inData                 // left bytes of a chunk
	atEnd                  // before the line end behind a chunk
	inTrailer              // behind the last chunk
)

const (
	maxChunkLine = 4 << 10
	maxExcess    = 16 << 10
	maxTrailer   = 4<<10 - 2
)

// readChunks fills p with what has come. It waits only if nothing has, and looks for the
// body's end as far as it has come, so that the connection is free as early as it can be.
func (r *Response) readChunks(p []byte) (n int, err error) {
	cn := r.conn
	for {
		switch r.chunks.state {
		case inData:
			if n == len(p) {
				return n, nil
			}
			if n > 0 && cn.r == cn.w {
				return n, nil
			}
			want := p[n:]
			if int64(len(want)) > r.left {
				want = want[:r.left]
			}
			m, err := cn.take(want)
			n += m
			if err != nil {
				return n, unexpected(err)
			}
			if r.left -= int64(m); r.left == 0 {
				r.chunks.state = atEnd
			}
		default:
			line, err := r.line(n > 0)
			if err != nil || line == nil {
				return n, err
			}
			if done, err := r.framed(line); err != nil {
				return n, err
			} else if done {
				return n, io.EOF
			}
		}
	}
}

// framed takes in a line between the data, without its CRLF.
func (r *Response) framed(line []byte) (done bool, err error) {
	c := &r.chunks
	switch c.state {
	case atEnd:
		if len(line) > 0 {
			return false, malformed("a chunk longer than its size")
		}
		c.state = atSize
	case atSize:
		if r.left, err = chunkSize(line); err != nil {
			return false, err
		}
		// Many small chunks, or long extensions, make work out of nothing.
		c.excess = max(c.excess+len(line)+2-16-2*int(min(r.left, 1<<20)), 0)
		if c.excess > maxExcess {
			return false, malformed("chunks with too much around them")
		}
		if c.state = inData; r.left == 0 {
			c.state = inTrailer
		}
	case inTrailer:
		if len(line) == 0 {
			return true, nil
		}
		if c.size += len(line) + 2; c.size > maxTrailer {
			return false, malformed("a trailer that is too long")
		}
		if _, err := parseField(string(line)); err != nil {
			return false, err
		}
	}
	return false, nil
}

// line gives the next line, valid until the next read; nil: it has not come yet, and eager
// forbids to wait for it.
func (r *Response) line(eager bool) ([]byte, error) {
	cn := r.conn
	for at := 0; ; {
		have := cn.buffered()
		if i := bytes.IndexByte(have[at:], '\n'); i >= 0 {
			end := at + i
			if end >= maxChunkLine {
				return nil, malformed("a line of the chunks that is too long")
			}
			if end == 0 || have[end-1] != '\r' || bytes.IndexByte(have[:end-1], '\r') >= 0 {
				return nil, malformed("a line of the chunks that does not end in CRLF")
			}
			cn.r += end + 1
			return have[: end-1 : end-1], nil
		}
		if at = len(have); at >= maxChunkLine {
			return nil, malformed("a line of the chunks that is too long")
		}
		if r.chunks.state == atEnd && (at > 1 || at == 1 && have[0] != '\r') {
			return nil, malformed("a chunk longer than its size")
		}
		if eager {
			return nil, nil
		}
		if err := cn.fill(); err != nil {
			return nil, unexpected(err)
		}
	}
}

func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// chunkSize reads "1a" or "1a;extension".
func chunkSize(line []byte) (n int64, err error) {
	size, _, _ := bytes.Cut(bytes.TrimRight(line, " \t"), []byte(";"))
	if len(size) == 0 || len(size) > 15 {
		return 0, malformed("a chunk size")
	}
	for _, c := range size {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, malformed("a chunk size")
		}
		n = n<<4 | int64(c)
	}
	return n, nil
}
