package form

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/sluicegate/sluice/internal/jsonx"
	"github.com/sluicegate/sluice/internal/sniff"
)

// maxFile bounds a file that is a text and that is read as a whole, in bytes: a value may stand anywhere in
// it.
const maxFile = 4 << 20

// maxLines bounds the lines that pass the filters together.
const maxLines = 1000

// file is a file while it is passed on. What is binary passes as it is. A text passes the filters before any
// byte of it goes on: as a whole, or, if it has lines of JSON, a few lines at a time.
type file struct {
	filters Filters
	from    io.Reader
	reserve func(bytes int64) error
	alone   bool // a piece of a file, whose text cannot be read alone

	started bool
	rest    io.Reader   // binary: passes as it is
	lines   *LineReader // of a file that is read by lines
	buf     []byte      // of a text, to be read
	err     error       // after buf
}

// Read implements io.Reader.
func (f *file) Read(p []byte) (int, error) {
	for len(f.buf) == 0 && f.rest == nil && f.err == nil {
		switch {
		case !f.started:
			f.started = true
			f.err = f.start()
		case f.lines != nil:
			f.err = f.passLines()
		default:
			f.err = io.EOF
		}
	}
	if f.rest != nil {
		return f.rest.Read(p)
	}
	n := copy(p, f.buf)
	if f.buf = f.buf[n:]; n > 0 || len(p) == 0 {
		return n, nil
	}
	return 0, f.err
}

// start sees what the file is.
func (f *file) start() error {
	r := bufio.NewReaderSize(f.from, pieceSize)
	head, err := r.Peek(sniff.HeadSize)
	if err != nil && err != io.EOF {
		return err
	}
	switch is := sniff.KindOf(head); {
	case is == sniff.Binary:
		f.rest = r
		return nil
	case len(head) == 0:
		return nil
	case f.alone:
		return refused("data", "This part of an upload is a text, which redaction and guardrails cannot read without the others. Upload the file in one call.")
	case is != sniff.Text:
		return unreadableFile()
	}
	if err := f.reserve(4 * maxFile); err != nil { // as it came, as JSON, as it goes on
		return err
	}
	text, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return err
	}
	whole := len(text) <= maxFile
	if hasJSONLines(text, whole) {
		f.lines = NewLineReader(io.MultiReader(bytes.NewReader(text), r))
		return nil
	}
	if !whole {
		return refused("file", fmt.Sprintf("A file of text is at most %d bytes where redaction or guardrails read it, unless it has lines of JSON.", maxFile))
	}
	if !utf8.Valid(text) {
		return unreadableFile()
	}
	return f.pass([]Field{{Value: string(text)}})
}

func unreadableFile() error {
	return refused("file", "The file is a text in another encoding than UTF-8, or has bytes that no text has: redaction and guardrails cannot read it.")
}

// pass lets texts pass the filters.
func (f *file) pass(texts []Field) error {
	if err := f.filters.fields("the file", texts); err != nil {
		return err
	}
	for _, each := range texts {
		f.buf = append(f.buf, each.Value...)
	}
	return nil
}

// passLines lets some lines pass the filters.
func (f *file) passLines() error {
	var texts []Field
	for size := 0; size < maxTexts && len(texts) < maxLines; {
		line, err := f.lines.Next()
		switch {
		case err == io.EOF && len(texts) > 0:
			return f.pass(texts)
		case err == ErrLongLine:
			return refused("file", fmt.Sprintf("Line %d of the file is longer than %d bytes.", f.lines.Lines, MaxLine))
		case err != nil:
			return err
		}
		if text := bytes.TrimSpace(line); len(text) > 0 && !jsonx.Valid(text) {
			return refused("file", fmt.Sprintf("Line %d of the file is no JSON, as those before it are.", f.lines.Lines))
		}
		texts, size = append(texts, Field{Value: string(line)}), size+len(line)
	}
	return f.pass(texts)
}

// hasJSONLines reports whether a text, or the beginning of one, has lines of JSON, and several of them.
func hasJSONLines(text []byte, whole bool) bool {
	n := 0
	for line := range bytes.Lines(text) {
		if !whole && line[len(line)-1] != '\n' { // the last one, which is cut
			break
		}
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		if line[0] != '{' && line[0] != '[' || !jsonx.Valid(line) {
			return false
		}
		n++
	}
	return n > 1 || n > 0 && !whole
}

// Copy passes a file on.
func (f Filters) Copy(to io.Writer, from io.Reader, reserve func(bytes int64) error) error {
	_, err := io.Copy(to, &file{filters: f, from: from, reserve: reserve})
	return err
}
