package httpapi

import (
	"net/http"
	"time"
)

// writePiece is how much may be written under one deadline.
const writePiece = 64 << 10

// stallWriter ends an HTTP/2 stream whose caller takes nothing for a time. Streams share their
// connection, whose own limit (package listen) does not see one of them stall.
type stallWriter struct {
	http.ResponseWriter
	stall time.Duration
}

// Write implements io.Writer. The deadline begins anew with each piece.
func (w *stallWriter) Write(p []byte) (int, error) {
	written := 0
	for {
		piece := p[written:min(len(p), written+writePiece)]
		var n int
		err := w.bounded(func() (err error) { n, err = w.ResponseWriter.Write(piece); return err })
		written += n
		if err != nil || written == len(p) {
			return written, err
		}
	}
}

// FlushError sends what is buffered, as in http.ResponseController.
func (w *stallWriter) FlushError() error {
	return w.bounded(http.NewResponseController(w.ResponseWriter).Flush)
}

// Unwrap leads http.ResponseController to the writer below.
func (w *stallWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// bounded runs f under a deadline. The deadline is lifted afterwards: it would end the stream
// even while nothing is written.
func (w *stallWriter) bounded(f func() error) error {
	control := http.NewResponseController(w.ResponseWriter)
	_ = control.SetWriteDeadline(time.Now().Add(w.stall))
	defer func() { _ = control.SetWriteDeadline(time.Time{}) }()
	return f()
}
