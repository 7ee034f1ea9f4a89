package errorformat

import (
	"net/http"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi/verdict"
)

// Anthropic is the envelope that Anthropic's clients read
// (https://docs.anthropic.com/en/api/errors).
type Anthropic struct{}

type anthropicError struct {
	Type      string               `json:"type"` // "error"
	Error     anthropicErrorObject `json:"error"`
	RequestID string               `json:"request_id"`
	Hooks     *verdict.HookResults `json:"hook_results,omitempty"`
}

type anthropicErrorObject struct {
	Type    string `json:"type"`
	Message string `json:"message"`
	Param   string `json:"param,omitempty"` // the field at fault; Sluice's own
}

// Error implements Format.
func (Anthropic) Error(c Call, e *gateway.Error, status int) any {
	return anthropicError{Type: "error", RequestID: c.ID, Hooks: deniedBy(c, e),
		Error: anthropicErrorObject{Type: anthropicErrorType(e, status), Message: anthropicText(e), Param: e.Param}}
}

// StreamError implements Format.
func (f Anthropic) StreamError(c Call, e *gateway.Error, status int) any {
	return f.Error(c, e, status)
}

// promptTooLong begins Anthropic's message about a prompt that does not fit the model. Claude Code
// shortens its conversation when it reads these words, and on nothing else.
const promptTooLong = "prompt is too long"

// anthropicText is the message. Other vendors' words for a full context get Anthropic's before
// them.
func anthropicText(e *gateway.Error) string {
	public := text(e)
	if e.Code == gateway.CodeContextWindow && !strings.Contains(strings.ToLower(public), promptTooLong) {
		return promptTooLong + ": " + public
	}
	return public
}

// anthropicErrorType is Anthropic's name for a failure.
func anthropicErrorType(e *gateway.Error, status int) string {
	if e.Kind == gateway.Exhausted && !ModelDenied(e) {
		return "billing_error"
	}
	switch status {
	case http.StatusUnauthorized:
		return "authentication_error"
	case http.StatusPaymentRequired:
		return "billing_error"
	case http.StatusForbidden:
		return "permission_error"
	case http.StatusNotFound:
		return "not_found_error"
	case http.StatusRequestEntityTooLarge:
		return "request_too_large"
	case http.StatusTooManyRequests:
		return "rate_limit_error"
	case http.StatusRequestTimeout, http.StatusGatewayTimeout:
		return "timeout_error"
	case http.StatusServiceUnavailable, 529:
		return "overloaded_error"
	}
	if status < 500 {
		return "invalid_request_error"
	}
	return "api_error"
}
