package httpapi

import (
	"net/http"

	"github.com/sluicegate/sluice/gateway"
)

// AnthropicErrors is the envelope that Anthropic's clients read
// (https://docs.anthropic.com/en/api/errors).
type AnthropicErrors struct{}

type anthropicError struct {
	Type      string               `json:"type"` // "error"
	Error     anthropicErrorObject `json:"error"`
	RequestID string               `json:"request_id"`
	Hooks     *hookResults         `json:"hook_results,omitempty"`
}

type anthropicErrorObject struct {
	Type    string `json:"type"`
	Message string `json:"message"`
	Param   string `json:"param,omitempty"` // the field at fault; Sluice's own
}

// Error implements ErrorFormat.
func (AnthropicErrors) Error(c *Call, e *gateway.Error, status int) any {
	body := anthropicError{Type: "error", RequestID: c.ID,
		Error: anthropicErrorObject{Type: anthropicErrorType(status), Message: publicText(e), Param: e.Param}}
	if c.Exchange != nil && e.Kind == gateway.Denied {
		body.Hooks = hookResultsOf(c.Exchange.Facts)
	}
	return body
}

// StreamError implements ErrorFormat.
func (f AnthropicErrors) StreamError(c *Call, e *gateway.Error, status int) any {
	return f.Error(c, e, status)
}

// anthropicErrorType is Anthropic's name for a status.
func anthropicErrorType(status int) string {
	switch status {
	case http.StatusUnauthorized:
		return "authentication_error"
	case http.StatusPaymentRequired, http.StatusPreconditionFailed:
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
