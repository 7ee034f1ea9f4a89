package gateway

import "time"

// Exchange is one request and its answer inside Sluice. A stage that changes the request
// passes a changed copy to the next stage. All copies share Facts.
type Exchange struct {
	ID        string // ULID
	Start     time.Time
	Trace     Trace
	Envelope  *Envelope  // the request's metadata; immutable
	Principal *Principal // set by httpapi if the headers identify the caller, else by Authenticate
	Plan      *Plan      // set by Configure; nil before
	Target    *Target    // set by Router for one attempt; nil outside
	Request   *Request   // nil if Refused says that the body is unreadable
	Redactor  Redactor   // set by Redact; nil when redaction is off
	// Refused is the error that httpapi found in the request (invalid JSON, a body over the
	// limit …). Authenticate runs first, so that a caller without a valid key learns nothing
	// else. Configure returns the error.
	Refused error
	// ErrorStatus is the HTTP status that the caller gets if the exchange fails now; nil = the
	// error's own. httpapi sets it.
	ErrorStatus func(*Error) int
	Facts       *Facts
}

// With returns a copy with req as its request.
func (ex *Exchange) With(req *Request) *Exchange {
	c := *ex
	c.Request = req
	return &c
}

// SetPrincipal records the caller on ex and its Facts. It modifies ex.
func (ex *Exchange) SetPrincipal(p *Principal) {
	ex.Principal, ex.Facts.Principal = p, p
}

// WithPlan returns a copy with the chosen plan and the request for routing.
func (ex *Exchange) WithPlan(p *Plan, req *Request) *Exchange {
	c := *ex
	c.Plan, c.Request = p, req
	ex.Facts.Plan = p
	return &c
}

// WithTarget returns a copy for one attempt.
func (ex *Exchange) WithTarget(t *Target, req *Request) *Exchange {
	c := *ex
	c.Target, c.Request = t, req
	return &c
}

// Redactor redacts text that a stage renders from the caller's values. It uses the
// placeholders of the exchange, so the answer is restored as a whole.
type Redactor interface {
	// RedactRendered returns req, rendered with the variables (a JSON object), with those
	// values redacted that only rendering completed. After an error the request must not be
	// sent.
	RedactRendered(req *Request, variables []byte) (*Request, error)
}
