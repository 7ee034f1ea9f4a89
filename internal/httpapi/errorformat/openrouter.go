package errorformat

import "github.com/sluicegate/sluice/gateway"

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

type openRouterChoice struct {
	Index int `json:"index"`
	Delta struct {
		Content string `json:"content"`
	} `json:"delta"`
	Finish string `json:"finish_reason"`
}
