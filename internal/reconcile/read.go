package reconcile

import (
	"bytes"
	"unicode/utf8"
)

// MaxFile is the size of the largest export that is read, in bytes.
const MaxFile = 256 << 20

// Read reads an export in one of the formats of the package comment. The error is an *Error.
func Read(file []byte) (*Export, error) {
	file = bytes.TrimPrefix(file, []byte("\ufeff"))
	trimmed := bytes.TrimSpace(file)
	switch {
	case len(trimmed) == 0:
		return nil, mistake(1, "the file is empty")
	case !utf8.Valid(file):
		return nil, mistake(1+bytes.Count(file[:invalidAt(file)], []byte("\n")), "the file is not UTF-8")
	case trimmed[0] == '{' || trimmed[0] == '[':
		return readJSON(file)
	}
	return readCSV(file)
}

func invalidAt(file []byte) (at int) {
	for at < len(file) {
		r, size := utf8.DecodeRune(file[at:])
		if r == utf8.RuneError && size <= 1 {
			break
		}
		at += size
	}
	return at
}
