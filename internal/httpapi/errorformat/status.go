package errorformat

import (
	"net/http"

	"github.com/sluicegate/sluice/gateway"
)

// The codes of errors whose status no Kind has.
const (
	CodeMethod  = "method_not_allowed" // 405
	CodeUpgrade = "upgrade_required"   // 426
)

// Statuses are those that a gateway gives the failures that have none in HTTP.
type Statuses struct {
	spent    int // a budget does not cover the call
	model    int // the key may not use the model
	denied   int // a guardrail denied the call
	upstream int // the provider's answer is broken, or it cannot be reached
	flagged  int // of an answer to which a guardrail objected without denying it
}

var (
	portkeyStatuses = Statuses{http.StatusPreconditionFailed, http.StatusPreconditionFailed, gateway.StatusDenied, http.StatusBadGateway, gateway.StatusFlagged}
	// vendorStatuses are those of a vendor's own surface. A spent budget is a 429, as a spent
	// quota is with all three of them.
	vendorStatuses = Statuses{http.StatusTooManyRequests, http.StatusForbidden, gateway.StatusDenied, http.StatusBadGateway, gateway.StatusFlagged}
)

func statusesOf(k gateway.Compat) Statuses {
	switch k {
	case gateway.CompatLiteLLM:
		return Statuses{http.StatusTooManyRequests, http.StatusUnauthorized, http.StatusBadRequest, http.StatusInternalServerError, http.StatusOK}
	case gateway.CompatOpenRouter:
		return Statuses{http.StatusPaymentRequired, http.StatusForbidden, http.StatusForbidden, http.StatusBadGateway, http.StatusOK}
	case gateway.CompatOneAPI:
		return Statuses{http.StatusForbidden, http.StatusForbidden, http.StatusBadRequest, http.StatusInternalServerError, http.StatusOK}
	}
	return portkeyStatuses
}

// StatusesOf are those of calls that are answered in a format, with the statuses of a gateway. A
// device has its vendor's, whatever gateway k is.
func StatusesOf(f Format, k gateway.Compat, device bool) Statuses {
	switch f.(type) {
	case OpenAI, LiteLLM, OneAPI:
		return statusesOf(k)
	}
	own := vendorStatuses
	if k != "" && !device {
		own.spent = statusesOf(k).spent
	}
	return own
}

// Of is the status that the caller gets with an error.
func (s Statuses) Of(e *gateway.Error) int {
	switch {
	case e.Code == CodeMethod:
		return http.StatusMethodNotAllowed
	case e.Code == CodeUpgrade:
		return http.StatusUpgradeRequired
	case e.Kind == gateway.Exhausted && ModelDenied(e):
		return s.model
	case e.Kind == gateway.Exhausted:
		return s.spent
	case e.Kind == gateway.Denied:
		return s.denied
	case e.Kind == gateway.BadUpstream:
		return s.upstream
	}
	return e.HTTPStatus()
}

// Answer is the status of a complete answer.
func (s Statuses) Answer(facts *gateway.Facts) int {
	if facts.Flagged() {
		return s.flagged
	}
	return http.StatusOK
}

// ModelDenied reports whether an Exhausted error is about a model that the key may not use.
func ModelDenied(e *gateway.Error) bool { return e.Type == "model_not_allowed_error" }
