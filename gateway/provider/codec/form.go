package codec

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// newForm returns a POST of a request with files as multipart/form-data. The files are not copied.
func newForm(to *url.URL, req *gateway.Request) (*http.Request, error) {
	f := formWriter{files: req.Files}
	f.form = multipart.NewWriter(&f.text)
	for m := range jsonx.Members(req.Raw) {
		if m.Value[0] != '[' {
			f.member(m.Key, m.Value)
			continue
		}
		for e := range jsonx.Elements(m.Value) {
			f.member(m.Key, e.Value)
		}
	}
	for len(f.files) > 0 && f.err == nil { // what a config took out of the fields is sent nevertheless
		f.file(f.files[0].Name, f.files[0].Type)
	}
	if f.err == nil {
		f.err = f.form.Close()
	}
	if f.err != nil {
		return nil, &gateway.Error{Op: "codec.newForm", Kind: gateway.Internal, Err: f.err}
	}
	f.cut()
	r := NewPost(to, nil, req.Stream())
	r.Header.Set("Content-Type", f.form.FormDataContentType())
	r.Header.Set("Accept", "*/*")
	r.Body, r.ContentLength = io.NopCloser(io.MultiReader(f.parts...)), f.size
	return r, nil
}

// formWriter writes the fields of a form, and puts the files between them.
type formWriter struct {
	files []gateway.File // that are not written yet
	form  *multipart.Writer
	text  bytes.Buffer // since the last file
	parts []io.Reader
	size  int64
	err   error
}

// member writes one value of a field.
func (f *formWriter) member(name string, value []byte) {
	switch {
	case f.err != nil || value[0] == 'n':
	case value[0] == '{' && len(f.files) > 0 && f.files[0].Field == name:
		f.file(jsonx.String(jsonx.Get(value, gateway.FileName)), f.files[0].Type)
	case value[0] == '"':
		f.err = f.form.WriteField(name, jsonx.String(value))
	default:
		f.err = f.form.WriteField(name, string(value))
	}
}

var quoteEscaper = strings.NewReplacer("\\", "\\\\", `"`, "\\\"", "\r", "%0D", "\n", "%0A")

// file writes the next file under a name.
func (f *formWriter) file(name, contentType string) {
	next := f.files[0]
	f.files = f.files[1:]
	h := textproto.MIMEHeader{}
	h.Set("Content-Disposition", `form-data; name="`+quoteEscaper.Replace(next.Field)+`"; filename="`+quoteEscaper.Replace(name)+`"`)
	if contentType == "" {
		contentType = "application/octet-stream"
	}
	h.Set("Content-Type", contentType)
	if _, f.err = f.form.CreatePart(h); f.err != nil {
		return
	}
	f.cut()
	f.parts, f.size = append(f.parts, io.NewSectionReader(next.Content, 0, next.Size)), f.size+next.Size
}

// cut makes what was written since the last file a part of the body.
func (f *formWriter) cut() {
	text := bytes.Clone(f.text.Bytes())
	f.text.Reset()
	f.parts, f.size = append(f.parts, bytes.NewReader(text)), f.size+int64(len(text))
}
