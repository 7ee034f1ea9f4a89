package form

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/textproto"
	"strings"
	"sync"

	"github.com/sluicegate/sluice/gateway"
)

// NewRewriter reads a form from from, and is the form that each and end write: each is called with the
// parts, end after the last one, in a goroutine of the Reader. The end of the form is written after end, so
// that nobody gets a whole form that was refused. It is nil where NewReader is.
func NewRewriter(contentType string, from io.Reader, each func(*multipart.Part, *Writer) error, end func(*Writer) error) *Reader {
	_, boundary := Kind(contentType)
	if boundary == "" {
		return nil
	}
	to := &written{}
	w := &Writer{to: multipart.NewWriter(to)}
	return start(boundary, from, func(p *multipart.Part) error {
		if err := w.begin(boundary); err != nil {
			return err
		}
		return each(p, w)
	}, func() error {
		if err := w.begin(boundary); err != nil { // a form without parts
			return err
		}
		if err := end(w); err != nil {
			return err
		}
		return w.to.Close()
	}, to)
}

// readWritten reads what was written of the parts that came.
func (r *Reader) readWritten(p []byte) (int, error) {
	for {
		if n := r.written.take(p); n > 0 {
			return n, nil
		}
		if r.end != nil {
			return 0, r.end
		}
		if err := r.fill(); err != nil {
			return 0, err
		}
	}
}

// written holds what waits to be read. Of what stands before it nothing is left, so that it is no longer
// than what one piece of the form makes be written: at most a line that began in an earlier piece.
type written struct {
	mu  sync.Mutex
	buf []byte
}

// Write implements io.Writer.
func (w *written) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.buf = append(w.buf, p...)
	return len(p), nil
}

func (w *written) take(p []byte) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := copy(p, w.buf)
	if w.buf = w.buf[n:]; len(w.buf) == 0 {
		w.buf = nil
	}
	return n
}

// Writer writes the parts of a form.
type Writer struct {
	to    *multipart.Writer
	begun bool
}

func (w *Writer) begin(boundary string) error {
	if w.begun {
		return nil
	}
	w.begun = true
	if err := w.to.SetBoundary(boundary); err != nil {
		return gateway.InvalidField("form.Writer", "content-type", "The boundary in the header content-type has characters that a boundary does not have.")
	}
	return nil
}

// Named begins a part of multipart/form-data. filename is "" for a field. contentType is "" for none.
func (w *Writer) Named(name, filename, contentType string) (io.Writer, error) {
	disposition := `form-data; name="` + quoted.Replace(name) + `"`
	if filename != "" {
		disposition += `; filename="` + quoted.Replace(filename) + `"`
	}
	return w.part(textproto.MIMEHeader{"Content-Disposition": {disposition}}, contentType)
}

// Unnamed begins a part of multipart/related.
func (w *Writer) Unnamed(contentType string) (io.Writer, error) {
	return w.part(textproto.MIMEHeader{}, contentType)
}

func (w *Writer) part(header textproto.MIMEHeader, contentType string) (io.Writer, error) {
	if contentType != "" { // without parameters, which may hold anything
		kind, _, err := mime.ParseMediaType(contentType)
		if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) {
			return nil, refused("content-type", "A part of the form has a content-type that is none.")
		}
		header.Set("Content-Type", kind)
	}
	return w.to.CreatePart(header)
}

// quoted escapes what would end a name, as https://html.spec.whatwg.org/#multipart-form-data says, and the
// backslash, by which some readers escape.
var quoted = strings.NewReplacer(`"`, "%22", "\r", "%0D", "\n", "%0A", `\`, `\\`)

// PlainBoundary reports whether the content type says its boundary in one way only: a reader that does not
// know the parts of https://www.rfc-editor.org/rfc/rfc2231 would find another.
func PlainBoundary(contentType string) bool {
	return !strings.Contains(strings.ToLower(contentType), "boundary*")
}
