package batchfile

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/vendorobject/form"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// maxField bounds a field of a form with a batch's file, in bytes.
const maxField = 64 << 10

// Filter implements gateway.FilteredBody. The form is read strictly then: one that a vendor could read in
// another way than Sluice is refused.
func (u *Upload) Filter(f gateway.PartFilter) error {
	if len(u.filters) == 0 {
		want := "multipart/form-data"
		if u.file.Format == Gemini {
			want = "multipart/related"
		}
		if kind, _ := form.Kind(u.contentType); kind != want || !form.PlainBoundary(u.contentType) {
			return refusedForm("content-type", "The header content-type must be '"+want+"' with a plain boundary, so that redaction and guardrails can read the file.")
		}
		if err := u.reserve(MaxLine); err != nil {
			return err
		}
	}
	u.filters = append(u.filters, f)
	return nil
}

func refusedForm(field, public string) error {
	return gateway.InvalidField("batchfile.Upload", field, public)
}

// rewrite writes a part of the form as it goes upstream.
func (u *Upload) rewrite(p *multipart.Part, to *form.Writer) error {
	if u.file.Format == Gemini {
		return u.rewriteRelated(p, to)
	}
	name, filename := p.FormName(), p.FileName()
	switch {
	case name == "" || form.Unclear(name) || form.Unclear(filename):
		return refusedForm("", "A part of the form has no name that every vendor reads alike.")
	case name == "file":
		return u.rewriteFile(p, filename, to)
	case filename != "" || strings.EqualFold(name, "file"):
		return refusedForm(gateway.Shorten(name), "A form with redaction or guardrails has one file, in the field 'file'.")
	case name != "purpose" && strings.EqualFold(name, "purpose"):
		return refusedForm(gateway.Shorten(name), "The field '"+gateway.Shorten(name)+"' may be read as 'purpose'.")
	}
	value, err := form.ReadField(p, name, maxField)
	if err != nil {
		return err
	}
	if name == "purpose" {
		if u.purposes++; u.purposes > 1 {
			return refusedForm("purpose", "The field 'purpose' is given twice.")
		}
		u.purpose = value
	}
	if value, err = u.filterText(name, value); err != nil {
		return err
	}
	w, err := to.Named(name, "", "")
	if err == nil {
		_, err = io.WriteString(w, value)
	}
	return err
}

// filterText lets a field of the form, or the name of its file, pass through the filters.
func (u *Upload) filterText(name, value string) (string, error) {
	field := []form.Field{{Name: name, Value: value, Setting: true}}
	err := u.filters.Fields(field)
	return field[0].Value, err
}

// rewriteFile writes the part with the file.
func (u *Upload) rewriteFile(p *multipart.Part, filename string, to *form.Writer) error {
	if u.files++; u.files > 1 {
		return refusedForm("file", "A form with redaction or guardrails has one file, in the field 'file'.")
	}
	var err error
	if filename != "" {
		if filename, err = u.filterText("filename", filename); err != nil {
			return err
		}
	}
	w, err := to.Named("file", filename, p.Header.Get("Content-Type"))
	switch {
	case err != nil:
		return err
	case u.purposes > 0 && !u.saysBatch():
		u.passed = true
		return u.filters.Copy(w, p, u.reserve)
	}
	return u.rewriteLines(p, w, u.purposes > 0)
}

// saysBatch reports whether the purpose may mean a batch to a vendor.
func (u *Upload) saysBatch() bool { return strings.EqualFold(strings.TrimSpace(u.purpose), "batch") }

// rewriteRelated writes a part of a form for Gemini: the description, and then the file.
func (u *Upload) rewriteRelated(p *multipart.Part, to *form.Writer) error {
	contentType := p.Header.Get("Content-Type")
	switch u.files++; u.files {
	case 1:
		text, err := form.ReadField(p, "file", maxField)
		if err != nil {
			return err
		}
		about, err := u.filters.Around([]byte(text))
		if err != nil {
			return err
		}
		w, err := to.Unnamed(contentType)
		if err == nil {
			_, err = w.Write(about)
		}
		return err
	case 2:
		u.lines = strings.Contains(contentType, "json")
		w, err := to.Unnamed(contentType)
		if err != nil {
			return err
		}
		return u.rewriteLines(p, w, false)
	}
	return refusedForm("", "The form of a file has two parts.")
}

// rewriteLines writes a file whose lines pass through the filters. Where nobody has said that it is the
// file of a batch, its first line tells: a file without calls is passed on as it is.
func (u *Upload) rewriteLines(from io.Reader, to io.Writer, said bool) error {
	r := form.NewLineReader(from)
	for {
		line, err := r.Next()
		text := bytes.Trim(line, " \t\r\n")
		switch {
		case err == io.EOF:
			u.judged = true
			return nil
		case err != nil && err != form.ErrLongLine:
			return err
		case !said && (err != nil || len(text) > 0 && !u.file.Format.isCall(text)):
			u.passed = true
			return u.filters.Copy(to, io.MultiReader(bytes.NewReader(line), r.From), u.reserve)
		case err != nil:
			return u.badLine(r.Lines, fmt.Sprintf("is longer than %d bytes", MaxLine))
		case len(text) > 0:
			said = true
			if line, err = u.rewriteLine(line, text, r.Lines); err != nil {
				return err
			}
		}
		_, _ = u.file.Write(line) // it never fails
		if _, err := to.Write(line); err != nil {
			return err
		}
	}
}

func (u *Upload) badLine(n int, why string) error {
	return refusedForm("file", fmt.Sprintf("Line %d of the file %s. Redaction and guardrails apply to each line.", n, why))
}

// rewriteLine is a line as it goes upstream. text is what it holds.
func (u *Upload) rewriteLine(line, text []byte, n int) ([]byte, error) {
	came, why := u.file.Format.call(text)
	if why != "" {
		return nil, u.badLine(n, why)
	}
	came.Place = fmt.Sprintf("line %d of the file", n)
	goes, err := u.filters.Apply(came)
	switch {
	case err != nil:
		return nil, err
	case !bytes.Equal(goes.Around.Raw, came.Around.Raw):
		return nil, u.badLine(n, "has personal data or a credential in "+changed(came.Around.Raw, goes.Around.Raw)+", where it cannot be replaced")
	case bytes.Equal(goes.Request.Raw, came.Request.Raw):
		return line, nil
	}
	text = jsonx.Update(text, jsonx.Change{Name: u.file.Format.member(), Value: goes.Request.Raw})
	if line[len(line)-1] == '\n' {
		text = append(text, '\n')
	}
	return text, nil
}

// changed names the member of an object that another object has otherwise.
func changed(a, b []byte) string {
	for m := range jsonx.Members(a) {
		if !bytes.Equal(m.Value, jsonx.Get(b, m.Key)) {
			if unnamed := jsonx.Get(b, m.Key) == nil; unnamed { // the name holds it
				return "the name of a field"
			}
			return "the field '" + gateway.Shorten(m.Key) + "'"
		}
	}
	return "a field"
}

// endRewritten is asked after the last part, before the end of the form goes upstream.
func (u *Upload) endRewritten(*form.Writer) error {
	if u.file.Format != Gemini && u.saysBatch() && !u.judged && u.files > 0 {
		return refusedForm("file", "The file has no calls that redaction and guardrails could read: its first line is no call of a batch.")
	}
	return u.filters.End()
}
