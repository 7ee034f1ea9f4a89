package httpapi

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity/session"
)

// codeMethod marks the error whose status is 405; no Kind has that status.
const codeMethod = "method_not_allowed"

// codeUnknownURL marks the error for a path that no route has.
const codeUnknownURL = "unknown_url"

// codeUpgrade marks the error whose status is 426; no Kind has that status.
const codeUpgrade = "upgrade_required"

// MethodNotAllowed is the error for a method that a path does not have.
func MethodNotAllowed(method string) *gateway.Error {
	return &gateway.Error{Op: "httpapi.route", Kind: gateway.Invalid, Code: codeMethod,
		Public: "The method " + method + " is not allowed here; see the Allow header."}
}

// UpgradeRequired is the answer to a client that asks for a WebSocket where there is none.
func UpgradeRequired(public string) *gateway.Error {
	return &gateway.Error{Op: "httpapi.route", Kind: gateway.Invalid, Code: codeUpgrade, Public: public}
}

const noDetails = "Sluice failed to handle this request. The trace id leads to the details."

// errorBody has all fields that the clients of OpenAI, Portkey and OpenRouter read.
type errorBody struct {
	Status   string       `json:"status,omitempty"`  // Portkey: refused before any provider
	Message  string       `json:"message,omitempty"` // Portkey: the same text again
	Error    errorObject  `json:"error"`
	Provider string       `json:"provider,omitempty"` // who failed
	Hooks    *hookResults `json:"hook_results,omitempty"`
}

type errorObject struct {
	Message  string         `json:"message"`
	Type     string         `json:"type"`
	Param    *string        `json:"param"`
	Code     any            `json:"code"` // OpenAI: string or null; OpenRouter: the status
	Metadata *errorMetadata `json:"metadata,omitempty"`
}

type errorMetadata struct {
	Type     string `json:"error_type"`
	Provider string `json:"provider_name,omitempty"`
	Code     string `json:"provider_code,omitempty"`
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
	return &gateway.Error{Op: "httpapi.route", Kind: gateway.NotFound, Code: codeUnknownURL,
		Public: "Unknown request URL: " + r.Method + " " + Clip(r.URL.Path, 200) + ". Please check the path."}
}

// UnknownPath is the error of a call whose path a route has, as a wildcard, but no operation.
func (c *Call) UnknownPath() error {
	c.Route = routeUnmatched
	return unknownURL(c.Request())
}

// patience is how long the SDKs of OpenAI and Anthropic wait when they are told to; told a longer time,
// they repeat a call at once.
const patience = time.Minute

// fail answers with an error.
func (c *Call) fail(e *gateway.Error) {
	status := c.StatusOf(e)
	if c.Exchange != nil {
		c.Exchange.Facts.Status = status
		c.SetRoutingHeaders()
	}
	_, anthropic := c.format.(AnthropicErrors)
	if anthropic && e.Kind == gateway.Exhausted && !deniedModel(e) && e.RetryAfter > longRefusal {
		c.SetHeader("X-Should-Retry", "false")
	}
	switch e.Kind {
	case gateway.Unauthorized:
		c.SetHeader("Www-Authenticate", "Bearer")
		if session.HasToken(c.apiKey) {
			c.SetHeader("X-Should-Retry", "false") // Claude Code asks for a new sign-in at once
		}
	case gateway.Internal:
		c.setBoth(exceptionHeader, "true")
	}
	if e.Kind == gateway.Exhausted && status == http.StatusTooManyRequests && (e.RetryAfter == 0 || e.RetryAfter > patience) {
		c.SetHeader("X-Should-Retry", "false") // the SDKs of OpenAI and Anthropic repeat a 429 otherwise
	}
	c.setRetryAfter(e.RetryAfter)
	_, raw := c.errorAnswer(e)
	c.Send(status, raw)
}

// errorAnswer is the status and the body of an error.
func (c *Call) errorAnswer(e *gateway.Error) (status int, body []byte) {
	status = c.StatusOf(e)
	body, _ = json.Marshal(c.errorFormat().Error(c, e, status)) // plain data always encodes
	return status, body
}

// StreamError is the data of the event that ends a stream which failed after its first byte.
func (c *Call) StreamError(e *gateway.Error) []byte {
	raw, _ := json.Marshal(c.errorFormat().StreamError(c, e, c.StatusOf(e))) // plain data always encodes
	return raw
}

// publicText is what the caller reads.
func publicText(e *gateway.Error) string {
	if e.Public == "" {
		return noDetails
	}
	return e.Public
}

// OpenAIErrors is the superset of what the clients of OpenAI, Portkey and OpenRouter read.
type OpenAIErrors struct{}

// Error implements ErrorFormat.
func (OpenAIErrors) Error(c *Call, e *gateway.Error, status int) any {
	body := errorBody{Error: c.errorObject(e, status)}
	if c.Exchange != nil {
		if e.Kind == gateway.Denied {
			body.Hooks = hookResultsOf(c.Exchange.Facts)
		}
		if a := lastAttempt(c.Exchange.Facts.Attempts); a != nil && (e.Kind == gateway.Upstream || e.Kind == gateway.BadUpstream) {
			body.Provider = a.Provider
			if m := body.Error.Metadata; m != nil {
				m.Provider = a.Provider
			}
		}
	}
	switch e.Kind {
	case gateway.Unauthorized, gateway.Forbidden, gateway.Invalid, gateway.NotFound, gateway.Internal:
		body.Status, body.Message = "failure", body.Error.Message
	}
	return body
}

func (c *Call) errorObject(e *gateway.Error, status int) errorObject {
	o := errorObject{Message: publicText(e), Type: e.WireType()}
	if e.Param != "" {
		o.Param = &e.Param
	}
	if e.Code != "" {
		o.Code = e.Code
	}
	if c.OpenRouter() {
		o.Code = status
		o.Metadata = &errorMetadata{Type: openRouterType(e, status)}
		if e.Kind == gateway.Upstream || e.Kind == gateway.BadUpstream {
			o.Metadata.Code = e.Code
		}
	}
	return o
}

// openRouterType is the name that OpenRouter gives the failure.
func openRouterType(e *gateway.Error, status int) string {
	if e.Kind == gateway.Denied {
		return "content_policy_violation"
	}
	switch status {
	case 400, 405, 409, 415:
		return "invalid_request"
	case 401:
		return "authentication"
	case 402:
		return "payment_required"
	case 403:
		return "permission_denied"
	case 404:
		return "not_found"
	case 408, 504:
		return "timeout"
	case 412:
		return "precondition_failed"
	case 413:
		return "payload_too_large"
	case 422:
		return "unprocessable"
	case 429:
		return "rate_limit_exceeded"
	case 502:
		return "provider_unavailable"
	case 503, 529:
		return "provider_overloaded"
	case 500:
		return "server"
	}
	return "unmapped"
}

// StreamError implements ErrorFormat.
func (OpenAIErrors) StreamError(c *Call, e *gateway.Error, status int) any {
	event := streamError{Error: c.errorObject(e, status)}
	if c.OpenRouter() {
		event.Choices = []openRouterChoice{{Finish: "error"}}
	}
	return event
}

type streamError struct {
	Error   errorObject        `json:"error"`
	Choices []openRouterChoice `json:"choices,omitempty"`
}

type openRouterChoice struct {
	Index int `json:"index"`
	Delta struct {
		Content string `json:"content"`
	} `json:"delta"`
	Finish string `json:"finish_reason"`
}
