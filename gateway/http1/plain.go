package http1

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// line is where a header line lies in its head.
type line struct{ name, colon, value, end int }

// many header lines are not plain: a connection keeps the room for those that are.
const many = 64

var headEnd = []byte("\r\n\r\n")

// plain parses the request that comes next if it is one of the plain kind, as nearly all are:
// its head has come in one piece, it asks for a path under HTTP/1.1 by one of the usual
// methods, its names and values are printable ASCII, no header comes twice, and the body, if
// there is one, has a Content-Length. What it makes of such a head is what http.ReadRequest
// makes of it. At the least doubt it gives false and has taken nothing: then that one judges
// the same bytes.
func (c *conn) plain(t *turn, r *http.Request) bool {
	have, _ := c.in.Peek(c.in.Buffered()) // no more than there is
	size := bytes.Index(have, headEnd) + len("\r\n")
	if size < len("\r\n") {
		return false
	}
	head := append(c.head[:0], have[:size]...) // its names are about to be written over
	c.head = head
	first := bytes.IndexByte(head, '\n')
	lines, ok := split(c.lines[:0], head, first+1)
	c.lines = lines
	if !ok {
		return false
	}
	text := string(head) // all that is kept of it; the buffers are the connection's
	if !asks(t, r, text[:first-1]) || !describes(r, text, lines) {
		return false
	}
	r.RemoteAddr, r.Body = c.remote, http.NoBody
	if r.ContentLength > 0 {
		t.rest = sized{c.in, r.ContentLength}
		r.Body = &t.rest
	}
	_, _ = c.in.Discard(size + len("\r\n"))
	return true
}

// split finds the header lines, which begin at at, and gives their names the usual case.
func split(lines []line, head []byte, at int) (_ []line, ok bool) {
	if at < 2 || head[at-2] != '\r' {
		return lines, false
	}
	for at < len(head) {
		l := line{name: at, colon: at + canonical(head[at:])}
		if l.colon == at || len(lines) == many {
			return lines, false
		}
		l.value = l.colon + 1
		at = l.value + bytes.IndexByte(head[l.value:], '\n') + 1
		l.end = at - len("\r\n")
		if l.end < l.value || head[l.end] != '\r' || !printable(head[l.value:l.end]) {
			return lines, false
		}
		for l.value < l.end && head[l.value] == ' ' {
			l.value++
		}
		for l.value < l.end && head[l.end-1] == ' ' {
			l.end--
		}
		lines = append(lines, l)
	}
	return lines, true
}

// asks reads the request line.
func asks(t *turn, r *http.Request, s string) bool {
	method, s, _ := strings.Cut(s, " ")
	target, proto, _ := strings.Cut(s, " ")
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
	default:
		return false
	}
	if target == "" || target[0] != '/' || proto != "HTTP/1.1" {
		return false
	}
	r.Method, r.RequestURI, r.Proto, r.ProtoMajor, r.ProtoMinor = method, target, proto, 1, 1
	for i := range len(target) {
		if !unreserved[target[i]] {
			var err error
			r.URL, err = url.ParseRequestURI(target)
			return err == nil
		}
	}
	t.url.Path = target
	r.URL = &t.url
	return true
}

// describes reads the header lines.
func describes(r *http.Request, text string, lines []line) bool {
	values, header, hosts := make([]string, len(lines)), make(http.Header, len(lines)), 0
	for i, l := range lines {
		name, value := text[l.name:l.colon], text[l.value:l.end]
		switch name {
		case "Host": // is no header by custom
			hosts++
			r.Host = value
			continue
		case "Content-Length":
			if r.ContentLength = length(value); r.ContentLength < 0 {
				return false
			}
		case "Connection":
			r.Close = httpguts.HeaderValuesContainsToken([]string{value}, "close")
		case "Transfer-Encoding", "Trailer", "Expect", "Pragma": // there is more to these
			return false
		}
		values[i] = value
		header[name] = values[i : i+1 : i+1]
	}
	r.Header = header
	return hosts == 1 && len(header) == len(lines)-1 && r.Host != "" && httpguts.ValidHostHeader(r.Host)
}

// length is a Content-Length, -1 if it is not simply a number.
func length(s string) (n int64) {
	if s == "" || len(s) > 18 {
		return -1
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return -1
		}
		n = 10*n + int64(s[i]-'0')
	}
	return n
}

// canonical gives the header name that b begins with its usual case, and its length; 0: none
// that ends in a colon begins there.
func canonical(b []byte) int {
	as := &upper
	for i, c := range b {
		if c == ':' {
			return i
		}
		if c = as[c]; c == 0 {
			return 0
		}
		b[i] = c
		if as = &lower; c == '-' {
			as = &upper
		}
	}
	return 0
}

// upper and lower are the characters of header names in either case, 0 what is none;
// unreserved are those of a path that stand for themselves.
var upper, lower, unreserved = func() (upper, lower [256]byte, unreserved [256]bool) {
	for c := range 128 {
		one := string(rune(c))
		if httpguts.ValidHeaderFieldName(one) {
			upper[c], lower[c] = strings.ToUpper(one)[0], strings.ToLower(one)[0]
		}
		unreserved[c] = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("/-._~", rune(c))
	}
	return
}()

// printable: all of b is ASCII, and no control character. Eight bytes are looked at together:
// the sums have the high bit of a byte in them if it, or one before it, is none of those.
func printable(b []byte) bool {
	const every = 0x0101010101010101
	for ; len(b) >= 8; b = b[8:] {
		x := binary.LittleEndian.Uint64(b)
		if (x|(x-' '*every)|(x+every))&(0x80*every) != 0 {
			return false
		}
	}
	for _, c := range b {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

// sized is a body whose length is known.
type sized struct {
	from *bufio.Reader
	left int64
}

// Read implements io.Reader. The end comes with the last bytes.
func (s *sized) Read(p []byte) (int, error) {
	if s.left == 0 {
		return 0, io.EOF
	}
	n, err := s.from.Read(p[:min(int64(len(p)), s.left)])
	switch s.left -= int64(n); {
	case err == io.EOF && s.left > 0:
		s.left, err = 0, io.ErrUnexpectedEOF
	case err == nil && s.left == 0:
		err = io.EOF
	}
	return n, err
}

// Close implements io.Closer.
func (s *sized) Close() error { return nil }
