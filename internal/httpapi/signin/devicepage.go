package signin

import (
	"crypto/subtle"
	"net/http"
	"net/url"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/identity/device"
	"github.com/sluicegate/sluice/gateway/identity/session"
	"github.com/sluicegate/sluice/internal/httpapi"
)

// signInForms are the ways to sign in on a page. OIDC is the address of the provider's, "" without
// one.
type signInForms struct{ Code, OIDC string }

// decideForm shows a program that asks.
type decideForm struct {
	Code, CSRF, Client, Address, Member, Workspace string
	Asked                                          string // when
	Calls                                          bool   // it asks to call models, not to administer
	Keys                                           []identity.DeviceKeyRef
}

const (
	titleDevice = "Let a program in"
	titleSignIn = "Sign in"
)

// shortCode is a user code as a page repeats it.
func shortCode(code string) string { return gateway.Clip(code, 20) }

// onPage finds who has signed in with this browser; nil if nobody has.
func (h *handlers) onPage(c *httpapi.Call) (*gateway.Principal, gateway.Secret) {
	token := c.SessionCookie()
	if token.Empty() {
		return nil, token
	}
	p, err := h.Accounts.Identify(c.Context(), token, c.ClientIP())
	if err != nil || h.approver(c, p, token) != nil {
		return nil, token
	}
	return p, token
}

func (h *handlers) signInPage(c *httpapi.Call, status int, code, problem string) error {
	f := &signInForms{Code: shortCode(code)}
	if h.Provider != nil {
		f.OIDC = "/v1/auth/oidc/login?return=" + url.QueryEscape("/device?user_code="+url.QueryEscape(f.Code))
	}
	return h.page(c, status, page{Title: titleSignIn, Problem: problem, SignIn: f})
}

// devicePage asks for the user code. One in the address is shown, and sent by the person only
// (RFC 8628, section 5.4).
func (h *handlers) devicePage(c *httpapi.Call) error {
	code := c.Query("user_code")
	if p, _ := h.onPage(c); p == nil {
		return h.signInPage(c, http.StatusOK, code, "")
	}
	return h.page(c, http.StatusOK, page{Title: titleDevice, Text: "Type the code that the program shows.", AskCode: true, Code: shortCode(code)})
}

// fromOwnPage refuses what a page of another site has sent. Such a page could otherwise sign its visitor
// in as somebody else, who then sees what the visitor enters.
func fromOwnPage(c *httpapi.Call) error {
	if err := http.NewCrossOriginProtection().Check(c.Request()); err != nil {
		return &gateway.Error{Op: "signin.fromOwnPage", Kind: gateway.Forbidden, Code: "cross_origin", Public: "This form was sent by another site.", Err: err}
	}
	return nil
}

// pageForm reads a form that our own page has sent.
func pageForm(c *httpapi.Call) (url.Values, error) {
	if err := fromOwnPage(c); err != nil {
		return nil, err
	}
	return form(c)
}

// signInOnPage takes an API key, or a member and a password.
func (h *handlers) signInOnPage(c *httpapi.Call) error {
	f, err := pageForm(c)
	if err != nil {
		return h.refusalPage(c, err)
	}
	fields := map[string]string{}
	for _, name := range []string{"api_key", "member", "password"} {
		fields[name] = f.Get(name)
	}
	who, x, err := h.prove(c, fields)
	x, token, err := h.open(c, who, x, err)
	if err != nil {
		if e := gateway.AsError(err); e.Kind != gateway.Internal && e.Kind != gateway.Cancelled {
			return h.signInPage(c, c.StatusOf(e), f.Get("user_code"), e.Public)
		}
		return err
	}
	c.SetSessionCookie(token, x.ExpiresAt)
	return c.Redirect("/device?user_code=" + url.QueryEscape(shortCode(f.Get("user_code"))))
}

// decideOnPage shows the program with a user code, or decides about it.
func (h *handlers) decideOnPage(c *httpapi.Call) error {
	f, err := pageForm(c)
	if err != nil {
		return h.refusalPage(c, err)
	}
	code := f.Get("user_code")
	p, token := h.onPage(c)
	if p == nil {
		return h.signInPage(c, http.StatusUnauthorized, code, "Sign in first.")
	}
	decision := f.Get("decision")
	if decision == "" {
		return h.askOnPage(c, p, token, code)
	}
	if subtle.ConstantTimeCompare([]byte(f.Get("csrf_token")), []byte(session.CSRF(token))) != 1 {
		return h.refusalPage(c, &gateway.Error{Op: "signin.decideOnPage", Kind: gateway.Forbidden, Code: "csrf_token", Public: "The form is of another session. Type the code again."})
	}
	if err := h.decide(c, p, code, f.Get("api_key"), decision == "approve"); err != nil {
		return h.codeProblem(c, err, code)
	}
	if decision != "approve" {
		return h.page(c, http.StatusOK, page{Title: "Refused", Text: "The program was refused."})
	}
	return h.page(c, http.StatusOK, page{Title: "Let in", Text: "The program is let in. You can close this page. " +
		"DELETE /v1/auth/sessions/{id} ends its session."})
}

func (h *handlers) askOnPage(c *httpapi.Call, p *gateway.Principal, token gateway.Secret, code string) error {
	g, err := h.Devices.Find(c.Context(), code, c.ClientIP())
	if err != nil {
		return h.codeProblem(c, err, code)
	}
	keys, err := h.Accounts.DeviceKeys(p)
	if err != nil {
		return h.refusalPage(c, err)
	}
	return h.page(c, http.StatusOK, page{Title: titleDevice, Decide: &decideForm{Code: shortCode(code), CSRF: session.CSRF(token), Client: g.Client, Address: g.Address,
		Member: p.MemberRef, Workspace: p.WorkspaceRef, Asked: g.CreatedAt.UTC().Format(time.RFC1123), Calls: g.Scope == device.Inference, Keys: keys}})
}

// codeProblem asks for the code again.
func (h *handlers) codeProblem(c *httpapi.Call, err error, code string) error {
	e := gateway.AsError(err)
	if e.Kind == gateway.Internal || e.Kind == gateway.Cancelled {
		return err
	}
	return h.page(c, c.StatusOf(e), page{Title: titleDevice, Problem: e.Public, AskCode: true, Code: shortCode(code)})
}
