package batchfile

import (
	"io"
	"mime/multipart"
	"strings"

	"github.com/sluicegate/sluice/gateway/vendorobject"
	"github.com/sluicegate/sluice/gateway/vendorobject/form"
)

// Upload reads a form with a file while it is passed on. Finish ends it.
type Upload struct {
	*form.Reader // of the form, unchanged

	purpose string // may stand behind the file
	file    Counter
	files   int
	lines   bool // Gemini's: the file says that it has lines of JSON
}

// NewUpload reads along with the form's reader. It returns nil if the content type is not that of a
// form with a boundary.
func NewUpload(f Format, contentType string, from io.Reader) *Upload {
	u := &Upload{file: Counter{Format: f}}
	if u.Reader = form.NewReader(contentType, from, u.part); u.Reader == nil {
		return nil
	}
	return u
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

// geminiBatch is what a file for Gemini holds.
func (u *Upload) geminiBatch(err error) *vendorobject.Batch {
	batch := u.file.Batch()
	if err != nil || u.files != 2 || batch.Unbounded != "" && !u.lines {
		return nil
	}
	return &batch
}

// Batch waits for what was passed on to be read, and returns what it holds: nil for a file that is no
// batch.
func (u *Upload) Batch() *vendorobject.Batch {
	err := u.Finish()
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
