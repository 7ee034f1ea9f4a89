package httpapi

import (
	"net/http"
	"strings"
)

// Origin is the scheme and the host under which the caller reaches the server: public_url, else
// what the request says. Nobody but the caller itself is answered with what a request says.
func (c *Call) Origin() string {
	if public := c.server.settings.PublicURL; public != "" {
		return public
	}
	r := c.Request()
	if r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https") {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// SetCookie lets the caller's browser keep a cookie. No script reads it, and over https it is never
// sent without TLS.
func (c *Call) SetCookie(cookie *http.Cookie) {
	cookie.HttpOnly, cookie.Secure = true, c.Secure()
	http.SetCookie(c.Writer(), cookie)
}

// Secure reports whether the caller reaches the server over https.
func (c *Call) Secure() bool { return strings.HasPrefix(c.Origin(), "https://") }
