package errorformat

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi/verdict"
)

// OpenAI is the superset of what the clients of OpenAI, Portkey and OpenRouter read.
type OpenAI struct{}

// Error implements Format.
func (OpenAI) Error(c Call, e *gateway.Error, status int) any {
	body := errorBody{Error: errorObjectOf(c, e, status), Hooks: deniedBy(c, e)}
	if c.Facts != nil && (e.Kind == gateway.Upstream || e.Kind == gateway.BadUpstream) {
		if a := c.Facts.LastAttempt(); a != nil {
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

func errorObjectOf(c Call, e *gateway.Error, status int) errorObject {
	o := errorObject{Message: text(e), Type: e.WireType()}
	if e.Param != "" {
		o.Param = &e.Param
	}
	if e.Code != "" {
		o.Code = e.Code
	}
	if c.OpenRouter {
		o.Code = status
		o.Metadata = &errorMetadata{Type: openRouterType(e, status)}
		if e.Kind == gateway.Upstream || e.Kind == gateway.BadUpstream {
			o.Metadata.Code = e.Code
		}
	}
	return o
}

// StreamError implements Format.
func (OpenAI) StreamError(c Call, e *gateway.Error, status int) any {
	event := streamError{Error: errorObjectOf(c, e, status)}
	if c.OpenRouter {
		event.Choices = []openRouterChoice{{Finish: "error"}}
	}
	return event
}

type streamError struct {
	Error   errorObject        `json:"error"`
	Choices []openRouterChoice `json:"choices,omitempty"`
}

// errorBody has all fields that the clients of OpenAI, Portkey and OpenRouter read.
type errorBody struct {
	Status   string               `json:"status,omitempty"`  // Portkey: refused before any provider
	Message  string               `json:"message,omitempty"` // Portkey: the same text again
	Error    errorObject          `json:"error"`
	Provider string               `json:"provider,omitempty"` // who failed
	Hooks    *verdict.HookResults `json:"hook_results,omitempty"`
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
