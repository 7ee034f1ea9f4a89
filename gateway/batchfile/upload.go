package batchfile

import (
	"io"
	"mime/multipart"

	"github.com/sluicegate/sluice/gateway/vendorobject"
	"github.com/sluicegate/sluice/gateway/vendorobject/form"
)

// Upload reads a form with a file while it is passed on. Finish ends it.
type Upload struct {
	*form.Reader // of the form, unchanged

	purpose string // may stand behind the file
	file    Counter
	files   int
}

// NewUpload reads along with the form's reader. It returns nil if the content type is not that of a
// form with a boundary.
func NewUpload(contentType string, from io.Reader) *Upload {
	u := &Upload{}
	if u.Reader = form.NewReader(contentType, from, u.part); u.Reader == nil {
		return nil
	}
	return u
}

const maxPurpose = 100 // bytes

// part reads one part of the form.
func (u *Upload) part(p *multipart.Part) (err error) {
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

// Batch waits for what was passed on to be read, and returns what it holds: nil for a file that is no
// batch.
func (u *Upload) Batch() *vendorobject.Batch {
	err := u.Finish()
	switch {
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
