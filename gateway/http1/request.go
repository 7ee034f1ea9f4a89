package http1

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"strings"

	"golang.org/x/net/http/httpguts"
)

const unlimited = math.MaxInt

// source bounds what may be read.
type source struct {
	r    io.Reader
	left int
}

func (s *source) Read(p []byte) (int, error) {
	if s.left <= 0 {
		return 0, errTooLarge
	}
	n, err := s.r.Read(p[:min(len(p), s.left)])
	if s.left != unlimited {
		s.left -= n
	}
	return n, err
}

var errTooLarge = errors.New("http1: head too large")

// most is how much may be read for a head: what the buffer takes in besides is no
// part of it.
func (s *Server) most() int {
	if s.MaxHead > 0 {
		return s.MaxHead + 4096
	}
	return 1<<20 + 4096
}

// refusal is an answer to what is no request.
type refusal struct {
	status int
	text   string // behind the status line's
}

func (r refusal) Error() string { return r.text }

// read parses a request and checks it as net/http's server does, which forgives line ends
// behind the body of a POST, because old clients sent them.
func (c *conn) read(t *turn, r *http.Request) error {
	if c.posted {
		ahead, _ := c.in.Peek(4) // they are there
		_, _ = c.in.Discard(len(ahead) - len(bytes.TrimLeft(ahead, "\r\n")))
	}
	if !c.plain(t, r) {
		if err := c.parse(r); err != nil {
			return err
		}
	}
	c.posted = r.Method == http.MethodPost
	return nil
}

// parse leaves parsing to net/http.
func (c *conn) parse(to *http.Request) error {
	r, err := http.ReadRequest(c.in)
	if err != nil {
		return err
	}
	if r.ProtoMajor != 1 {
		return refusal{http.StatusHTTPVersionNotSupported, "unsupported protocol version"}
	}
	if r.ProtoAtLeast(1, 1) && r.Host == "" && r.Method != http.MethodConnect {
		return refusal{http.StatusBadRequest, "missing required Host header"}
	}
	if !httpguts.ValidHostHeader(r.Host) {
		return refusal{http.StatusBadRequest, "malformed Host header"}
	}
	for name, values := range r.Header {
		if !httpguts.ValidHeaderFieldName(name) {
			return refusal{http.StatusBadRequest, "invalid header name"}
		}
		for _, v := range values {
			if !httpguts.ValidHeaderFieldValue(v) {
				return refusal{http.StatusBadRequest, "invalid header value"}
			}
		}
	}
	if e := r.Header["Expect"]; len(e) > 0 && e[0] != "" && !strings.EqualFold(e[0], "100-continue") {
		return refusal{status: http.StatusExpectationFailed}
	}
	r.RemoteAddr = c.remote
	*to = *r
	return nil
}

// refuse tells the caller why there will be no answer, unless it has gone.
func (c *conn) refuse(err error) {
	var (
		said refusal
		gone *net.OpError
	)
	switch {
	case errors.As(err, &said):
	case errors.Is(err, errTooLarge):
		said.status = http.StatusRequestHeaderFieldsTooLarge
	case errors.Is(err, io.EOF), errors.As(err, &gone):
		return
	case strings.HasPrefix(err.Error(), "unsupported transfer encoding"): // its type is not exported
		said.status = http.StatusNotImplemented
	default:
		said.status = http.StatusBadRequest
	}
	line := fmt.Sprintf("%d %s", said.status, http.StatusText(said.status))
	if said.text != "" {
		line += ": " + said.text
	}
	header, body := http.Header{"Content-Type": {"text/plain; charset=utf-8"}}, []byte(line)
	if c.server.Refusal != nil {
		header, body = c.server.Refusal(said.status, said.text)
	}
	out := append(append([]byte("HTTP/1.1 "), line...), "\r\n"...)
	for name, values := range header {
		out = appendField(out, name, values)
	}
	_, err = c.rwc.Write(append(append(out, "Connection: close\r\n\r\n"...), body...))
	if err == nil {
		c.linger()
	}
}

// expects: the caller waits for a word before it sends the body.
func expects(r *http.Request) bool {
	return r.ProtoAtLeast(1, 1) && r.ContentLength != 0 && len(r.Header["Expect"]) > 0
}
