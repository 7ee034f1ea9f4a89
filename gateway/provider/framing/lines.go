package framing

import (
	"bufio"
	"bytes"
	"io"

	"github.com/sluicegate/sluice/gateway/sse"
)

// ContentLines is the media type of lines of JSON.
const ContentLines = "application/x-ndjson"

// Lines reads lines, each of which is one JSON text (https://github.com/ndjson/ndjson-spec). Blank lines
// are left out. The last line needs no end. It is for one goroutine.
type Lines struct {
	src   *bufio.Reader
	limit int
	line  []byte
}

// NewLines returns a reader of lines of at most limit bytes; 0 means sse.MaxEvent.
func NewLines(src io.Reader, limit int) *Lines {
	if limit <= 0 {
		limit = sse.MaxEvent
	}
	return &Lines{src: bufio.NewReader(src), limit: limit}
}

// Next returns the next line, and io.EOF after the last one. It is valid until the next call.
func (l *Lines) Next() (sse.Event, error) {
	l.line = l.line[:0]
	for {
		part, err := l.src.ReadSlice('\n')
		if len(l.line)+len(part) > l.limit {
			return sse.Event{}, sse.ErrTooLong
		}
		l.line = append(l.line, part...)
		if err == bufio.ErrBufferFull {
			continue
		}
		if err != nil && err != io.EOF {
			return sse.Event{}, err
		}
		if data := bytes.TrimSpace(l.line); len(data) > 0 {
			return sse.Event{Data: data}, nil
		}
		if err != nil {
			return sse.Event{}, err
		}
		l.line = l.line[:0]
	}
}

// Ready reports false: a line is valid only until the next one.
func (*Lines) Ready() bool { return false }

// Release implements the provider's FrameReader: there is nothing to give back.
func (*Lines) Release() {}
