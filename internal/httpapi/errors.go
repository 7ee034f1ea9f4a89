package httpapi

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity/session"
	"github.com/sluicegate/sluice/internal/httpapi/errorformat"
	"github.com/sluicegate/sluice/internal/httpapi/header"
)

// codeUnknownURL marks the error for a path that no route has.
const codeUnknownURL = "unknown_url"

// MethodNotAllowed is the error for a method that a path does not have.
func MethodNotAllowed(method string) *gateway.Error {
	return &gateway.Error{Op: "httpapi.route", Kind: gateway.Invalid, Code: errorformat.CodeMethod,
		Public: "The method " + method + " is not allowed here; see the Allow header."}
}

// UpgradeRequired is the answer to a client that asks for a WebSocket where there is none.
func UpgradeRequired(public string) *gateway.Error {
	return &gateway.Error{Op: "httpapi.route", Kind: gateway.Invalid, Code: errorformat.CodeUpgrade, Public: public}
}

// ErrCallerGone is what a handler returns when the caller left before the answer began.
var ErrCallerGone = errors.New("httpapi: the caller has gone")

// answerError is echo's error handler: the only way that a failure before the first byte
// reaches a caller.
func (s *Server) answerError(err error, ctx echo.Context) {
	c := callOf(ctx)
	switch {
	case errors.Is(err, ErrCallerGone):
		c.gone = true
	case !ctx.Response().Committed:
		e := routingError(err, c.Request())
		c.failure = e
		c.fail(e)
		if e.Code == codeUnknownURL {
			c.recordUnknown(e)
		}
	}
}

// routingError is err as *gateway.Error. Echo's own errors say that no route was found.
func routingError(err error, r *http.Request) *gateway.Error {
	const op = "httpapi.route"
	var own *echo.HTTPError
	if !errors.As(err, &own) {
		return gateway.AsError(err)
	}
	switch own.Code {
	case http.StatusNotFound:
		return unknownURL(r)
	case http.StatusMethodNotAllowed:
		return MethodNotAllowed(r.Method)
	}
	return &gateway.Error{Op: op, Kind: gateway.Internal, Err: err}
}

func unknownURL(r *http.Request) *gateway.Error {
	what := "Please check the path."
	if meant := versionOnce(r.URL.Path); meant != "" {
		what = "The client adds the version to the base URL: take it from the end of the base URL, so that the path is '" + gateway.Clip(meant, 200) + "'."
	}
	return &gateway.Error{Op: "httpapi.route", Kind: gateway.NotFound, Code: codeUnknownURL,
		Public: "Unknown request URL: " + r.Method + " " + gateway.Clip(r.URL.Path, 200) + ". " + what}
}

// versionOnce returns a path without the version that a base URL such as …/v1 put before the
// client's own, as in /v1/v1/messages; "" for every other path.
func versionOnce(path string) string {
	for _, base := range [...]string{"/api/v1", "/v1"} {
		rest, ok := strings.CutPrefix(path, base)
		if !ok {
			continue
		}
		for _, own := range [...]string{"/v1/", "/v1beta/", "/api/v1/"} {
			if strings.HasPrefix(rest, own) {
				return rest
			}
		}
	}
	return ""
}

// UnknownPath is the error of a call whose path a route has, as a wildcard, but no operation.
func (c *Call) UnknownPath() error {
	c.Route = routeUnmatched
	return unknownURL(c.Request())
}

// patience is how long the SDKs of OpenAI and Anthropic wait when they are told to; told a longer time,
// they repeat a call at once.
const patience = time.Minute

// longRefusal is the wait from which on no client should repeat a call that no budget covers.
const longRefusal = time.Minute

// fail answers with an error.
func (c *Call) fail(e *gateway.Error) {
	status := c.StatusOf(e)
	if c.Exchange != nil {
		c.Exchange.Facts.Status = status
		c.SetRoutingHeaders()
	}
	_, anthropic := c.format.(errorformat.Anthropic)
	if anthropic && e.Kind == gateway.Exhausted && !errorformat.ModelDenied(e) && e.RetryAfter > longRefusal {
		c.SetHeader("X-Should-Retry", "false")
	}
	switch e.Kind {
	case gateway.Unauthorized:
		c.SetHeader("Www-Authenticate", "Bearer")
		if session.HasToken(c.apiKey) {
			c.SetHeader("X-Should-Retry", "false") // Claude Code asks for a new sign-in at once
		}
	case gateway.Internal:
		header.SetException(c.echo.Response().Header())
	}
	if e.Kind == gateway.Exhausted && status == http.StatusTooManyRequests && (e.RetryAfter == 0 || e.RetryAfter > patience) {
		c.SetHeader("X-Should-Retry", "false") // the SDKs of OpenAI and Anthropic repeat a 429 otherwise
	}
	header.SetRetryAfter(c.echo.Response().Header(), e.RetryAfter)
	_, raw := c.errorAnswer(e)
	c.Send(status, raw)
}

// errorAnswer is the status and the body of an error.
func (c *Call) errorAnswer(e *gateway.Error) (status int, body []byte) {
	status = c.StatusOf(e)
	body, _ = json.Marshal(c.errorFormat().Error(c.errorCall(), e, status)) // plain data always encodes
	return status, body
}

// errorCall is what the format of an error needs of the call.
func (c *Call) errorCall() errorformat.Call {
	of := errorformat.Call{ID: c.ID, OpenRouter: c.OpenRouter()}
	if c.Exchange != nil {
		of.Facts = c.Exchange.Facts
	}
	return of
}

// StreamError is the data of the event that ends a stream which failed after its first byte.
func (c *Call) StreamError(e *gateway.Error) []byte {
	raw, _ := json.Marshal(c.errorFormat().StreamError(c.errorCall(), e, c.StatusOf(e))) // plain data always encodes
	return raw
}
