package vendorapi

import (
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/vendorobject/form"
	"github.com/sluicegate/sluice/gateway/vendorobject/native"
	"github.com/sluicegate/sluice/internal/httpapi"
)

// filterForm lets redaction and guardrails read the body that is passed on, if it is a form; a body in which
// they can read nothing, they refuse. It is called when nobody else reads the body any more. kind is the
// type of the forms that the path takes. The form is nil if there is none.
func filterForm(c *httpapi.Call, kind string) *form.Filtered {
	pass := passOf(c)
	if pass == nil || pass.Body == nil || pass.Body.Parts != nil { // another reads it
		return nil
	}
	body := pass.Body
	f := form.NewFiltered(c.Request().Header.Get("Content-Type"), kind, body.Reader, c.Reserve)
	if f == nil {
		body.Parts = form.Unreadable("The body must be JSON or " + kind + ", so that redaction and guardrails can read it.")
		return nil
	}
	body.Reader, body.Parts = f, f
	return f
}

// passOf is what is passed on; nil: the call is refused.
func passOf(c *httpapi.Call) *gateway.PassThrough {
	if c.Exchange.Request == nil {
		return nil
	}
	return c.Exchange.Request.Pass
}

func finishForm(f *form.Filtered) {
	if f != nil {
		_ = f.Finish() // the stages have asked
	}
}

// filterForm is filterForm for a call of a vendor's own API. What goes to Google's uploads in no form is a
// file.
func (o *nativeObject) filterForm() *form.Filtered {
	const related = "multipart/related"
	if o.provider != "google" || !strings.HasPrefix(o.path, "upload/") {
		f := filterForm(o.call, "multipart/form-data")
		if f != nil {
			f.Piece = o.is.Kind == "uploads" && o.is.Access == native.Uses
		}
		return f
	}
	if kind, _ := form.Kind(o.call.Request().Header.Get("Content-Type")); kind != related {
		if pass := passOf(o.call); pass != nil && pass.Body != nil && pass.Body.Parts == nil {
			plain := form.NewPlainFile(pass.Body.Reader, o.call.Reserve)
			pass.Body.Reader, pass.Body.Parts = plain, plain
		}
		return nil
	}
	return filterForm(o.call, related)
}
