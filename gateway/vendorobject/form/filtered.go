package form

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"sync"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/opaque"
)

// maxTexts bounds the texts of a form that stand next to each other, and so each of them, in bytes.
const maxTexts = 1 << 20

// Filtered is a form that is passed on. Without filters it passes as it is; with filters it is written anew:
// texts that stand next to each other pass the filters together, before any of their bytes is sent. Text
// files pass them, too, and binary files are copied. Finish ends it. It implements gateway.FilteredBody.
type Filtered struct {
	contentType string
	kind        string
	from        io.Reader
	reserve     func(bytes int64) error
	filters     Filters
	started     sync.Once
	form        *Reader // nil: there are no filters

	// Piece tells that the file of the form is a piece of one, whose text filters cannot read alone.
	Piece bool

	// What the form's goroutine uses.
	waiting []Field // fields that wait for the filters
	size    int     // of waiting, in bytes
	parts   int     // of multipart/related

	fileSpace bool // memory is taken for files that are texts

	mu      sync.Mutex
	refused error
}

// NewFiltered reads a form of a kind, "multipart/form-data" or "multipart/related", from from. It returns
// nil if the content type is not that of such a form. reserve takes memory where there are filters.
func NewFiltered(contentType, kind string, from io.Reader, reserve func(bytes int64) error) *Filtered {
	if is, _ := Kind(contentType); is != kind {
		return nil
	}
	return &Filtered{contentType: contentType, kind: kind, from: from, reserve: reserve}
}

// Filter implements gateway.FilteredBody.
func (f *Filtered) Filter(by gateway.PartFilter) error {
	if len(f.filters) == 0 {
		if !PlainBoundary(f.contentType) {
			return refused("content-type", "The header content-type must have a plain boundary, so that redaction and guardrails can read the form.")
		}
		if err := f.reserve(4 * maxTexts); err != nil { // as it came, as JSON, as it goes on
			return err
		}
	}
	f.filters = append(f.filters, by)
	return nil
}

// Refused implements gateway.FilteredBody.
func (f *Filtered) Refused() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.refused
}

// start chooses at the first Read, when all filters are known, how the form is read.
func (f *Filtered) start() {
	f.started.Do(func() {
		if len(f.filters) == 0 {
			return
		}
		each := f.part
		if f.kind == "multipart/related" {
			each = f.relatedPart
		}
		f.form = NewRewriter(f.contentType, f.from, each, f.end)
	})
}

// Read implements io.Reader.
func (f *Filtered) Read(p []byte) (int, error) {
	f.start()
	if f.form == nil {
		return f.from.Read(p)
	}
	n, err := f.form.Read(p)
	if known := (*gateway.Error)(nil); errors.As(err, &known) {
		f.mu.Lock()
		f.refused = known
		f.mu.Unlock()
	}
	return n, err
}

// Finish waits for what was passed on to be read. It returns why the form was refused, if it was, or
// ErrUnfinished.
func (f *Filtered) Finish() error {
	f.start()
	if f.form == nil {
		return nil
	}
	return f.form.Finish()
}

// part reads a part of multipart/form-data. Fields wait for those behind them.
func (f *Filtered) part(p *multipart.Part, to *Writer) error {
	name, filename := p.FormName(), fileName(p)
	if name == "" || Unclear(name) || Unclear(filename) {
		return refused("", "A part of the form has no name that every vendor reads alike.")
	}
	if filename == "" {
		value, err := ReadField(p, name, maxTexts)
		if err != nil {
			return err
		}
		return f.wait(Field{name, value, opaque.IsReference(name)}, to)
	}
	if err := f.passTexts(to); err != nil {
		return err
	}
	called := []Field{{name, filename, true}}
	if err := f.filters.Fields(called); err != nil {
		return err
	}
	w, err := to.Named(name, called[0].Value, p.Header.Get("Content-Type"))
	if err == nil {
		err = f.passFile(w, p)
	}
	return err
}

// fileName is the name of a part's file with its folders, which Part.FileName leaves out: those of a skill
// mean something.
func fileName(p *multipart.Part) string {
	_, parameters, _ := mime.ParseMediaType(p.Header.Get("Content-Disposition")) // FormName has read it, too
	return parameters["filename"]
}

// passFile passes the content of a file on.
func (f *Filtered) passFile(to io.Writer, from io.Reader) error {
	_, err := io.Copy(to, &file{filters: f.filters, from: from, reserve: f.reserveFile, alone: f.Piece})
	return err
}

// reserveFile takes memory for the files of the form, of which one is read at a time.
func (f *Filtered) reserveFile(bytes int64) error {
	if f.fileSpace {
		return nil
	}
	f.fileSpace = true
	return f.reserve(bytes)
}

// wait keeps a field until a file or the end of the form follows, or there are too many.
func (f *Filtered) wait(field Field, to *Writer) error {
	size := len(field.Name) + len(field.Value)
	if f.size+size > maxTexts {
		if err := f.passTexts(to); err != nil {
			return err
		}
	}
	f.waiting, f.size = append(f.waiting, field), f.size+size
	return nil
}

// passTexts lets the waiting fields pass the filters, and writes them.
func (f *Filtered) passTexts(to *Writer) error {
	if len(f.waiting) == 0 {
		return nil
	}
	fields := f.waiting
	if err := f.reserve(int64(f.size)); err != nil { // a filter may keep them
		return err
	}
	f.waiting, f.size = nil, 0
	if err := f.filters.Fields(fields); err != nil {
		return err
	}
	for _, field := range fields {
		w, err := to.Named(field.Name, "", "")
		if err == nil {
			_, err = io.WriteString(w, field.Value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// end is called after the last part.
func (f *Filtered) end(to *Writer) error {
	if err := f.passTexts(to); err != nil {
		return err
	}
	return f.filters.End()
}

// relatedPart reads a part of multipart/related: the description of a file in JSON, and then the file
// (https://ai.google.dev/api/file-search/file-search-stores).
func (f *Filtered) relatedPart(p *multipart.Part, to *Writer) error {
	if f.parts++; f.parts > 2 {
		return refused("", "The form of a file has two parts.")
	}
	w, err := to.Unnamed(p.Header.Get("Content-Type"))
	if err != nil {
		return err
	}
	if f.parts == 2 {
		return f.passFile(w, p)
	}
	text, err := ReadField(p, "file", maxTexts)
	if err != nil {
		return err
	}
	about, err := f.filters.Around([]byte(text))
	if err == nil {
		_, err = w.Write(about)
	}
	return err
}

// Unreadable is a body that is in no form, so that no filter can read it. It says in a sentence what the
// body must be. It implements gateway.FilteredBody.
type Unreadable string

// Filter implements gateway.FilteredBody.
func (u Unreadable) Filter(gateway.PartFilter) error {
	return gateway.InvalidField("form.Unreadable", "content-type", string(u))
}

// Refused implements gateway.FilteredBody.
func (Unreadable) Refused() error { return nil }
