package gateway

import (
	"errors"
	"time"
)

// Op is what the caller wants done.
type Op string

// The operations. OpRender ends after the prompt stage; OpCountTokens asks how many tokens a
// chat would take.
const (
	OpChat        Op = "chat"
	OpEmbeddings  Op = "embeddings"
	OpRender      Op = "render"
	OpCountTokens Op = "count_tokens"
)

// Exchange is one request and its answer inside Sluice. A stage that changes the
// request passes a changed copy inwards; Facts is shared by all copies.
type Exchange struct {
	ID        string // ULID
	Start     time.Time
	Trace     Trace
	Envelope  *Envelope  // what stood around the body; read-only
	Principal *Principal // set by Authenticate; nil before
	Plan      *Plan      // set by Configure; nil before
	Target    *Target    // set by Router for one attempt; nil outside
	Request   *Request   // nil when Refused says the body was unreadable
	Redactor  Redactor   // set by Redact; nil when redaction is off
	// Refused is what httpapi found wrong with the request (bad JSON, a body over
	// the limit …). Authenticate answers first: who has no key learns nothing else;
	// Configure returns it.
	Refused error
	Facts   *Facts
}

// With returns a copy that carries req.
func (ex *Exchange) With(req *Request) *Exchange {
	c := *ex
	c.Request = req
	return &c
}

// SetPrincipal records the caller on ex and its Facts. It modifies ex.
func (ex *Exchange) SetPrincipal(p *Principal) {
	ex.Principal, ex.Facts.Principal = p, p
}

// WithPlan returns a copy that knows its config and the request as routed.
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

// Facts is what the stages learn. One writer per field, in brackets; nobody else
// may write. Everything is plain data that stays valid after the exchange ended.
type Facts struct {
	Principal *Principal    // [Authenticate, by SetPrincipal] also when a later stage refuses
	Plan      *Plan         // [Configure, by WithPlan; Prompt once more, when the template decides the targets]
	Dropped   []string      // [Configure] fields of the body that were hints for a gateway, and that nobody acts on
	Asked     *Request      // [Redact] the request as the inner stages saw it: redacted
	Redacted  []EntityHits  // [Redact] what was replaced, by entity; counts only
	Unedited  []EntityHits  // [Redact] what was found in signed texts and left in place, by entity; counts only
	Prompt    *PromptFact   // [Prompt]
	Input     []Verdict     // [Guard, the first one]
	Output    []Verdict     // [Guard in the attempt; Cache on a hit]
	Cache     CacheFact     // [Cache]
	Attempts  []Attempt     // [Router]
	Charges   []Charge      // [Reserve] of the attempts that cost something, in order
	Queued    time.Duration // [Reserve] how long the exchange waited for money that others had reserved
	Usage     *Usage        // [Meter; Cache on a hit: the stored answer's]
	Cost      Cost          // [Meter; Cache on a hit: 0, and what it saved]
	Answer    *Response     // [Redact] the answer before restoring, folded
	Timing    []StageTime   // [Chain]
	FirstByte time.Time     // [httpapi] when the first chunk was handed to the connection
	Status    int           // [httpapi] the HTTP status sent
	Err       *Error        // [Envelope] how it failed, nil if it did not
	End       time.Time     // [Envelope]
}

// EntityHits counts the values of one kind that were replaced.
type EntityHits struct {
	Entity string // "email"
	Count  int
}

// PromptFact names the template version that made the request.
type PromptFact struct {
	ID      string // template's id
	Slug    string
	Version int
	Label   string // label that was asked for, if any
	Variant string // arm of a weighted choice, "" if there was none
	Arm     string // what the arm was drawn by: "member" or "metadata.<key>"

	Rendered *Request // what the template became; nil for OpRender
}

// Cost is integer nano-USD (1e-9 USD). Known is false when a price is missing:
// an unknown price is a state of its own, never 0.
type Cost struct {
	Nano      int64
	Known     bool
	Basis     CostBasis // "" where nothing was charged
	OverBound bool      // a vendor billed more than the limits that it was sent allow
	Saved     int64     // what a cache hit spared
	Price     string    // version of the price, e.g. "openai/gpt-5@2026-08-01", or "virtual_key"
}

// CostBasis tells where the tokens of a Cost come from.
type CostBasis string

// The bases.
const (
	CostReported CostBasis = "reported" // the vendor reported them
	CostCounted  CostBasis = "counted"  // some were counted: an answer was cut, or reported nothing
)

// Charge is what one attempt cost.
type Charge struct {
	Target string // config path
	Cost   Cost
	Usage  Usage
}

// CacheStatus is the outcome of the lookup, in Portkey's words (x-portkey-cache-status).
type CacheStatus string

// The outcomes.
const (
	CacheDisabled     CacheStatus = "DISABLED"
	CacheMiss         CacheStatus = "MISS"
	CacheSemanticMiss CacheStatus = "SEMANTIC MISS"
	CacheHit          CacheStatus = "HIT"
	CacheSemanticHit  CacheStatus = "SEMANTIC HIT"
	CacheRefresh      CacheStatus = "REFRESH"
)

// Hit reports whether the answer came from the cache.
func (s CacheStatus) Hit() bool { return s == CacheHit || s == CacheSemanticHit }

// CacheFact tells what the cache did.
type CacheFact struct {
	Status     CacheStatus // "" = DISABLED
	Tier       string      // "exact", "alias" or "semantic" on a hit
	Similarity float64     // of the nearest entry of the semantic tier
	Threshold  float64
	Namespace  string // keyed hash of the namespace, never the caller's own text
	Origin     string // request id of the exchange that stored the answer
	Stored     bool
	Reason     string // why a lookup or a store was passed over, for the trace
}

// Attempt is one upstream call.
type Attempt struct {
	Target     string // config path
	Provider   string
	VirtualKey string
	Model      string // as sent upstream
	Host       string // address and port of the server, "" if none is called
	SpanID     SpanID // minted by Router
	Start      time.Time
	FirstChunk time.Duration // from Start; 0 if none came
	Duration   time.Duration // from Start to the end of the answer
	Wait       time.Duration // the pause that followed, before the next call
	Chunks     int           // of a stream
	LongestGap time.Duration // between two chunks of a stream, while the provider was waited for
	Status     int           // HTTP status of the upstream; 0 if there was no answer
	Retry      int           // 0 for the first call of a target
	Err        *Error
	Usage      *Usage
	Served     string // the model that the answer names, "" if it names none
	ResponseID string
	Finish     string
}

// StageTime is how long one stage took. Incl runs from entry to return plus every
// Next; Self is Incl without the stage inside it.
type StageTime struct {
	Name       string
	Start      time.Duration // from Exchange.Start to entry
	Incl, Self time.Duration
	Entered    bool
	Failed     bool // it returned an error instead of a stream
}

// ErrClosed is what Account reports when the caller closed before the end.
var ErrClosed = errors.New("gateway: stream closed before its end")
