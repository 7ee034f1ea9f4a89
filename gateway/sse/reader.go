// Package sse frames server-sent events, and nothing else: bytes in, events out, and
// back (https://html.spec.whatwg.org/multipage/server-sent-events.html).
//
// A [Reader] takes lines that end with LF, CRLF or CR, joins the data lines of an event,
// and drops comments, ids and retry times and a byte order mark. Wherever the bytes are cut between two
// reads, the events are the same. Unlike a browser it also delivers a last event that no
// blank line ends, because vendors stop after "data: [DONE]\n". An event's memory lies
// in the Reader's own buffer: nothing is copied but the joined lines, and it is valid
// until the next call.
package sse

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// MaxEvent is the default limit of one event in bytes, framing included.
const MaxEvent = 16 << 20

// ErrTooLong is the error for an event larger than the Reader's limit.
var ErrTooLong = errors.New("sse: event is too long")

// Event is one event. It is valid until the next call of [Reader.Next].
type Event struct {
	Name []byte // from the "event:" line, nil without one
	Data []byte
}

// span is a range of the buffer.
type span struct{ from, to int }

// Reader reads events. It is not safe for concurrent use. Release drops its buffer.
type Reader struct {
	src   io.Reader
	buf   []byte
	limit int
	err   error

	start    int // of the event being read
	scan     int // of the line being read
	searched int // no line end between scan and here
	lf       int // the next '\n' at or after scan is here, or not before here
	found    bool
	end      int // of what was read
	skipLF   bool
	begun    bool // the first line has been seen

	name, data       span
	hasName, hasData bool
}

// firstSize is the size of a Reader's first buffer, which it keeps while the stream is
// silent. It doubles when an event needs more.
const firstSize = 1 << 10

// NewReader returns a reader of events of at most limit bytes; 0 means [MaxEvent].
func NewReader(src io.Reader, limit int) *Reader {
	if limit <= 0 {
		limit = MaxEvent
	}
	return &Reader{src: src, limit: limit, buf: make([]byte, firstSize)}
}

// Release drops the buffer. The Reader and its last event must not be used afterwards.
func (r *Reader) Release() {
	r.buf, r.err = nil, io.ErrClosedPipe
	r.start, r.scan, r.searched, r.end = 0, 0, 0, 0
}

// Next returns the next event that has data, and io.EOF after the last one.
func (r *Reader) Next() (Event, error) {
	r.start = r.scan
	r.hasName, r.hasData = false, false
	for {
		line, ok := r.line()
		if !ok {
			if r.err != nil {
				return r.last()
			}
			r.fill()
			continue
		}
		if r.scan-r.start > r.limit {
			r.tooLong()
			return Event{}, r.err
		}
		if line.from == line.to {
			if r.hasData {
				return r.event(), nil
			}
			r.hasName = false
			r.start = r.scan
			continue
		}
		r.field(line)
		if !r.hasData && !r.hasName {
			r.start = r.scan // a comment between events takes no room
		}
	}
}

// Ready reports whether Next would return an event without reading. Events that were returned
// before then stay valid. It does not look for events whose lines end with CR.
func (r *Reader) Ready() bool {
	rest := r.buf[r.scan:r.end]
	end := bytes.Index(rest, []byte("\n\n"))
	if end < 0 {
		return false
	}
	data := bytes.Index(rest[:end], []byte("data:"))
	return data == 0 || data > 0 && rest[data-1] == '\n'
}

func (r *Reader) event() Event {
	e := Event{Data: r.buf[r.data.from:r.data.to:r.data.to]}
	if r.hasName {
		e.Name = r.buf[r.name.from:r.name.to:r.name.to]
	}
	return e
}

// last returns an unfinished event at the end of the input.
func (r *Reader) last() (Event, error) {
	if r.err == io.EOF && r.end-r.start >= r.limit {
		r.tooLong()
	}
	if r.err == io.EOF {
		if r.scan < r.end {
			line := span{r.scan, r.end}
			r.scan = r.end
			r.field(line)
		}
		if r.hasData {
			return r.event(), nil
		}
	}
	return Event{}, r.err
}

// line returns the next complete line, without its end.
func (r *Reader) line() (span, bool) {
	if r.skipLF && r.scan < r.end {
		if r.buf[r.scan] == '\n' {
			if r.start == r.scan {
				r.start++
			}
			r.scan++
		}
		r.skipLF = false
	}
	from := max(r.searched, r.scan)
	if r.lf < r.scan {
		r.lf, r.found = r.scan, false
	}
	if !r.found && r.lf < r.end {
		if i := bytes.IndexByte(r.buf[r.lf:r.end], '\n'); i >= 0 {
			r.lf, r.found = r.lf+i, true
		} else {
			r.lf = r.end
		}
	}
	to := r.end
	if r.found {
		to = r.lf
	}
	if i := bytes.IndexByte(r.buf[from:to], '\r'); i >= 0 {
		to, r.skipLF = from+i, true
	} else if !r.found {
		r.searched = r.end
		return span{}, false
	}
	line := span{r.scan, to}
	r.scan = to + 1
	if !r.begun {
		r.begun = true
		if bytes.HasPrefix(r.buf[line.from:line.to], []byte("\xef\xbb\xbf")) {
			line.from += 3
		}
	}
	return line, true
}

// field parses one non-empty line.
func (r *Reader) field(line span) {
	text := r.buf[line.from:line.to]
	colon := bytes.IndexByte(text, ':')
	name, value := text, span{line.to, line.to}
	if colon >= 0 {
		name = text[:colon]
		value.from = line.from + colon + 1
		if value.from < value.to && r.buf[value.from] == ' ' {
			value.from++
		}
	}
	switch string(name) {
	case "data":
		if !r.hasData {
			r.data, r.hasData = value, true
			return
		}
		r.buf[r.data.to] = '\n' // there was at least a line end between
		n := copy(r.buf[r.data.to+1:], r.buf[value.from:value.to])
		r.data.to += 1 + n
	case "event":
		r.name, r.hasName = value, true
	}
}

// tooLong records that an event or comment exceeds the limit.
func (r *Reader) tooLong() {
	r.err = fmt.Errorf("%w: over %d bytes", ErrTooLong, r.limit)
}

// fill reads more input, after making room in the buffer.
func (r *Reader) fill() {
	if r.end-r.start >= r.limit {
		r.tooLong()
		return
	}
	if r.start > 0 && (r.start == r.end || len(r.buf)-r.end < len(r.buf)/4) {
		r.shift()
	}
	if r.end == len(r.buf) {
		grown := make([]byte, min(2*len(r.buf), max(r.limit, firstSize)))
		copy(grown, r.buf[:r.end])
		r.buf = grown
	}
	for range 100 {
		n, err := r.src.Read(r.buf[r.end:])
		r.end += n
		if err != nil {
			r.err = err
			return
		}
		if n > 0 {
			return
		}
	}
	r.err = io.ErrNoProgress
}

// shift moves the unread bytes to the start of the buffer.
func (r *Reader) shift() {
	by := r.start
	copy(r.buf, r.buf[by:r.end])
	r.end -= by
	r.scan -= by
	r.searched = max(r.searched-by, 0)
	r.lf = max(r.lf-by, 0)
	r.data.from, r.data.to = r.data.from-by, r.data.to-by
	r.name.from, r.name.to = r.name.from-by, r.name.to-by
	r.start = 0
}
