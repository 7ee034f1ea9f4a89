package httpapi

import (
	"crypto/subtle"
	"net/http"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity/session"
)

const (
	sessionCookie = "sluice_session"
	csrfHeader    = "X-Csrf-Token"
)

// SessionCookie is the token of the session in the caller's cookie, empty if there is none.
func (c *Call) SessionCookie() gateway.Secret {
	cookie, err := c.Request().Cookie(sessionCookie)
	if err != nil || !session.HasToken(gateway.NewSecret(cookie.Value)) {
		return gateway.Secret{}
	}
	return gateway.NewSecret(cookie.Value)
}

// SetSessionCookie lets the caller's browser send a token with each request from this site, until
// it ends. No script reads it. An empty token takes the cookie away.
func (c *Call) SetSessionCookie(token gateway.Secret, until time.Time) {
	cookie := &http.Cookie{Name: sessionCookie, Value: token.Reveal(), Path: "/", Expires: until, SameSite: http.SameSiteStrictMode}
	if token.Empty() {
		cookie.MaxAge = -1
	}
	c.SetCookie(cookie)
}

// checkCSRF refuses a change by a cookie alone, which a browser sends whoever has made it ask.
func (c *Call) checkCSRF() error {
	switch c.Request().Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return nil
	}
	sent := c.Request().Header.Get(csrfHeader)
	if subtle.ConstantTimeCompare([]byte(sent), []byte(session.CSRF(c.apiKey))) == 1 {
		return nil
	}
	return &gateway.Error{Op: "httpapi.checkCSRF", Kind: gateway.Forbidden, Code: "csrf_token",
		Public: "A change with a session's cookie needs the header x-csrf-token: GET /v1/auth/session tells it."}
}

// Token is the API key or the session's token that the call came with.
func (c *Call) Token() gateway.Secret { return c.apiKey }
