package gateway

import (
	"io"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// File is a file of a form, as in multipart/form-data. Its content is no text: stages pass it on.
//
// Raw of the request holds the form's fields as a JSON object: a field is a string, a name that
// stands several times a list, and a file the object that [File.Description] returns, so that
// stages see its name.
type File struct {
	Field string // name in the form
	Name  string // as the caller named the file
	Type  string // media type, "" if the caller sent none
	Size  int64  // bytes
	// Content is what it holds. It is there as long as the call lasts, on disk if it is large.
	Content io.ReaderAt
}

// Members of a file's description.
const (
	FileName = "filename"
	FileType = "content_type"
	FileSize = "bytes"
)

// Description returns what stands for the file in Raw of a request.
func (f *File) Description() []byte {
	var o jsonx.Object
	o.Text(FileName, f.Name)
	o.Text(FileType, f.Type)
	o.Int(FileSize, f.Size)
	return o.JSON()
}
