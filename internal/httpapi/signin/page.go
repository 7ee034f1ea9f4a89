package signin

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
)

//go:embed page.html
var pageFrame string

//go:embed page.css
var pageStyle string

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
	for name, value := range map[string]string{"Content-Security-Policy": pagePolicy, "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff",
		"Referrer-Policy": "same-origin", "Cache-Control": "no-store"} {
		c.SetHeader(name, value)
	}
	c.SendAs(status, "text/html; charset=utf-8", []byte(p.html()))
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

// markup is HTML with its values. Package html/template is not used: a program with it keeps the
// methods of all its types, since a template may name any of them, and is a fifth larger.
type markup struct{ strings.Builder }

// add appends a part, each %s in it replaced by a value. Values are escaped for text and for an
// attribute in quotes; of an address, the caller must have checked that it is a path of this server.
func (m *markup) add(part string, values ...string) {
	escaped := make([]any, len(values))
	for i, v := range values {
		escaped[i] = html.EscapeString(v)
	}
	fmt.Fprintf(m, part, escaped...)
}

// html is the whole page.
func (p page) html() string {
	var head, body markup
	if p.Next != "" {
		head.add("\n"+`<meta http-equiv="refresh" content="0; url=%s">`, p.Next)
	}
	if p.Problem != "" {
		body.add("\n"+`<p class="problem" role="alert">%s</p>`, p.Problem)
	}
	if p.Text != "" {
		body.add("\n<p>%s</p>", p.Text)
	}
	if p.Next != "" {
		body.add("\n"+`<p><a href="%s">Continue</a></p>`, p.Next)
	}
	if p.SignIn != nil {
		p.SignIn.add(&body)
	}
	if p.AskCode {
		body.add(askCode, p.Code)
	}
	if p.Decide != nil {
		p.Decide.add(&body)
	}
	return strings.NewReplacer("{head}", head.String(), "{title}", html.EscapeString(p.Title), "{style}", pageStyle, "{body}", body.String()).Replace(pageFrame)
}

const askCode = `
<form method="post" action="/device">
<label for="user_code">Code</label>
<input id="user_code" name="user_code" value="%s" autocomplete="off" autocapitalize="characters" spellcheck="false" required>
<button>Continue</button>
</form>`

func (f *signInForms) add(to *markup) {
	if f.OIDC != "" {
		to.add("\n"+`<p><a href="%s">Sign in with your organisation's account</a></p>`, f.OIDC)
	}
	to.add(`
<form method="post" action="/device/sign-in">
<input type="hidden" name="user_code" value="%s">
<label for="member">Member</label>
<input id="member" name="member" autocomplete="username" required>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button>Sign in with a password</button>
</form>
<form method="post" action="/device/sign-in">
<input type="hidden" name="user_code" value="%s">
<label for="api_key">API key</label>
<input id="api_key" name="api_key" type="password" autocomplete="off" required>
<button>Sign in with an API key</button>
</form>`, f.Code, f.Code)
}

func (f *decideForm) add(to *markup) {
	what := "administer Sluice"
	if f.Calls {
		what = "call models"
	}
	to.add(`
<p>A program asks to %s as you. Let it in only if you have started it yourself, just now, and it shows the code <strong>%s</strong>.</p>
<dl>
<dt>Program</dt><dd>%s</dd>
<dt>Address</dt><dd>%s</dd>
<dt>Asked</dt><dd>%s</dd>
<dt>You</dt><dd>%s, in the workspace %s</dd>
</dl>
<form method="post" action="/device">
<input type="hidden" name="csrf_token" value="%s">
<input type="hidden" name="user_code" value="%s">`, what, f.Code, f.Client, f.Address, f.Asked, f.Member, f.Workspace, f.CSRF, f.Code)
	if f.Calls && len(f.Keys) > 0 {
		to.add(`
<label for="api_key">Its calls count for your API key</label>
<select id="api_key" name="api_key">`)
		for _, key := range f.Keys {
			to.add("\n"+`<option value="%s">%s</option>`, key.ID, key.Name)
		}
		to.add("\n</select>")
	}
	to.add(`
<button name="decision" value="approve">Let it in</button>
<button name="decision" value="deny">Refuse</button>
</form>`)
}
