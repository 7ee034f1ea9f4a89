package httpapi

import (
	"net/http"

	"github.com/sluicegate/sluice/gateway"
)

// Compat names the gateway that Sluice stands in for. It decides bodies, codes and statuses of
// errors where the gateways differ. Anthropic's and Google's surfaces keep their envelope; only
// the status of a spent budget follows it there.
type Compat string

// The gateways. The zero value is Portkey for chat, and each vendor's own status on its surface.
const (
	CompatPortkey    Compat = "portkey"
	CompatLiteLLM    Compat = "litellm"
	CompatOpenRouter Compat = "openrouter"
	CompatOneAPI     Compat = "one-api"
)

// errorFormat is the format of errors in OpenAI's manner.
func (k Compat) errorFormat() ErrorFormat {
	switch k {
	case CompatLiteLLM:
		return LiteLLMErrors{}
	case CompatOneAPI:
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

func (k Compat) statuses() statuses {
	switch k {
	case CompatLiteLLM:
		return statuses{http.StatusTooManyRequests, http.StatusUnauthorized, http.StatusBadRequest, http.StatusInternalServerError, http.StatusOK}
	case CompatOpenRouter:
		return statuses{http.StatusPaymentRequired, http.StatusForbidden, http.StatusForbidden, http.StatusBadGateway, http.StatusOK}
	case CompatOneAPI:
		return statuses{http.StatusForbidden, http.StatusForbidden, http.StatusBadRequest, http.StatusInternalServerError, http.StatusOK}
	}
	return portkeyStatuses
}

// compat is the gateway whose errors the call gets: OpenRouter's under /api, else the server's.
func (c *Call) compat() Compat {
	if c.OpenRouter {
		return CompatOpenRouter
	}
	return c.server.settings.Compat
}

// statuses are those of the call's surface.
func (c *Call) statuses() statuses {
	k := c.compat()
	switch c.errorFormat().(type) {
	case OpenAIErrors, LiteLLMErrors, OneAPIErrors:
		return k.statuses()
	}
	own := vendorStatuses
	if k != "" {
		own.spent = k.statuses().spent
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
