package errorformat

import (
	"net/http"
	"strconv"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi/verdict"
)

// Google is the envelope that Google's clients read: google.rpc.Status in JSON
// (https://cloud.google.com/apis/design/errors).
type Google struct{}

type googleError struct {
	Error googleErrorObject    `json:"error"`
	Hooks *verdict.HookResults `json:"hook_results,omitempty"`
}

type googleErrorObject struct {
	Code    int    `json:"code"` // HTTP's
	Message string `json:"message"`
	Status  string `json:"status"`
	Details []any  `json:"details,omitempty"`
}

// The details of an error, by the types of google.rpc.
type (
	googleErrorInfo struct { // why, in a word
		Type   string `json:"@type"`
		Reason string `json:"reason"`
		Domain string `json:"domain"`
	}
	googleRetryInfo struct {
		Type  string `json:"@type"`
		Delay string `json:"retryDelay"` // "1.5s"
	}
	googleBadRequest struct {
		Type       string                 `json:"@type"`
		Violations []googleFieldViolation `json:"fieldViolations"`
	}
	googleFieldViolation struct {
		Field       string `json:"field"`
		Description string `json:"description"`
	}
)

const googleTypes = "type.googleapis.com/google.rpc."

// Error implements Format.
func (Google) Error(c Call, e *gateway.Error, status int) any {
	o := googleErrorObject{Code: status, Message: text(e), Status: googleStatus(status)}
	if e.Param != "" {
		o.Details = append(o.Details, googleBadRequest{googleTypes + "BadRequest", []googleFieldViolation{{e.Param, o.Message}}})
	}
	if e.Code != "" {
		o.Details = append(o.Details, googleErrorInfo{googleTypes + "ErrorInfo", e.Code, "sluice"})
	}
	if e.RetryAfter > 0 {
		o.Details = append(o.Details, googleRetryInfo{googleTypes + "RetryInfo", protoSeconds(e.RetryAfter)})
	}
	return googleError{Error: o, Hooks: deniedBy(c, e)}
}

// StreamError implements Format.
func (f Google) StreamError(c Call, e *gateway.Error, status int) any {
	return f.Error(c, e, status)
}

// protoSeconds writes a duration as JSON of protocol buffers has it.
func protoSeconds(d time.Duration) string {
	return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) + "s"
}

// googleStatus is the name of google.rpc.Code for an HTTP status.
func googleStatus(status int) string {
	switch status {
	case http.StatusUnauthorized:
		return "UNAUTHENTICATED"
	case http.StatusForbidden:
		return "PERMISSION_DENIED"
	case http.StatusNotFound:
		return "NOT_FOUND"
	case http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return "UNIMPLEMENTED"
	case http.StatusRequestTimeout, http.StatusGatewayTimeout:
		return "DEADLINE_EXCEEDED"
	case http.StatusConflict:
		return "ABORTED"
	case http.StatusPaymentRequired, http.StatusPreconditionFailed:
		return "FAILED_PRECONDITION"
	case http.StatusTooManyRequests:
		return "RESOURCE_EXHAUSTED"
	case gateway.StatusClientClosed:
		return "CANCELLED"
	case http.StatusBadGateway, http.StatusServiceUnavailable, 529:
		return "UNAVAILABLE"
	}
	if status < 500 {
		return "INVALID_ARGUMENT"
	}
	return "INTERNAL"
}
