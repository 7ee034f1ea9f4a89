package form

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"strings"
	"unicode/utf8"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/opaque"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Filters are what the parts of a form pass through, each seeing what those before it have left.
type Filters []gateway.PartFilter

// Apply lets a part pass through all filters. The error says in which part it was.
func (f Filters) Apply(part gateway.BodyPart) (gateway.BodyPart, error) {
	place := part.Place
	for i := range f {
		var err error
		if part, err = f[i].Apply(part); err != nil {
			return part, within(place, err)
		}
	}
	return part, nil
}

// End tells the filters that there are no more parts.
func (f Filters) End() error {
	for i := range f {
		if f[i].End == nil {
			continue
		}
		if err := f[i].End(); err != nil {
			return within(form, err)
		}
	}
	return nil
}

// form is the place of what stands in no certain part.
const form = "the form"

func within(place string, err error) error {
	e := *gateway.AsError(err)
	if e.Kind != gateway.Cancelled {
		e.Public = "In " + place + ": " + e.Public
	}
	return &e
}

// Around lets a JSON object pass through that describes a form or its file.
func (f Filters) Around(raw []byte) ([]byte, error) {
	return f.around(form, opaque.Dialect{Free: true}, raw, false)
}

func (f Filters) around(place string, d gateway.Dialect, raw []byte, content bool) ([]byte, error) {
	around, err := gateway.NewRequest(d, gateway.OpPassThrough, raw)
	if err != nil {
		return nil, err
	}
	part, err := f.Apply(gateway.BodyPart{Place: place, Around: around, Content: content})
	if err != nil {
		return nil, err
	}
	return part.Around.Raw, nil
}

// Field is a text of a form: a field, the name of a file, or a file that is a text, which has no name.
type Field struct {
	Name, Value string
	// Setting tells that the value is no text in which a guardrail can require something.
	Setting bool
}

// fieldTexts is the dialect of fields: no string is binary data, not even one that says to be base64. Data
// comes in files.
type fieldTexts struct {
	opaque.Dialect
	fields []Field
}

// Texts implements gateway.RequestFormat.
func (d fieldTexts) Texts(raw []byte) (list []gateway.Text) {
	jsonx.Walk(raw, func(n jsonx.Node) jsonx.Action { // raw was checked
		if n.Kind == jsonx.KindString {
			bare := n.Path[2].Index == 0 || d.fields[n.Path[1].Index].Setting // a name
			list = append(list, gateway.Text{Path: n.Path.String(), Value: n.Text(), Bare: bare, At: gateway.Span{Start: n.Start, End: n.End()}})
		}
		return jsonx.Descend
	})
	return list
}

// Binary implements gateway.RequestFormat.
func (fieldTexts) Binary([]byte) []gateway.Span { return nil }

// Fields lets the texts of a form pass through together, and replaces their values by those that go on.
// Names and values stand in lists: as members of an object, some names would declare what is no text.
func (f Filters) Fields(fields []Field) error { return f.fields(form, fields) }

func (f Filters) fields(place string, fields []Field) error {
	list := []byte{'['}
	for i, field := range fields {
		if i > 0 {
			list = append(list, ',')
		}
		list = append(append(append(append(list, '['), jsonx.Quote(field.Name)...), ','), jsonx.Quote(field.Value)...)
		if inner, err := escaped(field); err != nil {
			return err
		} else if inner != nil {
			list = append(append(list, ','), inner...)
		}
		list = append(list, ']')
	}
	var o jsonx.Object
	o.Raw("fields", append(list, ']'))
	passed, err := f.around(place, fieldTexts{opaque.Dialect{Free: true}, fields}, o.JSON(), true)
	if err != nil {
		return err
	}
	i := 0
	for e := range jsonx.Elements(jsonx.Get(passed, "fields")) {
		if err := fields[i].pass(e.Value); err != nil {
			return err
		}
		i++
	}
	return nil
}

// pass takes the value that goes on.
func (f *Field) pass(passed []byte) error {
	at := func(i string) []byte { return jsonx.Get(passed, i) }
	value := jsonx.String(at("1"))
	inner, _ := escaped(*f) // it was asked before
	switch {
	case jsonx.String(at("0")) != f.Name:
		return refused("", "The name of a field of the form has personal data or a credential, where it cannot be replaced.")
	case value == f.Value && !bytes.Equal(at("2"), inner):
		return refused(gateway.Shorten(f.Name), f.shown()+" has personal data or a credential behind escapes, where it cannot be replaced.")
	}
	f.Value = value
	return nil
}

func (f *Field) shown() string {
	if f.Name == "" {
		return "A file"
	}
	return "The field '" + gateway.Shorten(f.Name) + "'"
}

// escaped is the value of a field that is a JSON text with escapes, so that what stands behind them is read
// as well; nil: it is none.
func escaped(f Field) ([]byte, error) {
	text := strings.TrimSpace(f.Value)
	if text == "" || !strings.Contains(text, `\`) || !strings.ContainsAny(text[:1], `{["`) || !jsonx.Valid([]byte(text)) {
		return nil, nil
	}
	if err := jsonx.Check([]byte(text), jsonx.DefaultLimits); err != nil {
		return nil, refused(gateway.Shorten(f.Name), f.shown()+" is no JSON that every vendor reads alike.")
	}
	return []byte(text), nil
}

// Unclear reports the name of a field or a file that readers may take for different ones.
func Unclear(name string) bool {
	return !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// ReadField reads a field of at most limit bytes, as it is read where there are filters.
func ReadField(p *multipart.Part, name string, limit int) (string, error) {
	value, err := io.ReadAll(io.LimitReader(p, int64(limit)+1))
	switch {
	case err != nil:
		return "", err
	case len(value) > limit || !utf8.Valid(value):
		return "", refused(gateway.Shorten(name), fmt.Sprintf("A field of a form with redaction or guardrails is text of at most %d bytes.", limit))
	}
	return string(value), nil
}
