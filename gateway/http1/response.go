package http1

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"
)

// buffered is how much of an answer is held back, so that a small one goes out in one piece
// and with its length.
const buffered = 8 << 10

// response is one answer. WriteHeader writes the head into conn.head, all but the lines that
// say how long the body is; begin adds those and sends it.
type response struct {
	conn    *conn
	request *http.Request
	body    *body
	header  http.Header
	status  int   // 0 = not written
	length  int64 // of the body, as the handler said; -1 = it did not
	wrote   int64
	begun   bool // the head is complete
	chunked bool
	typed   bool // the handler said what the body is
	dated   bool // and when
	last    bool // the connection ends with this answer
	over    bool // the handler has returned
	bounded bool // a deadline was set
	err     error
}

// Header implements http.ResponseWriter.
func (w *response) Header() http.Header { return w.header }

// SetHeader is Header().Set without an entry in a map and a list for the value. The name must
// be canonical, and what Header has under it does not count.
func (w *response) SetHeader(name, value string) {
	c := w.conn
	if i := c.find(name); i >= 0 {
		c.set[i].value = value
		return
	}
	c.set = append(c.set, field{name, value})
}

// SetLength is SetHeader of a Content-Length.
func (w *response) SetLength(n int64) { w.length = n }

// field is a header line of an answer.
type field struct{ name, value string }

// find is where a name was set, -1 if it was not.
func (c *conn) find(name string) int {
	for i := range c.set {
		if c.set[i].name == name {
			return i
		}
	}
	return -1
}

// WriteHeader implements http.ResponseWriter. Informational answers are not sent.
func (w *response) WriteHeader(status int) {
	if w.status != 0 || w.over || status >= 100 && status < 200 {
		return
	}
	if status < 100 || status > 999 {
		status = http.StatusInternalServerError
	}
	w.status = status
	b := append(w.conn.head[:0], "HTTP/1.1 "...)
	if !w.request.ProtoAtLeast(1, 1) {
		b[7] = '0'
	}
	b = strconv.AppendInt(b, int64(status), 10)
	b = append(b, ' ')
	if text := http.StatusText(status); text != "" {
		b = append(b, text...)
	} else {
		b = append(b, "status code "...)
		b = strconv.AppendInt(b, int64(status), 10)
	}
	b = append(b, "\r\n"...)
	for _, f := range w.conn.set {
		if w.passes(f.name, f.value) {
			b = appendSet(b, f)
		}
	}
	for name, values := range w.header {
		if w.conn.find(name) < 0 && w.passes(name, values...) {
			b = appendField(b, name, values)
		}
	}
	if !w.dated {
		b = append(b, *w.conn.server.date.Load()...)
	}
	w.conn.head, w.conn.body = b, w.conn.body[:0]
}

// passes takes in what a header of the handler's says about the answer. False: it does not go
// out as it is.
func (w *response) passes(name string, values ...string) bool {
	switch name {
	case "Content-Length":
		w.declare(values)
		return false
	case "Connection":
		w.last = w.last || httpguts.HeaderValuesContainsToken(values, "close")
		return false
	case "Transfer-Encoding":
		return false
	case "Content-Type", "Content-Encoding":
		w.typed = true
	case "Date":
		w.dated = true
	}
	return true
}

func (w *response) declare(values []string) {
	if len(values) == 0 {
		return
	}
	if n, err := strconv.ParseUint(values[0], 10, 63); err == nil {
		w.length = int64(n)
	}
}

// appendSet is appendField for a name that is one, unless there is something to replace.
func appendSet(b []byte, f field) []byte {
	at := len(b)
	b = append(append(append(b, f.name...), ": "...), f.value...)
	if !printable(b[at:]) {
		return appendField(b[:at], f.name, []string{f.value})
	}
	return append(b, "\r\n"...)
}

func appendField(b []byte, name string, values []string) []byte {
	if !httpguts.ValidHeaderFieldName(name) {
		return b
	}
	for _, v := range values {
		b = append(b, name...)
		b = append(b, ": "...)
		if strings.IndexByte(v, '\n') >= 0 || strings.IndexByte(v, '\r') >= 0 {
			v = lineEnds.Replace(v)
		}
		b = append(b, v...)
		b = append(b, "\r\n"...)
	}
	return b
}

var lineEnds = strings.NewReplacer("\r", " ", "\n", " ")

// Write implements http.ResponseWriter.
func (w *response) Write(p []byte) (int, error) {
	switch w.WriteHeader(http.StatusOK); {
	case w.over:
		return 0, http.ErrHandlerTimeout
	case !carries(w.status):
		return 0, http.ErrBodyNotAllowed
	case w.length >= 0 && w.wrote+int64(len(p)) > w.length:
		w.last = true
		return 0, http.ErrContentLength
	case w.err != nil:
		return 0, w.err
	}
	w.wrote += int64(len(p))
	if w.request.Method == http.MethodHead { // only what tells the content's type
		w.conn.body = append(w.conn.body, p[:min(len(p), 512-len(w.conn.body))]...)
		return len(p), nil
	}
	w.conn.body = append(w.conn.body, p...)
	if len(w.conn.body) > buffered {
		w.send(false)
	}
	return len(p), w.err
}

// carries: answers with this status have a body.
func carries(status int) bool {
	return status != http.StatusNoContent && status != http.StatusNotModified
}

// FlushError sends what there is; see http.ResponseController.
func (w *response) FlushError() error {
	if w.over {
		return http.ErrHandlerTimeout
	}
	w.WriteHeader(http.StatusOK)
	w.send(false)
	return w.err
}

// Flush implements http.Flusher.
func (w *response) Flush() { _ = w.FlushError() } // the next Write tells

// SetWriteDeadline bounds the writes of this answer; see http.ResponseController.
func (w *response) SetWriteDeadline(t time.Time) error {
	w.bounded = true
	return w.conn.rwc.SetWriteDeadline(t)
}

// SetReadDeadline bounds the reads of this request's body; see http.ResponseController.
func (w *response) SetReadDeadline(t time.Time) error {
	w.bounded = true
	return w.conn.rwc.SetReadDeadline(t)
}

// send passes on what is held back. whole: nothing will follow.
func (w *response) send(whole bool) {
	out := w.conn.head
	if !w.begun {
		out = w.begin(out, whole)
	}
	held := w.conn.body
	switch {
	case w.request.Method == http.MethodHead:
	case w.chunked && len(held) > 0:
		out = strconv.AppendInt(out, int64(len(held)), 16)
		out = append(out, "\r\n"...)
		out = append(out, held...)
		out = append(out, "\r\n"...)
	default:
		out = append(out, held...)
	}
	if w.chunked && whole {
		out = append(out, "0\r\n\r\n"...)
	}
	if len(out) > 0 && w.err == nil {
		_, w.err = w.conn.rwc.Write(out)
	}
	w.conn.head, w.conn.body = out[:0], held[:0]
}

// begin completes the head: how long the body is, and whether the connection goes on.
func (w *response) begin(b []byte, whole bool) []byte {
	w.begun = true
	if !w.body.settle() || w.conn.server.closing.Load() {
		w.last = true
	}
	if !w.typed && len(w.conn.body) > 0 {
		b = appendField(b, "Content-Type", []string{http.DetectContentType(w.conn.body)})
	}
	if whole && w.length < 0 && (w.request.Method != http.MethodHead || w.wrote > 0) {
		w.length = w.wrote
	}
	switch {
	case !carries(w.status):
	case w.length >= 0:
		b = append(b, "Content-Length: "...)
		b = strconv.AppendInt(b, w.length, 10)
		b = append(b, "\r\n"...)
	case w.request.Method == http.MethodHead:
	case w.request.ProtoAtLeast(1, 1):
		w.chunked = true
		b = append(b, "Transfer-Encoding: chunked\r\n"...)
	default:
		w.last = true // the body ends with the connection
	}
	switch is11 := w.request.ProtoAtLeast(1, 1); {
	case w.last && is11:
		b = append(b, "Connection: close\r\n"...)
	case !w.last && !is11:
		b = append(b, "Connection: keep-alive\r\n"...)
	}
	return append(b, "\r\n"...)
}

// finish completes the answer after the handler.
func (w *response) finish() {
	w.WriteHeader(http.StatusOK)
	w.send(true)
	w.over = true
	if carries(w.status) && w.request.Method != http.MethodHead && w.wrote < w.length {
		w.last = true // less came than was said: the caller is to see that
	}
	if w.bounded {
		_ = w.conn.rwc.SetDeadline(time.Time{})
	}
}
