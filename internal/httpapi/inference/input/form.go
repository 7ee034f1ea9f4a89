package input

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// What a form may have, besides its size.
const (
	maxParts     = 64
	maxFieldName = 100
	maxFieldText = 1 << 20
	maxFileName  = 255
)

// Form reads multipart/form-data. It returns the fields as a JSON object, as gateway.File
// describes it, and the files, which are there until the call has ended.
func Form(c *httpapi.Call, boundary string) ([]byte, []gateway.File, error) {
	if boundary == "" {
		return nil, nil, badForm("content-type", "The header content-type has no boundary.")
	}
	body, err := formBody(c)
	if err != nil {
		return nil, nil, err
	}
	f := form{call: c}
	parts := multipart.NewReader(body, boundary)
	for n := 0; ; n++ {
		p, err := parts.NextRawPart()
		switch {
		case err == io.EOF:
			if _, err := io.Copy(io.Discard, body); err != nil { // what follows the form
				return nil, nil, err
			}
			return f.json(), f.files, nil
		case err != nil:
			return nil, nil, readError(err, badForm("", "The request body is not valid multipart/form-data."))
		case n == maxParts:
			return nil, nil, badForm("", "The form has more than "+strconv.Itoa(maxParts)+" parts.")
		}
		if err := f.part(p); err != nil {
			return nil, nil, err
		}
	}
}

// formBody is the body of a form as it arrives, or one that is unpacked first.
func formBody(c *httpapi.Call) (io.Reader, error) {
	if e := c.Request().Header.Get("Content-Encoding"); e == "" || strings.EqualFold(e, "identity") {
		body, _, err := c.BodyStream()
		return body, err
	}
	raw, err := c.Body()
	return bytes.NewReader(raw), err
}

// readError is the failure of reading a body, which may be another one than that of the form.
func readError(err, form error) error {
	var known *gateway.Error
	if errors.As(err, &known) {
		return known
	}
	return form
}

func badForm(field, public string) error {
	return gateway.InvalidField("input.Form", field, public)
}

// form is a form that is being read.
type form struct {
	call   *httpapi.Call
	names  []string // in order
	values map[string][][]byte
	files  []gateway.File
}

// part reads one part.
func (f *form) part(p *multipart.Part) error {
	name := p.FormName()
	shown := gateway.Clip(strings.ToValidUTF8(name, "\uFFFD"), maxFieldName)
	switch {
	case name == "" || len(name) > maxFieldName || !utf8.ValidString(name):
		return badForm(shown, "A part of the form has no name, or one that is not UTF-8 or longer than "+strconv.Itoa(maxFieldName)+" bytes.")
	case p.Header.Get("Content-Transfer-Encoding") != "" && !strings.EqualFold(p.Header.Get("Content-Transfer-Encoding"), "binary") && !strings.EqualFold(p.Header.Get("Content-Transfer-Encoding"), "8bit"):
		return badForm(shown, "The field '"+shown+"' has a content-transfer-encoding, which forms over HTTP do not have.")
	}
	if _, isFile := disposition(p)["filename"]; !isFile {
		data, err := io.ReadAll(io.LimitReader(p, maxFieldText+1))
		if err == nil {
			err = f.call.Reserve(int64(len(data)))
		}
		switch {
		case err != nil:
			return cutForm(shown, err)
		case len(data) > maxFieldText:
			return badForm(shown, "The field '"+shown+"' is longer than "+strconv.Itoa(maxFieldText)+" bytes.")
		case !utf8.Valid(data):
			return badForm(shown, "The field '"+shown+"' is not valid UTF-8.")
		}
		return f.add(name, jsonx.Quote(data), false)
	}
	file := gateway.File{Field: name, Name: p.FileName(), Type: p.Header.Get("Content-Type")}
	switch {
	case !utf8.ValidString(file.Name) || len(file.Name) > maxFileName:
		return badForm(shown, "The field '"+shown+"' has a file name that is not UTF-8 or longer than "+strconv.Itoa(maxFileName)+" bytes.")
	case len(file.Type) > maxFieldName || strings.ContainsFunc(file.Type, func(r rune) bool { return r < ' ' || r > '~' }):
		return badForm(shown, "The field '"+shown+"' has a content-type that is none.")
	}
	kept, err := f.call.Keep(p)
	if err != nil {
		return cutForm(shown, err)
	}
	file.Content, file.Size = kept, kept.Size
	f.files = append(f.files, file)
	return f.add(name, file.Description(), true)
}

// cutForm is the failure of reading a field.
func cutForm(shown string, err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return badForm(shown, "The form ends inside the field '"+shown+"'.")
	}
	return readError(err, badForm(shown, "The field '"+shown+"' cannot be read."))
}

// disposition returns the parameters of a part's content-disposition.
func disposition(p *multipart.Part) map[string]string {
	_, parameters, err := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
	if err != nil {
		return nil
	}
	return parameters
}

// add notes a value. Only files, and names that end in "[]", may stand several times.
func (f *form) add(name string, value []byte, isFile bool) error {
	if f.values == nil {
		f.values = map[string][][]byte{}
	}
	before := f.values[name]
	if len(before) == 0 {
		f.names = append(f.names, name)
	} else if !strings.HasSuffix(name, "[]") && (!isFile || before[0][0] != '{') {
		return badForm(name, "The field '"+name+"' is given twice.")
	}
	f.values[name] = append(before, value)
	return nil
}

// json returns the fields as an object.
func (f *form) json() []byte {
	var o jsonx.Object
	for _, name := range f.names {
		values := f.values[name]
		if len(values) == 1 && !strings.HasSuffix(name, "[]") {
			o.Raw(name, values[0])
			continue
		}
		o.Raw(name, append(append([]byte{'['}, bytes.Join(values, []byte{','})...), ']'))
	}
	return o.JSON()
}
