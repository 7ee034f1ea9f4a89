package form

import (
	"bufio"
	"errors"
	"io"
)

// MaxLine bounds a line of a file that is read line by line, in bytes.
const MaxLine = 4 << 20

// ErrLongLine is the error of a line that is longer than MaxLine. What was read of it is returned.
var ErrLongLine = errors.New("form: the line is too long")

// LineReader reads the lines of a file.
type LineReader struct {
	From  *bufio.Reader
	Lines int // that were read
	line  []byte
}

// NewLineReader returns one that reads from from.
func NewLineReader(from io.Reader) *LineReader { return &LineReader{From: bufio.NewReader(from)} }

// Next reads a line with its end, which the last one need not have. It is valid until the next call.
func (r *LineReader) Next() ([]byte, error) {
	r.line = r.line[:0]
	r.Lines++
	for {
		piece, err := r.From.ReadSlice('\n')
		r.line = append(r.line, piece...)
		switch {
		case err == io.EOF && len(r.line) > 0:
			err = nil
		case err != nil && err != bufio.ErrBufferFull:
			return nil, err
		}
		if len(r.line) > MaxLine {
			return r.line, ErrLongLine
		}
		if err == nil {
			return r.line, nil
		}
	}
}
