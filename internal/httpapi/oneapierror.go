package httpapi

import (
	"github.com/sluicegate/sluice/gateway"
)

// OneAPIErrors is the envelope that clients of one-api and new-api read: OpenAI's, with the
// request id in the message.
type OneAPIErrors struct{}

type oneAPIError struct {
	Error oneAPIErrorObject `json:"error"`
	Hooks *hookResults      `json:"hook_results,omitempty"`
}

type oneAPIErrorObject struct {
	Message string `json:"message"`
	Type    string `json:"type"`
	Param   string `json:"param"`
	Code    string `json:"code"`
}

// Error implements ErrorFormat.
func (OneAPIErrors) Error(c *Call, e *gateway.Error, _ int) any {
	o := oneAPIErrorObject{Message: publicText(e) + " (request id: " + c.ID + ")", Type: "one_api_error", Param: e.Param, Code: e.Code}
	switch e.Kind {
	case gateway.Exhausted:
		if !deniedModel(e) {
			o.Code = "insufficient_user_quota"
		}
	case gateway.Upstream, gateway.BadUpstream:
		if o.Type = "upstream_error"; e.Type != "" {
			o.Type = e.Type
		}
	case gateway.Invalid, gateway.TooLarge, gateway.Unsupported:
		o.Type = "invalid_request_error"
	}
	body := oneAPIError{Error: o}
	if c.Exchange != nil && e.Kind == gateway.Denied {
		body.Hooks = hookResultsOf(c.Exchange.Facts)
	}
	return body
}

// StreamError implements ErrorFormat.
func (f OneAPIErrors) StreamError(c *Call, e *gateway.Error, status int) any {
	return f.Error(c, e, status)
}
