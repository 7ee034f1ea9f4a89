package batchfile

import (
	"errors"
	"io"
	"mime/multipart"
	"strings"
	"sync"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/vendorobject"
	"github.com/sluicegate/sluice/gateway/vendorobject/form"
)

// Upload reads a form with a file while it is passed on. Without filters the form passes as it is, with
// filters it is written anew. Finish ends it. It implements gateway.FilteredBody.
type Upload struct {
	contentType string
	from        io.Reader
	reserve     func(bytes int64) error
	filters     form.Filters
	started     sync.Once
	form        *form.Reader

	// What the form's goroutine writes; to be read after Finish.
	purpose  string // may stand behind the file
	purposes int
	file     Counter
	files    int
	lines    bool // Gemini's: the file says that it has lines of JSON
	judged   bool // every line of the file has passed the filters
	passed   bool // the file was passed on although there are filters: its lines are no calls

	mu      sync.Mutex
	refused error
}

// NewUpload reads along with the form's reader. It returns nil if the content type is not that of a
// form with a boundary. reserve takes memory for a line where there are filters.
func NewUpload(f Format, contentType string, from io.Reader, reserve func(bytes int64) error) *Upload {
	if kind, _ := form.Kind(contentType); kind == "" {
		return nil
	}
	return &Upload{contentType: contentType, from: from, reserve: reserve, file: Counter{Format: f}}
}

// start chooses at the first Read, when all filters are known, how the form is read.
func (u *Upload) start() {
	u.started.Do(func() {
		if len(u.filters) > 0 {
			u.form = form.NewRewriter(u.contentType, u.from, u.rewrite, u.endRewritten)
			return
		}
		u.form = form.NewReader(u.contentType, u.from, u.part)
	})
}

// Read implements io.Reader.
func (u *Upload) Read(p []byte) (int, error) {
	u.start()
	n, err := u.form.Read(p)
	if known := (*gateway.Error)(nil); errors.As(err, &known) {
		u.mu.Lock()
		u.refused = known
		u.mu.Unlock()
	}
	return n, err
}

// Finish waits for what was passed on to be looked at. It returns why the form was refused, if it was, or
// form.ErrUnfinished.
func (u *Upload) Finish() error {
	u.start()
	return u.form.Finish()
}

// Refused implements gateway.FilteredBody.
func (u *Upload) Refused() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.refused
}

const maxPurpose = 100 // bytes

// part reads one part of the form.
func (u *Upload) part(p *multipart.Part) (err error) {
	if u.file.Format == Gemini { // its parts are the description and the file, and have no names
		return u.geminiPart(p)
	}
	switch p.FormName() {
	case "purpose":
		var text []byte
		text, err = io.ReadAll(io.LimitReader(p, maxPurpose))
		u.purpose = string(text)
	case "file":
		if u.files++; u.purpose == "" || u.purpose == "batch" {
			_, err = io.Copy(&u.file, p)
		}
	}
	return err
}

// geminiPart reads a part of multipart/related (https://ai.google.dev/api/files). Whether a file is that of
// a batch is not said.
func (u *Upload) geminiPart(p *multipart.Part) error {
	if u.files++; u.files != 2 {
		return nil
	}
	u.lines = strings.Contains(p.Header.Get("Content-Type"), "json")
	_, err := io.Copy(&u.file, p)
	return err
}

// Batch waits for what was passed on to be read, and returns what it holds: nil for a file that is no
// batch.
func (u *Upload) Batch() *vendorobject.Batch {
	err := u.Finish()
	batch := u.batch(err)
	if batch != nil && err == nil && u.judged {
		for _, f := range u.filters {
			batch.Judged = append(batch.Judged, f.By...)
		}
	}
	return batch
}

func (u *Upload) batch(err error) *vendorobject.Batch {
	switch {
	case u.file.Format == Gemini:
		return u.geminiBatch(err)
	case u.purpose != "batch" && u.purpose != "":
		return nil
	case err != nil && u.purpose == "" && u.files == 0:
		return nil
	case err != nil:
		return &vendorobject.Batch{Unbounded: "The file of the batch did not come in a form that Sluice can read."}
	case u.purpose == "":
		return nil
	case u.files != 1:
		return &vendorobject.Batch{Unbounded: "The form of the batch's file has several files."}
	}
	batch := u.file.Batch()
	return &batch
}

// geminiBatch is what a file for Gemini holds.
func (u *Upload) geminiBatch(err error) *vendorobject.Batch {
	batch := u.file.Batch()
	if err != nil || u.files != 2 || batch.Unbounded != "" && !u.lines && !u.judged {
		return nil
	}
	return &batch
}
