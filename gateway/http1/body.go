package http1

import (
	"io"
	"net/http"
)

// body is what the handler reads of a request.
type body struct {
	conn    *conn
	from    io.Reader
	length  int64 // -1 = unknown
	awaited bool  // the caller waits for "100 Continue" before it sends it
	ended   bool  // all of it was read
	over    bool  // the request is: who still reads would read the next one
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	if b.over {
		return 0, http.ErrBodyReadAfterClose
	}
	if b.awaited {
		b.awaited = false
		if _, err := io.WriteString(b.conn.rwc, "HTTP/1.1 100 Continue\r\n\r\n"); err != nil {
			return 0, err
		}
	}
	n, err := b.from.Read(p)
	if err == io.EOF {
		b.ended = true
	}
	return n, err
}

// Close implements io.Closer. What is left is dealt with when the answer begins.
func (b *body) Close() error { return nil }

// small is how much of a body that nobody wants is read, so that the connection
// can be used again.
const small = 256 << 10

// settle deals with what the handler has not read; false: the rest is too much, or will
// never come.
func (b *body) settle() bool {
	if b.ended {
		return true
	}
	if b.awaited {
		b.awaited = false // it is not wanted
		return false
	}
	if b.length > small {
		return false
	}
	_, err := io.CopyN(io.Discard, b, small+1)
	return err == io.EOF
}
