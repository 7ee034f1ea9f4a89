package httpapi

import (
	"net/http"
	"strconv"

	"github.com/sluicegate/sluice/gateway"
)

// LiteLLMErrors is the envelope that clients of LiteLLM's proxy read: OpenAI's, with the status
// as a string in "code" and names of its own in "type"
// (https://docs.litellm.ai/docs/proxy/error_diagnosis).
type LiteLLMErrors struct{}

type liteLLMError struct {
	Error liteLLMErrorObject `json:"error"`
	Hooks *hookResults       `json:"hook_results,omitempty"`
}

type liteLLMErrorObject struct {
	Message  string         `json:"message"`
	Type     *string        `json:"type"`
	Param    *string        `json:"param"`
	Code     string         `json:"code"`
	Provider map[string]any `json:"provider_specific_fields,omitempty"`
}

// Error implements ErrorFormat.
func (LiteLLMErrors) Error(c *Call, e *gateway.Error, status int) any {
	body := liteLLMError{Error: liteLLMErrorObject{Message: publicText(e), Code: strconv.Itoa(status)}}
	if t := liteLLMType(e, status); t != "" {
		body.Error.Type = &t
	}
	if e.Param != "" {
		body.Error.Param = &e.Param
	}
	if e.Code != "" && (e.Kind == gateway.Upstream || e.Kind == gateway.BadUpstream) {
		body.Error.Provider = map[string]any{"error_code": e.Code} // OpenAI's code has no place in the envelope
	}
	if c.Exchange != nil && e.Kind == gateway.Denied {
		body.Hooks = hookResultsOf(c.Exchange.Facts)
	}
	return body
}

// StreamError implements ErrorFormat.
func (f LiteLLMErrors) StreamError(c *Call, e *gateway.Error, status int) any {
	return f.Error(c, e, status)
}

// The codes of a refused key, as package identity has them.
const (
	codeExpiredKey = "01"
	codeUnknownKey = "03"
)

// liteLLMType is LiteLLM's name of a failure. A provider's error keeps the provider's.
func liteLLMType(e *gateway.Error, status int) string {
	switch e.Kind {
	case gateway.Exhausted:
		if deniedModel(e) {
			return "key_model_access_denied"
		}
		return "budget_exceeded"
	case gateway.Unauthorized:
		switch e.Code {
		case codeExpiredKey:
			return "expired_key"
		case codeUnknownKey:
			return "token_not_found_in_db"
		}
		return "auth_error"
	case gateway.RateLimited:
		return "throttling_error"
	case gateway.Upstream, gateway.BadUpstream:
		if e.Type != "" {
			return e.Type
		}
	}
	switch {
	case status == http.StatusNotFound:
		return "not_found_error"
	case status >= 500:
		return "internal_server_error"
	}
	return "invalid_request_error"
}
