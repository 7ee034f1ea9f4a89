package signin

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
)

//go:embed page.html
var pageText string

//go:embed page.css
var pageStyle string

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"style": func() template.CSS { return template.CSS(pageStyle) }, // ours, from page.css
}).Parse(pageText))

// pagePolicy allows the pages their own style and forms, and nothing else.
var pagePolicy = func() string {
	sum := sha256.Sum256([]byte(pageStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}()

// page is what a person sees.
type page struct {
	Title, Text, Problem string
	Next                 string // path to go on to by itself, ""

	AskCode bool   // for a user code
	Code    string // that stands in the field already
	SignIn  *signInForms
	Decide  *decideForm
}

// page answers with a page of HTML.
func (h *handlers) page(c *httpapi.Call, status int, p page) error {
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, p); err != nil {
		return &gateway.Error{Op: "signin.page", Kind: gateway.Internal, Err: err}
	}
	for name, value := range map[string]string{"Content-Security-Policy": pagePolicy, "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff",
		"Referrer-Policy": "same-origin", "Cache-Control": "no-store"} {
		c.SetHeader(name, value)
	}
	c.SendAs(status, "text/html; charset=utf-8", b.Bytes())
	return nil
}

// refusalPage tells a person why the sign-in was refused.
func (h *handlers) refusalPage(c *httpapi.Call, err error) error {
	e := gateway.AsError(err)
	if e.Kind == gateway.Internal || e.Kind == gateway.Cancelled {
		return err
	}
	return h.page(c, c.StatusOf(e), page{Title: "Not signed in", Text: e.Public})
}
