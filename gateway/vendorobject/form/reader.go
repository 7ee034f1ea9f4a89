// Package form reads the parts of a form (RFC 7578, https://www.rfc-editor.org/rfc/rfc7578) while it is
// uploaded to a vendor, so that no upload is held in memory as a whole.
//
// # Flow
//
// A [Reader] is what the upstream request reads. It copies the bytes of the caller's body, and feeds them
// to a goroutine of its own that cuts them into parts. A [Filtered] wraps a Reader for redaction and
// guardrails: without filters the form passes byte for byte; with filters it is written anew, field by
// field. Texts that stand next to each other are judged together, a file of lines line by line, and a
// binary file is copied.
//
// # Invariants
//
//   - The last bytes of a form are sent after its last part was read. A vendor never gets the end of a
//     form that was refused.
//   - Only what is being judged is held: at most [maxTexts] bytes of neighbouring texts, in memory that
//     the caller of [NewFiltered] reserves.
//   - A form whose boundary could be read in two ways is refused where filters need to read it.
//
// # Ownership
//
// One goroutine reads a Reader; Finish ends it and waits for the goroutine that cuts the parts.
package form

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// maxParts bounds the parts of a form.
const maxParts = 64

// What is read at once, and how much waits until what stands before it was looked at.
const (
	pieceSize = 32 << 10
	heldBack  = 16 << 10
)

// Reader is a form that is passed on while its parts are looked at. Its last bytes come after the last
// part was looked at, so that nobody gets a whole form that was refused. One goroutine reads it; Finish
// ends it.
type Reader struct {
	from io.Reader
	pipe *io.PipeWriter // to the goroutine that looks at the parts
	held []byte         // bytes that came, and are not passed on yet
	next []byte
	end  error // of from
	done chan struct{}
	err  error // of the parts; to be read after done

	written *written // the form written anew; nil: it passes as it came
}

// Kind is the type of a form, "multipart/form-data" or "multipart/related", and its boundary. It is "" if
// the content type is not that of a form with a boundary.
func Kind(contentType string) (kind, boundary string) {
	kind, parameters, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "multipart/form-data" && kind != "multipart/related" || parameters["boundary"] == "" {
		return "", ""
	}
	return kind, parameters["boundary"]
}

// NewReader reads a form from from. each is called with its parts, in a goroutine of the Reader; an error
// ends the form. It returns nil if the content type is not that of a form with a boundary.
func NewReader(contentType string, from io.Reader, each func(*multipart.Part) error) *Reader {
	_, boundary := Kind(contentType)
	if boundary == "" {
		return nil
	}
	return start(boundary, from, each, func() error { return nil }, nil)
}

// start starts the goroutine that looks at the parts. end is called after the last one.
func start(boundary string, from io.Reader, each func(*multipart.Part) error, end func() error, to *written) *Reader {
	read, write := io.Pipe()
	r := &Reader{from: from, pipe: write, next: make([]byte, pieceSize), done: make(chan struct{}), written: to}
	go func() { // Finish waits for it
		defer close(r.done)
		r.err = contained(func() error {
			whole := &ending{from: read, mark: []byte("--" + boundary + "--")}
			if err := parts(multipart.NewReader(whole, boundary), each); err != nil {
				return err
			}
			if !whole.found() {
				return refused("", "The request body is not valid multipart/form-data.")
			}
			return end()
		})
		if r.err != nil {
			_ = read.CloseWithError(r.err)
			return
		}
		_, _ = io.Copy(io.Discard, read) // what follows the form
	}()
	return r
}

// ending tells whether a form has come to its end. A multipart.Reader takes one that breaks off in the head
// of a part for a whole one.
type ending struct {
	from io.Reader
	mark []byte
	tail []byte // the last bytes
	over bool   // there are no more: the reader has not found the end before
}

// Read implements io.Reader.
func (e *ending) Read(p []byte) (int, error) {
	n, err := e.from.Read(p)
	e.tail = append(e.tail, p[:n]...)
	if keep := len(e.mark) + heldSpace; len(e.tail) > keep {
		e.tail = append(e.tail[:0], e.tail[len(e.tail)-keep:]...)
	}
	e.over = e.over || err == io.EOF
	return n, err
}

func (e *ending) found() bool {
	return !e.over || bytes.HasSuffix(bytes.TrimRight(e.tail, " \t\r\n"), e.mark)
}

// heldSpace is how much space may stand behind the end of a form.
const heldSpace = 64

// contained turns a panic of who looks at the parts into an error, which ends the form.
func contained(look func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = gateway.Recovered("form.Reader", p)
		}
	}()
	return look()
}

// parts looks at all parts of a form.
func parts(form *multipart.Reader, each func(*multipart.Part) error) error {
	for n := 0; ; n++ {
		part, err := form.NextRawPart()
		var known *gateway.Error // of who reads the form
		switch {
		case err == io.EOF:
			return nil
		case errors.Is(err, ErrUnfinished) || errors.As(err, &known):
			return err
		case err != nil:
			return refused("", "The request body is not valid multipart/form-data.")
		case n == maxParts:
			return refused("", "The form has more than "+strconv.Itoa(maxParts)+" parts.")
		}
		if e := part.Header.Get("Content-Transfer-Encoding"); e != "" && !strings.EqualFold(e, "binary") && !strings.EqualFold(e, "8bit") {
			return refused(shown(part), "A part of the form has a content-transfer-encoding, which forms over HTTP do not have.")
		}
		if err := each(part); errors.Is(err, io.ErrUnexpectedEOF) { // within the part
			return refused("", "The request body is not valid multipart/form-data.")
		} else if err != nil {
			return err
		}
	}
}

func refused(field, public string) error { return gateway.InvalidField("form.Reader", field, public) }

func shown(part *multipart.Part) string { return gateway.Shorten(part.FormName()) }

// Read implements io.Reader.
func (r *Reader) Read(p []byte) (int, error) {
	if r.written != nil {
		return r.readWritten(p)
	}
	for r.end == nil && len(r.held) <= heldBack {
		if err := r.fill(); err != nil {
			return 0, err
		}
	}
	n := len(r.held)
	if n == 0 {
		return 0, r.end
	}
	if r.end == nil {
		n -= heldBack
	}
	n = copy(p, r.held[:n])
	r.held = r.held[:copy(r.held, r.held[n:])]
	return n, nil
}

// fill reads a piece, and shows it to the goroutine that looks at the parts.
func (r *Reader) fill() error {
	n, err := r.from.Read(r.next)
	if n > 0 {
		if _, refused := r.pipe.Write(r.next[:n]); refused != nil {
			<-r.done
			return r.verdict(refused)
		}
		if r.written == nil {
			r.held = append(r.held, r.next[:n]...)
		}
	}
	if err == nil {
		return nil
	}
	r.end = err
	_ = r.pipe.CloseWithError(err)
	<-r.done
	if err != io.EOF {
		return err
	}
	return r.verdict(nil)
}

func (r *Reader) verdict(other error) error {
	if r.err != nil {
		return r.err
	}
	return other
}

// ErrUnfinished ends a form that was not passed on to its end.
var ErrUnfinished = errors.New("form: it was not read to its end")

// Finish waits for what was passed on to be looked at. It returns why the form was refused, if it was, or
// ErrUnfinished.
func (r *Reader) Finish() error {
	_ = r.pipe.CloseWithError(ErrUnfinished) // without effect after the end
	<-r.done
	return r.err
}
