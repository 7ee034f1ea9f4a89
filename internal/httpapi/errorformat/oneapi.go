package errorformat

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi/verdict"
)

// OneAPI is the envelope that clients of one-api and new-api read: OpenAI's, with the
// request id in the message.
type OneAPI struct{}

type oneAPIError struct {
	Error oneAPIErrorObject    `json:"error"`
	Hooks *verdict.HookResults `json:"hook_results,omitempty"`
}

type oneAPIErrorObject struct {
	Message string `json:"message"`
	Type    string `json:"type"`
	Param   string `json:"param"`
	Code    string `json:"code"`
}

// Error implements Format.
func (OneAPI) Error(c Call, e *gateway.Error, _ int) any {
	o := oneAPIErrorObject{Message: text(e) + " (request id: " + c.ID + ")", Type: "one_api_error", Param: e.Param, Code: e.Code}
	switch e.Kind {
	case gateway.Exhausted:
		if !ModelDenied(e) {
			o.Code = "insufficient_user_quota"
		}
	case gateway.Upstream, gateway.BadUpstream:
		if o.Type = "upstream_error"; e.Type != "" {
			o.Type = e.Type
		}
	case gateway.Invalid, gateway.TooLarge, gateway.Unsupported:
		o.Type = "invalid_request_error"
	}
	return oneAPIError{Error: o, Hooks: deniedBy(c, e)}
}

// StreamError implements Format.
func (f OneAPI) StreamError(c Call, e *gateway.Error, status int) any {
	return f.Error(c, e, status)
}
