package form

import (
	"errors"
	"io"
	"sync"

	"github.com/sluicegate/sluice/gateway"
)

// PlainFile is a body that is a file, in no form. Without filters it passes as it is. It implements
// gateway.FilteredBody.
type PlainFile struct {
	file  file
	ended bool // the filters were told

	mu      sync.Mutex
	refused error
}

// NewPlainFile reads a file from from. reserve takes memory for one that is a text.
func NewPlainFile(from io.Reader, reserve func(bytes int64) error) *PlainFile {
	return &PlainFile{file: file{from: from, reserve: reserve}}
}

// Filter implements gateway.FilteredBody.
func (f *PlainFile) Filter(by gateway.PartFilter) error {
	f.file.filters = append(f.file.filters, by)
	return nil
}

// Refused implements gateway.FilteredBody.
func (f *PlainFile) Refused() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.refused
}

// Read implements io.Reader.
func (f *PlainFile) Read(p []byte) (int, error) {
	if len(f.file.filters) == 0 {
		return f.file.from.Read(p)
	}
	n, err := 0, error(nil)
	if failed := contained(func() error { n, err = f.file.Read(p); return nil }); failed != nil {
		n, err, f.file.err = 0, failed, failed
	}
	if err == io.EOF && !f.ended {
		f.ended = true
		if refused := f.file.filters.End(); refused != nil {
			err, f.file.err = refused, refused
		}
	}
	if known := (*gateway.Error)(nil); errors.As(err, &known) {
		f.mu.Lock()
		f.refused = known
		f.mu.Unlock()
	}
	return n, err
}
