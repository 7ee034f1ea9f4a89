package reconcile

import (
	"bytes"
	"compress/gzip"
	"io"
	"unicode/utf8"
)

// MaxFile is the size of the largest export that is read, in bytes.
const MaxFile = 256 << 20

// Read reads an export in one of the formats of the package comment. The error is an *Error.
func Read(file []byte) (*Export, error) {
	if bytes.HasPrefix(file, []byte{0x1f, 0x8b}) {
		var err error
		if file, err = unzip(file); err != nil {
			return nil, err
		}
	}
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

// unzip unpacks a file that is compressed with gzip, as AWS delivers its reports.
func unzip(file []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		return nil, mistake(1, "the file is not gzip, as it begins: %v", err)
	}
	plain, err := io.ReadAll(io.LimitReader(z, MaxFile+1))
	switch {
	case err != nil:
		return nil, mistake(1, "the file cannot be unpacked: %v", err)
	case len(plain) > MaxFile:
		return nil, mistake(1, "the file is larger than %d bytes unpacked", MaxFile)
	}
	return plain, nil
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
