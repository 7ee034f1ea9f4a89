package httpapi

import (
	"encoding/json"
	"net/http"

	"github.com/sluicegate/sluice/gateway"
)

// codeMethod decides a status that the Kind alone does not.
const codeMethod = "method_not_allowed"

// statusOf is the Kind's status but for what only HTTP knows of.
func statusOf(e *gateway.Error) int {
	if e.Code == codeMethod {
		return http.StatusMethodNotAllowed
	}
	return e.HTTPStatus()
}

const silent = "Sluice failed to handle this request. The trace id leads to the details."

// errorBody is the superset of what the clients of OpenAI, Portkey and OpenRouter read.
type errorBody struct {
	Status   string       `json:"status,omitempty"`  // Portkey: refused before any provider
	Message  string       `json:"message,omitempty"` // Portkey: the same text again
	Error    errorObject  `json:"error"`
	Provider string       `json:"provider,omitempty"` // who failed
	Hooks    *hookResults `json:"hook_results,omitempty"`
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

// fail answers with an error. It is the only way that a failure before the first byte
// reaches a caller.
func (c *call) fail(err error) {
	e := gateway.AsError(err)
	status := statusOf(e)
	body := errorBody{Error: c.errorObject(e, status)}
	if c.ex != nil {
		c.ex.Facts.Status = status
		c.explain()
		if e.Kind == gateway.Denied {
			body.Hooks = hooksOf(c.ex.Facts)
		}
		if a := lastAttempt(c.ex.Facts.Attempts); a != nil && (e.Kind == gateway.Upstream || e.Kind == gateway.BadUpstream) {
			body.Provider = a.Provider
			if m := body.Error.Metadata; m != nil {
				m.Provider = a.Provider
			}
		}
	}
	switch e.Kind {
	case gateway.Unauthorized:
		c.set("Www-Authenticate", "Bearer")
		body.Status, body.Message = "failure", body.Error.Message
	case gateway.Forbidden, gateway.Invalid, gateway.NotFound:
		body.Status, body.Message = "failure", body.Error.Message
	case gateway.Internal:
		c.setPair(outException, "true")
		body.Status, body.Message = "failure", body.Error.Message
	}
	c.retryAfter(e.RetryAfter)
	raw, _ := json.Marshal(body) // plain data always encodes
	c.send(status, raw)
}

func (c *call) errorObject(e *gateway.Error, status int) errorObject {
	o := errorObject{Message: e.Public, Type: e.WireType()}
	if o.Message == "" {
		o.Message = silent
	}
	if e.Param != "" {
		o.Param = &e.Param
	}
	if e.Code != "" {
		o.Code = e.Code
	}
	if c.relay {
		o.Code = status
		o.Metadata = &errorMetadata{Type: relayType(e, status)}
		if e.Kind == gateway.Upstream || e.Kind == gateway.BadUpstream {
			o.Metadata.Code = e.Code
		}
	}
	return o
}

// relayType is OpenRouter's name for the failure.
func relayType(e *gateway.Error, status int) string {
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

// brokenStream is the one event that ends a stream which failed after its first byte.
func (c *call) brokenStream(e *gateway.Error) []byte {
	status := statusOf(e)
	var event any
	if c.relay {
		event = struct {
			Error   errorObject   `json:"error"`
			Choices []relayChoice `json:"choices"`
		}{c.errorObject(e, status), []relayChoice{{Finish: "error"}}}
	} else {
		event = struct {
			Error errorObject `json:"error"`
		}{c.errorObject(e, status)}
	}
	raw, _ := json.Marshal(event) // plain data always encodes
	return raw
}

type relayChoice struct {
	Index int `json:"index"`
	Delta struct {
		Content string `json:"content"`
	} `json:"delta"`
	Finish string `json:"finish_reason"`
}
