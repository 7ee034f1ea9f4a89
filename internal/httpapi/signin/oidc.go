package signin

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/identity/oidc"
	"github.com/sluicegate/sluice/gateway/identity/session"
	"github.com/sluicegate/sluice/internal/httpapi"
)

// Provider is the identity provider at which people sign in. It is oidc's client.
type Provider interface {
	Begin(ctx context.Context, redirect, back string) (oidc.Attempt, string, error)
	Finish(ctx context.Context, a oidc.Attempt, redirect string, answer oidc.Answer) (oidc.Person, error)
}

// Sealer encrypts what a browser keeps for us. It is credential's cipher.
type Sealer interface {
	Seal(table, row, column string, text gateway.Secret) []byte
	Open(table, row, column string, sealed []byte) (gateway.Secret, error)
}

// attemptCookie holds the sealed oidc.Attempt. A cookie named __Host- cannot be set by a
// neighbouring host; browsers take one over https only.
func attemptCookie(c *httpapi.Call) string {
	if c.Secure() {
		return "__Host-sluice_oidc"
	}
	return "sluice_oidc"
}

func redirectURL(c *httpapi.Call) string { return c.Origin() + "/v1/auth/oidc/callback" }

// beginOIDC sends the browser to the provider. ?return= is the path to go to afterwards.
func (h *handlers) beginOIDC(c *httpapi.Call) error {
	const op = "signin.beginOIDC"
	if h.Provider == nil {
		return &gateway.Error{Op: op, Kind: gateway.NotFound, Code: "oidc_off", Public: "Nobody signs in at an identity provider here."}
	}
	back, ok := ownPath(c.Query("return"))
	if !ok {
		return gateway.InvalidField(op, "return", "The parameter 'return' must be a path of this server, such as /device.")
	}
	attempt, address, err := h.Provider.Begin(c.Context(), redirectURL(c), back)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(attempt)
	if err != nil {
		return &gateway.Error{Op: op, Kind: gateway.Internal, Err: err}
	}
	sealed := h.Cookies.Seal("cookies", "oidc", "attempt", gateway.NewSecret(string(raw)))
	// Lax: the browser comes back from another site.
	c.SetCookie(&http.Cookie{Name: attemptCookie(c), Value: base64.RawURLEncoding.EncodeToString(sealed), Path: "/", Expires: attempt.Expires, SameSite: http.SameSiteLaxMode})
	return c.Redirect(address)
}

// ownPath accepts a path of this server, with a query or without. Browsers read a backslash as a
// slash, and two slashes as another host.
func ownPath(path string) (string, bool) {
	if path == "" {
		return "/device", true
	}
	u, err := url.Parse(path)
	ok := err == nil && len(path) <= 500 && u.Scheme == "" && u.Host == "" && u.User == nil && strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//") &&
		!strings.ContainsFunc(path, func(r rune) bool { return r == '\\' || r <= ' ' || r == 0x7f })
	return path, ok
}

// attempt is the one that the browser has begun, and takes it away from there.
func (h *handlers) attempt(c *httpapi.Call) (a oidc.Attempt) {
	cookie, err := c.Request().Cookie(attemptCookie(c))
	if err != nil {
		return a
	}
	c.SetCookie(&http.Cookie{Name: attemptCookie(c), Path: "/", MaxAge: -1, SameSite: http.SameSiteLaxMode})
	sealed, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil {
		return a
	}
	raw, err := h.Cookies.Open("cookies", "oidc", "attempt", sealed)
	if err != nil || json.Unmarshal([]byte(raw.Reveal()), &a) != nil {
		return oidc.Attempt{}
	}
	return a
}

// finishOIDC takes what the browser brings back, and signs the person in.
func (h *handlers) finishOIDC(c *httpapi.Call) error {
	if h.Provider == nil {
		return h.beginOIDC(c)
	}
	if err := h.Guesses.MayGuess(c.ClientIP()); err != nil {
		return h.refusalPage(c, err)
	}
	attempt := h.attempt(c)
	answer := oidc.Answer{State: c.Query("state"), Code: c.Query("code"), Issuer: c.Query("iss"), Error: c.Query("error")}
	person, err := h.Provider.Finish(c.Context(), attempt, redirectURL(c), answer)
	who, x := person.Email, session.Session{Method: session.WithOIDC}
	if err != nil && gateway.AsError(err).Kind == gateway.Unauthorized {
		h.Guesses.GuessedWrong(c.ClientIP())
	}
	if err == nil {
		x.Member, err = h.member(c, person)
	}
	if err == nil {
		x.Workspace, err = h.Accounts.Home(x.Member, "")
	}
	x, token, err := h.open(c, who, x, err)
	if err != nil {
		return h.refusalPage(c, err)
	}
	c.SetSessionCookie(token, x.ExpiresAt)
	// A page, not a redirect: the browser sends the new cookie from our own page only.
	return h.page(c, http.StatusOK, page{Title: "Signed in", Text: "You are signed in as " + who + ".", Next: attempt.Return})
}

// member is that of a person, with the roles that its groups have now. A change of them is an
// audit event of its own.
func (h *handlers) member(c *httpapi.Call, p oidc.Person) (id string, err error) {
	m, changed, err := h.Accounts.SignInPerson(c.Context(), identity.Person{Subject: p.Subject, Email: p.Email, Groups: p.Groups}, h.Mapping)
	if !changed {
		return m.ID, err
	}
	event := h.event(c, "member.update", "member", m.ID, m.Name, "")
	event.ResourceID, event.Detail = m.ID, map[string]string{"by": "oidc"}
	if lost := h.Audit.Audit(c.Context(), event); lost != nil && err == nil {
		err = &gateway.Error{Op: "signin.member", Kind: gateway.Unavailable, Code: "audit_failed", Public: "The change of your roles could not be recorded.", Err: lost}
	}
	return m.ID, err
}
