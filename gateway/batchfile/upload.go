package batchfile

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"

	"github.com/sluicegate/sluice/gateway/vendorobject"
)

// Upload reads a form with a file while it is passed on. Finish ends it.
type Upload struct {
	io.Reader // of the form, unchanged

	pipe  *io.PipeWriter
	done  chan struct{}
	batch *vendorobject.Batch
}

// NewUpload reads along with the form's reader. It returns nil if the content type is not that of a
// form with a boundary.
func NewUpload(contentType string, from io.Reader) *Upload {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "multipart/form-data" || params["boundary"] == "" {
		return nil
	}
	r, w := io.Pipe()
	u := &Upload{pipe: w, done: make(chan struct{})}
	u.Reader = &ending{io.TeeReader(from, w), w}
	go func() { // Finish waits for it
		defer close(u.done)
		u.batch = read(multipart.NewReader(r, params["boundary"]))
		_, _ = io.Copy(io.Discard, r) // what follows goes to the vendor, too
	}()
	return u
}

// ending closes the pipe at the end of what was read.
type ending struct {
	io.Reader
	pipe *io.PipeWriter
}

func (e *ending) Read(p []byte) (int, error) {
	n, err := e.Reader.Read(p)
	if err != nil {
		_ = e.pipe.CloseWithError(err)
	}
	return n, err
}

// errUnfinished ends a form that was not passed on to its end.
var errUnfinished = errors.New("batchfile: the form was not read to its end")

// Finish waits for what was passed on to be read, and returns what it holds: nil for a file that is no
// batch.
func (u *Upload) Finish() *vendorobject.Batch {
	_ = u.pipe.CloseWithError(errUnfinished) // without effect after the end
	<-u.done
	return u.batch
}

const (
	maxParts   = 64
	maxPurpose = 100 // bytes
)

// read reads a form. The purpose may stand behind the file.
func read(form *multipart.Reader) *vendorobject.Batch {
	purpose, file, files := "", Counter{}, 0
	for range maxParts {
		part, err := form.NextRawPart()
		if err == io.EOF {
			if purpose != "batch" {
				return nil
			}
			batch := file.Batch()
			if files != 1 {
				batch = vendorobject.Batch{Unbounded: "The form of the batch's file has several files."}
			}
			return &batch
		}
		if err != nil {
			break
		}
		switch part.FormName() {
		case "purpose":
			var text []byte
			text, err = io.ReadAll(io.LimitReader(part, maxPurpose))
			if purpose = string(text); err == nil && purpose != "batch" {
				return nil
			}
		case "file":
			files++
			_, err = io.Copy(&file, part)
		}
		if err != nil {
			break
		}
	}
	return &vendorobject.Batch{Unbounded: "The file of the batch did not come in a form that Sluice can read."}
}
