package httpapi

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/clientsecret"
	"github.com/sluicegate/sluice/internal/httpapi/errorformat"
	"github.com/sluicegate/sluice/internal/httpapi/header"
	"github.com/sluicegate/sluice/internal/httpapi/spool"
)

// Call is one HTTP request being answered. It lives on one goroutine and ends with its
// handler; the pipeline never sees it.
type Call struct {
	ID       string // request id
	Start    time.Time
	Trace    gateway.Trace
	Route    string            // pattern without the /api prefix
	Exchange *gateway.Exchange // set by a handler that runs the pipeline; nil otherwise
	// DefaultProvider is the provider of a call whose headers name no target; "" = what the model and
	// the configs say. A handler sets it before it reads the envelope.
	DefaultProvider string

	format       errorformat.Format // of the route; nil: the caller's headers decide
	compat       gateway.Compat     // whose errors the answers in OpenAI's format have
	server       *Server
	echo         echo.Context
	headers      header.Request
	badTrace     error  // what is wrong with the trace headers
	queryKey     string // ?key=
	namedKey     gateway.Secret
	googleKey    bool // a key stood where Google's clients send it
	apiKey       gateway.Secret
	credential   gateway.Secret      // the caller's own provider credential
	takesSecrets clientsecret.API    // which client secrets may stand in the place of the API key
	grant        *clientsecret.Grant // of the caller's client secret; nil = it has an API key
	principal    *gateway.Principal
	refused      error // why the caller is not authenticated; nil once it is
	body         *body
	maxBody      int64 // bytes; 0 = the server's
	reserved     int64 // bytes of Server.memory
	kept         []*spool.Content
	gone         bool     // the caller left before the answer began
	admitted     []func() // ends what lasts as long as the call

	audit   *AuditRule // of the route; nil: there is no event, or it is written
	note    AuditNote
	failure *gateway.Error // that the call is answered with
}

// Request is the HTTP request. Its body is read by Call.Body only.
func (c *Call) Request() *http.Request { return c.echo.Request() }

// Context ends when the caller leaves or the handler returns.
func (c *Call) Context() context.Context { return c.echo.Request().Context() }

// Writer is where the answer goes. Use it with http.ResponseController to flush or hijack.
func (c *Call) Writer() http.ResponseWriter { return c.echo.Response() }

// Flush sends what was written, where the writer can. Unlike echo's, it reports an error.
func (c *Call) Flush() error {
	err := http.NewResponseController(c.echo.Response().Writer).Flush()
	if errors.Is(err, http.ErrNotSupported) {
		return nil
	}
	return err
}

// Now is the server's clock.
func (c *Call) Now() time.Time { return c.server.settings.Now() }

// NewID makes an id like those of requests.
func (c *Call) NewID() string { return c.server.settings.NewID(c.Now()) }

// NamedKey is the API key, or the hash of one, that ?key= asks about on a route that says NamesKey.
// The parameter is taken out of the URL before anything is logged.
func (c *Call) NamedKey() gateway.Secret { return c.namedKey }

// ClientIP is the caller's address.
func (c *Call) ClientIP() string { return c.echo.RealIP() }

// Query is one parameter of the URL, "" if it is absent.
func (c *Call) Query(name string) string { return c.echo.QueryParam(name) }

// Param is one part of the path, decoded.
func (c *Call) Param(name string) string {
	v := c.echo.Param(name)
	if c.Request().URL.RawPath == "" { // echo matched the decoded path
		return v
	}
	if decoded, err := url.PathUnescape(v); err == nil {
		return decoded
	}
	return v
}

// CallerGone reports whether the caller has closed the connection.
func (c *Call) CallerGone() bool { return c.Context().Err() != nil }

// Authenticated is the caller, and the error that tells why it is not known or may not do this.
func (c *Call) Authenticated() (*gateway.Principal, error) { return c.principal, c.refused }

// authenticate takes the credentials out of the headers and asks who the caller is.
func (c *Call) authenticate(by Authenticator) {
	const op = "httpapi.authenticate"
	found := header.Take(c.Request().Header, c.queryKey)
	c.apiKey, c.credential = found.APIKey, found.Provider
	inCookie := false
	if c.apiKey.Empty() {
		c.apiKey = c.SessionCookie()
		inCookie = !c.apiKey.Empty()
	}
	switch {
	case found.Conflict[0] != "":
		c.refused = &gateway.Error{Op: op, Kind: gateway.Unauthorized, Code: "two_api_keys",
			Public: "Two different API keys: in " + found.Conflict[0] + " and in " + found.Conflict[1] + ". Send one of them."}
	case c.apiKey.Empty():
		c.refused = &gateway.Error{Op: op, Kind: gateway.Unauthorized, Code: "missing_api_key",
			Public: "No API key: send it as Authorization: Bearer, or in x-sluice-api-key."}
	case clientsecret.IsSecret(c.apiKey):
		c.principal, c.refused = c.redeem()
	case by == nil:
		c.refused = &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "Keys cannot be checked now."}
	default:
		c.principal, c.refused = by.Identify(c.Context(), c.apiKey, c.ClientIP())
		if c.refused == nil && inCookie {
			c.refused = c.checkCSRF()
		}
	}
	c.setCompat()
}

// Identify asks once more who the caller is, for an answer that lasts longer than its rights may. A
// client secret may have expired since.
func (c *Call) Identify() (*gateway.Principal, error) {
	if c.grant != nil {
		return c.server.settings.Secrets.Holder(c.Context(), c.grant, c.ClientIP())
	}
	by := c.server.settings.Authenticator
	if by == nil {
		return nil, &gateway.Error{Op: "httpapi.Identify", Kind: gateway.Unavailable, Public: "Keys cannot be checked now."}
	}
	return by.Identify(c.Context(), c.apiKey, c.ClientIP())
}

// RefuseWorkspace refuses the parameter "workspace" where it means nothing: a call to a model is
// made in the workspace of its API key.
func (c *Call) RefuseWorkspace() error {
	if c.Query("workspace") == "" {
		return nil
	}
	return gateway.InvalidField("httpapi.RefuseWorkspace", "workspace",
		"The parameter 'workspace' is for administration and for rendering prompts. A call to a model is made in the workspace of its API key.")
}

// Admit asks whether the limits of the caller allow the exchange. It is called when the headers
// are read, and again when the body is. After a refusal by the headers the body is not read.
func (c *Call) Admit() error {
	admission := c.server.settings.Admission
	if admission == nil || c.refused != nil {
		return nil
	}
	release, err := admission.Admit(c.Context(), c.Exchange)
	if release != nil {
		c.admitted = append(c.admitted, release)
	}
	if err != nil && c.Exchange.Request == nil {
		c.refused = err
	}
	return err
}

// release gives back what the call holds.
func (c *Call) release() {
	for _, end := range c.admitted {
		end()
	}
	for _, content := range c.kept {
		content.Close()
	}
	c.kept = nil
	c.server.memory.give(c.reserved)
	c.reserved = 0
}
