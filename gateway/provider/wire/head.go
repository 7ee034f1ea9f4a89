package wire

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Field is one header line.
type Field struct{ Name, Value string }

// Header is the header of an answer, in the order in which it came.
type Header []Field

// Get gives the first value of name, whatever the case, "" if there is none.
func (h Header) Get(name string) string {
	for i := range h {
		if len(h[i].Name) == len(name) && strings.EqualFold(h[i].Name, name) {
			return h[i].Value
		}
	}
	return ""
}

// maxFields bounds the header lines of one answer.
const maxFields = 1024

// head is the head of an answer, understood.
type head struct {
	status  int
	header  Header
	length  int64 // of the body; -1: until its end mark, or the connection's end
	chunked bool
	keep    bool // the connection may be used again
}

func malformed(what string) error { return errors.New("wire: malformed answer: " + what) }

// parseHead reads status line and header lines; s ends with an empty line.
func parseHead(s string) (h head, err error) {
	line, rest, ok := cutLine(s)
	if !ok {
		return h, malformed("no status line")
	}
	minor, err := h.statusLine(line)
	if err != nil {
		return h, err
	}
	h.header = make(Header, 0, strings.Count(rest, "\n"))
	lengths, codings, closes, trailers := 0, 0, false, false
	for h.length = -1; ; {
		if line, rest, ok = cutLine(rest); !ok {
			return h, malformed("the header has no end")
		}
		if line == "" {
			break
		}
		f, err := parseField(line)
		if err != nil {
			return h, err
		}
		if len(h.header) == maxFields {
			return h, fmt.Errorf("wire: an answer with more than %d header lines", maxFields)
		}
		h.header = append(h.header, f)
		switch len(f.Name) {
		case len("Trailer"):
			trailers = trailers || strings.EqualFold(f.Name, "Trailer") && framesBody(f.Value)
		case len("Connection"):
			closes = closes || strings.EqualFold(f.Name, "Connection") && hasToken(f.Value, "close")
		case len("Content-Length"):
			if strings.EqualFold(f.Name, "Content-Length") {
				if lengths++; lengths > 1 {
					return h, malformed("two Content-Length")
				}
				if h.length, err = parseLength(f.Value); err != nil {
					return h, err
				}
			}
		case len("Transfer-Encoding"):
			if strings.EqualFold(f.Name, "Transfer-Encoding") {
				if codings++; codings > 1 || minor == 0 || !strings.EqualFold(f.Value, "chunked") {
					return h, malformed("a Transfer-Encoding other than chunked")
				}
				h.chunked = true
			}
		}
	}
	if h.chunked && trailers {
		return h, malformed("a trailer that would frame the body")
	}
	h.keep = minor == 1 && !closes
	switch {
	case h.status < 200 || h.status == 204 || h.status == 304:
		h.length, h.chunked = 0, false
	case h.chunked:
		h.keep = h.keep && lengths == 0 // both: somebody on the way may have read the other one
		h.length = -1
	case lengths == 0:
		h.keep = false
	}
	return h, nil
}

func (h *head) statusLine(s string) (minor int, err error) {
	// "HTTP/1.1 200 OK": the reason, and the space before it, may be missing.
	if len(s) < 12 || s[:7] != "HTTP/1." || s[7] != '0' && s[7] != '1' || s[8] != ' ' || len(s) > 12 && s[12] != ' ' {
		return 0, malformed("no status line of HTTP/1")
	}
	for _, c := range []byte(s[9:12]) {
		if c < '0' || c > '9' {
			return 0, malformed("no status code")
		}
	}
	if h.status, _ = strconv.Atoi(s[9:12]); h.status < 100 {
		return 0, malformed("a status code below 100")
	}
	if !validValue(s[12:]) {
		return 0, malformed("a control character in the status line")
	}
	return int(s[7] - '0'), nil
}

// cutLine takes a line off s, without its end: LF or CRLF.
func cutLine(s string) (line, rest string, ok bool) {
	i := strings.IndexByte(s, '\n')
	if i < 0 {
		return "", s, false
	}
	line, rest = s[:i], s[i+1:]
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	return line, rest, true
}

func parseField(line string) (Field, error) {
	i := strings.IndexByte(line, ':')
	if i <= 0 || !validName(line[:i]) {
		return Field{}, malformed("a header line without a valid name") // a folded one, too
	}
	f := Field{line[:i], trim(line[i+1:])}
	if !validValue(f.Value) {
		return Field{}, malformed("a control character in a header")
	}
	return f, nil
}

// trim takes blanks off both ends. strings.Trim makes a set of them first, which costs more.
func trim(s string) string {
	for s != "" && (s[0] == ' ' || s[0] == '\t') {
		s = s[1:]
	}
	for s != "" && (s[len(s)-1] == ' ' || s[len(s)-1] == '\t') {
		s = s[:len(s)-1]
	}
	return s
}

func parseLength(s string) (int64, error) {
	if s == "" || len(s) > 18 {
		return 0, malformed("Content-Length")
	}
	var n int64
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, malformed("Content-Length")
		}
		n = n*10 + int64(c-'0')
	}
	return n, nil
}

// hasToken reports whether a comma-separated list holds token.
func hasToken(list, token string) bool {
	for list != "" {
		var one string
		one, list, _ = strings.Cut(list, ",")
		if strings.EqualFold(strings.Trim(one, " \t"), token) {
			return true
		}
	}
	return false
}

// framesBody reports whether a list of trailers names one that must not come so late.
func framesBody(list string) bool {
	return hasToken(list, "Content-Length") || hasToken(list, "Transfer-Encoding") || hasToken(list, "Trailer")
}

// nameChars are the characters of a token (RFC 9110, 5.6.2).
var nameChars = func() (t [256]bool) {
	for _, c := range []byte("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
		t[c] = true
	}
	return t
}()

func validName(s string) bool {
	for i := range len(s) {
		if !nameChars[s[i]] {
			return false
		}
	}
	return s != ""
}

func validValue(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}
