package httpapi

import (
	"net/http"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// errorFormatOf is the format in which a gateway's errors are written in OpenAI's manner.
func errorFormatOf(k gateway.Compat) ErrorFormat {
	switch k {
	case gateway.CompatLiteLLM:
		return LiteLLMErrors{}
	case gateway.CompatOneAPI:
		return OneAPIErrors{}
	}
	return OpenAIErrors{}
}

// statuses are those that a gateway gives the failures that have none in HTTP.
type statuses struct {
	spent    int // a budget does not cover the call
	model    int // the key may not use the model
	denied   int // a guardrail denied the call
	upstream int // the provider's answer is broken, or it cannot be reached
	flagged  int // of an answer to which a guardrail objected without denying it
}

var (
	portkeyStatuses = statuses{http.StatusPreconditionFailed, http.StatusPreconditionFailed, gateway.StatusDenied, http.StatusBadGateway, gateway.StatusFlagged}
	// vendorStatuses are those of a vendor's own surface. A spent budget is a 429, as a spent
	// quota is with all three of them.
	vendorStatuses = statuses{http.StatusTooManyRequests, http.StatusForbidden, gateway.StatusDenied, http.StatusBadGateway, gateway.StatusFlagged}
)

func statusesOf(k gateway.Compat) statuses {
	switch k {
	case gateway.CompatLiteLLM:
		return statuses{http.StatusTooManyRequests, http.StatusUnauthorized, http.StatusBadRequest, http.StatusInternalServerError, http.StatusOK}
	case gateway.CompatOpenRouter:
		return statuses{http.StatusPaymentRequired, http.StatusForbidden, http.StatusForbidden, http.StatusBadGateway, http.StatusOK}
	case gateway.CompatOneAPI:
		return statuses{http.StatusForbidden, http.StatusForbidden, http.StatusBadRequest, http.StatusInternalServerError, http.StatusOK}
	}
	return portkeyStatuses
}

// setCompat notes whose errors the call gets: OpenRouter's under /api, else those of the caller's
// API key or workspace, else the server's. Before authentication there is no caller.
func (c *Call) setCompat() {
	switch {
	case strings.HasPrefix(c.Request().URL.Path, openRouterPrefix+"/") && !strings.HasPrefix(c.Route, openRouterPrefix+"/"): // Ollama's paths begin so, too
		c.compat = gateway.CompatOpenRouter
	case c.principal != nil && c.principal.Compat != "":
		c.compat = c.principal.Compat
	default:
		c.compat = c.server.settings.Compat
	}
}

// OpenRouter reports whether the call is answered in OpenRouter's manner.
func (c *Call) OpenRouter() bool { return c.compat == gateway.CompatOpenRouter }

// statuses are those of the call's surface.
func (c *Call) statuses() statuses {
	switch c.errorFormat().(type) {
	case OpenAIErrors, LiteLLMErrors, OneAPIErrors:
		return statusesOf(c.compat)
	}
	own := vendorStatuses
	if c.compat != "" && (c.principal == nil || c.principal.Device == "") { // a device reads its vendor's status only
		own.spent = statusesOf(c.compat).spent
	}
	return own
}

// StatusOf is the status that the caller gets with an error.
func (c *Call) StatusOf(e *gateway.Error) int {
	switch {
	case e.Code == codeMethod:
		return http.StatusMethodNotAllowed
	case e.Code == codeUpgrade:
		return http.StatusUpgradeRequired
	case e.Kind == gateway.Exhausted && deniedModel(e):
		return c.statuses().model
	case e.Kind == gateway.Exhausted:
		return c.statuses().spent
	case e.Kind == gateway.Denied:
		return c.statuses().denied
	case e.Kind == gateway.BadUpstream:
		return c.statuses().upstream
	}
	return e.HTTPStatus()
}

// AnswerStatus is the status of a complete answer.
func (c *Call) AnswerStatus() int {
	if Flagged(c.Exchange.Facts) {
		return c.statuses().flagged
	}
	return http.StatusOK
}

// deniedModel reports whether an Exhausted error is about a model that the key may not use.
func deniedModel(e *gateway.Error) bool { return e.Type == "model_not_allowed_error" }
