package vendorapi

import (
	"io"
	"mime/multipart"
	"slices"
	"unicode/utf8"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/bodyfield"
	passed "github.com/sluicegate/sluice/gateway/vendorobject/form"
)

// maxField bounds a field that is read along, in bytes.
const maxField = 100

// formFields returns the named fields of a form that is passed on. It refuses a form that a vendor could
// read in another way: one with a field twice, or with a field that is a file.
func formFields(contentType string, body io.Reader, names ...string) (map[string]string, error) {
	const op = "vendorapi.formFields"
	fields := map[string]string{}
	reader := passed.NewReader(contentType, body, func(p *multipart.Part) error {
		name := p.FormName()
		if !slices.Contains(names, name) {
			if field := bodyfield.Match(name, names...); field != "" {
				return gateway.InvalidField(op, name, "The field '"+gateway.Shorten(name)+"' may be read as '"+field+"': spell it as the provider documents it.")
			}
			return nil
		}
		if _, again := fields[name]; again || p.FileName() != "" {
			return gateway.InvalidField(op, name, "The field '"+name+"' is given twice, or is a file.")
		}
		value, err := io.ReadAll(io.LimitReader(p, maxField+1))
		if err != nil {
			return err
		}
		if len(value) > maxField || !utf8.Valid(value) {
			return gateway.InvalidField(op, name, "The field '"+name+"' is longer than 100 bytes, or no UTF-8.")
		}
		fields[name] = string(value)
		return nil
	})
	if reader == nil {
		return nil, gateway.InvalidField(op, "content-type", "The body must be JSON, or a form with a boundary in its content-type.")
	}
	if _, err := io.Copy(io.Discard, reader); err != nil {
		_ = reader.Finish() // which says the same
		return nil, err
	}
	return fields, reader.Finish()
}
