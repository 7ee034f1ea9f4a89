package errorformat

import (
	"net/http"
	"strconv"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi/verdict"
)

// LiteLLM is the envelope that clients of LiteLLM's proxy read: OpenAI's, with the status
// as a string in "code" and names of its own in "type"
// (https://docs.litellm.ai/docs/proxy/error_diagnosis).
type LiteLLM struct{}

type liteLLMError struct {
	Error liteLLMErrorObject   `json:"error"`
	Hooks *verdict.HookResults `json:"hook_results,omitempty"`
}

type liteLLMErrorObject struct {
	Message  string         `json:"message"`
	Type     *string        `json:"type"`
	Param    *string        `json:"param"`
	Code     string         `json:"code"`
	Provider map[string]any `json:"provider_specific_fields,omitempty"`
}

// Error implements Format.
func (LiteLLM) Error(c Call, e *gateway.Error, status int) any {
	body := liteLLMError{Hooks: deniedBy(c, e), Error: liteLLMErrorObject{Message: text(e), Code: strconv.Itoa(status)}}
	if t := liteLLMType(e, status); t != "" {
		body.Error.Type = &t
	}
	if e.Param != "" {
		body.Error.Param = &e.Param
	}
	if e.Code != "" && (e.Kind == gateway.Upstream || e.Kind == gateway.BadUpstream) {
		body.Error.Provider = map[string]any{"error_code": e.Code} // OpenAI's code has no place in the envelope
	}
	return body
}

// StreamError implements Format.
func (f LiteLLM) StreamError(c Call, e *gateway.Error, status int) any {
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
		if ModelDenied(e) {
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
