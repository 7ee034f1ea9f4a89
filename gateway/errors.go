package gateway

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"
)

// Kind is the class of an error. One table maps it to the HTTP status, the wire type, and
// whether a retry may help.
type Kind uint8

// The kinds. Only Upstream has a status of its own: the status that the provider answered
// with.
const (
	Internal     Kind = iota // a bug in Sluice
	Invalid                  // the request is wrong; Param names the field
	Unauthorized             // no key, unknown key, expired or disabled key
	Forbidden                // authenticated, but not permitted
	NotFound                 // absent, or in another workspace
	Conflict                 // exists already, or is owned by the server's file
	Timeout                  // request_timeout ran out before the first chunk
	Exhausted                // budget spent, or model not allowed by the key
	TooLarge                 // body over the limit
	RateLimited              // Sluice's own rate limit
	Denied                   // a guardrail denied it
	Upstream                 // the provider answered with an error status
	BadUpstream              // the provider's answer is invalid, or it cannot be reached
	Unavailable              // Sluice cannot serve now: draining, or a required store is down
	Cancelled                // the caller closed the connection
	Unsupported              // an unsupported content encoding
)

// StatusClientClosed is the status of an exchange whose caller closed the connection. It is not
// sent; logs use it, as nginx does.
const StatusClientClosed = 499

// trait is one row of the table of kinds.
type trait struct {
	name    string
	status  int
	retry   bool // another attempt, on this or another target, may succeed
	wire    string
	counted bool // counts against the target's health
}

var traits = [...]trait{
	Internal:     {"internal", http.StatusInternalServerError, false, "server_error", false},
	Invalid:      {"invalid", http.StatusBadRequest, false, "invalid_request_error", false},
	Unauthorized: {"unauthorized", http.StatusUnauthorized, false, "authentication_error", false},
	Forbidden:    {"forbidden", http.StatusForbidden, false, "permission_error", false},
	NotFound:     {"not_found", http.StatusNotFound, false, "not_found_error", false},
	Conflict:     {"conflict", http.StatusConflict, false, "conflict_error", false},
	Timeout:      {"timeout", http.StatusRequestTimeout, true, "timeout_error", true},
	Exhausted:    {"exhausted", http.StatusPreconditionFailed, false, "budget_exhausted_error", false},
	TooLarge:     {"too_large", http.StatusRequestEntityTooLarge, false, "invalid_request_error", false},
	Unsupported:  {"unsupported", http.StatusUnsupportedMediaType, false, "invalid_request_error", false},
	RateLimited:  {"rate_limited", http.StatusTooManyRequests, true, "rate_limit_error", false},
	Denied:       {"denied", StatusDenied, false, "hooks_failed", false},
	Upstream:     {"upstream", http.StatusBadGateway, true, "upstream_error", true},
	BadUpstream:  {"bad_upstream", http.StatusBadGateway, true, "upstream_error", true},
	Unavailable:  {"unavailable", http.StatusServiceUnavailable, true, "server_error", false},
	Cancelled:    {"cancelled", StatusClientClosed, false, "cancelled_error", false},
}

func (k Kind) String() string { return traits[k].name }

// Error is an error on its way to the caller.
type Error struct {
	Op     string // package and function, e.g. "route.Configure"
	Kind   Kind
	Public string // text for the caller; never contains secrets, personal data or inner causes
	Param  string // the field, header or path at fault, as the caller spelled it
	Code   string // machine-readable code in OpenAI's "code", e.g. "model_not_found"
	Type   string // wire type; empty: the Kind's
	Target string // config path of the target, e.g. "config.targets[1]"
	Status int    // Upstream only: the provider's own status, 400 to 599

	// RetryAfter is the delay before a retry; 0 means unknown.
	RetryAfter time.Duration
	Err        error // inner cause, for the log; never sent
}

func (e *Error) Error() string {
	s := e.Op + ": " + e.Kind.String() + ": " + e.Public
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// The codes of refusals that routing and clients tell apart, whatever the vendor's words:
// OpenAI's.
const (
	CodeContextWindow = "context_length_exceeded"  // the prompt does not fit the model
	CodeContentPolicy = "content_policy_violation" // the vendor's policy refused the prompt or the answer
)

// CodeFirstByte is the code of a Timeout that the server sets, and neither the call nor its config.
const CodeFirstByte = "first_byte_timeout"

// HTTPStatus returns the status for the caller.
func (e *Error) HTTPStatus() int {
	if e.Kind == Upstream && e.Status >= 400 && e.Status <= 599 {
		return e.Status
	}
	return traits[e.Kind].status
}

// WireType returns the "type" of the error body.
func (e *Error) WireType() string {
	if e.Type != "" {
		return e.Type
	}
	return traits[e.Kind].wire
}

// Retryable reports whether another attempt may succeed. Of a provider's own 4xx statuses,
// only 408, 409, 425 and 429 are retryable.
func (e *Error) Retryable() bool {
	if e.Kind == Upstream {
		switch s := e.HTTPStatus(); s {
		case http.StatusRequestTimeout, http.StatusConflict, http.StatusTooEarly, http.StatusTooManyRequests:
			return true
		default:
			return s >= http.StatusInternalServerError
		}
	}
	return traits[e.Kind].retry
}

// Counted reports whether the error counts against the target's health.
func (e *Error) Counted() bool { return traits[e.Kind].counted && e.Retryable() }

// AsError returns err as *Error: an *Error itself, a cancelled context as Cancelled, any
// other error as Internal with a generic public text.
func AsError(err error) *Error {
	var e *Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &e):
		return e
	case errors.Is(err, context.Canceled):
		return &Error{Op: "gateway", Kind: Cancelled, Public: "The caller closed the connection.", Err: err}
	default:
		return &Error{Op: "gateway", Kind: Internal, Public: "Sluice failed to handle this request. The trace id leads to the details.", Err: err}
	}
}

// InvalidField returns an Invalid error about one field. param is the field's path, public
// the text for the caller.
func InvalidField(op, param, public string) *Error {
	return &Error{Op: op, Kind: Invalid, Param: param, Public: public}
}

// Recovered turns the value of a recovered panic into an Internal error with the stack in
// its cause. op names who recovered. The public text tells nothing about the panic, whose
// value may hold the caller's data. Call it from the deferred function that recovers:
//
//	if p := recover(); p != nil { err = gateway.Recovered(op, p) }
func Recovered(op string, p any) *Error {
	return &Error{Op: op, Kind: Internal, Public: "Sluice failed to handle this request. The trace id leads to the details.",
		Err: fmt.Errorf("panic: %v\n%s", p, debug.Stack())}
}
