package gateway

import (
	"errors"
	"slices"
	"time"
)

// Op is the operation that the caller asks for.
type Op string

// The operations. OpRender ends after the prompt stage. OpCountTokens asks for the number of
// tokens of a chat. OpRetrieve asks for an answer that was begun in an earlier exchange, and
// OpCompact for a shorter form of a conversation.
const (
	OpChat        Op = "chat"
	OpEmbeddings  Op = "embeddings"
	OpRender      Op = "render"
	OpCountTokens Op = "count_tokens"
	OpRetrieve    Op = "retrieve"
	OpCompact     Op = "compact"
	OpUnknownPath Op = "unknown_path" // a call to a path that no route has; it is only recorded

	OpCompletions      Op = "text_completion" // OpenAI's first format, without messages
	OpRerank           Op = "rerank"
	OpModeration       Op = "moderation"
	OpImage            Op = "image"
	OpImageEdit        Op = "image_edit"
	OpImageVariation   Op = "image_variation"
	OpSpeech           Op = "speech"
	OpTranscription    Op = "transcription"
	OpAudioTranslation Op = "audio_translation"
	OpPassThrough      Op = "pass_through" // a call of a vendor's API that is passed on as it is
	OpRealtime         Op = "realtime"     // a session of events in both directions
)

// InWords reports whether the operation is answered in words, of which a limit bounds the number.
func (o Op) InWords() bool {
	return o == OpChat || o == OpRetrieve || o == OpCompact || o == OpCompletions
}

// AnswersText reports whether an answer has texts that guardrails judge: words, what a recording
// says, or what a model made of the prompt of an image.
func (o Op) AnswersText() bool {
	switch o {
	case OpTranscription, OpAudioTranslation, OpImage, OpImageEdit, OpPassThrough:
		return true
	}
	return o.InWords()
}

// IsTask reports whether the operation is one of OpenAI's besides chat and embeddings.
func (o Op) IsTask() bool {
	switch o {
	case OpCompletions, OpRerank, OpModeration, OpImage, OpImageEdit, OpImageVariation, OpSpeech, OpTranscription, OpAudioTranslation:
		return true
	}
	return false
}

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

// Facts holds what the stages record. Each field has one writer, named in brackets. All
// values stay valid after the exchange ended.
type Facts struct {
	Principal   *Principal       // [Authenticate, by SetPrincipal] set even if a later stage refuses
	Plan        *Plan            // [Configure, by WithPlan; Prompt, if the template determines the targets]
	Limits      []LimitFact      // [Limit] rate limits that the caller's requests and tokens count against
	Budgets     []BudgetFact     // [Reserve] budgets that its cost counts against, when the last attempt began
	Dropped     []string         // [Configure] fields of the body that were hints for a gateway and have no effect
	Hints       []string         // [Provider] the same for hints that only the caller's format has, on the last attempt
	Received    *Request         // [Redact] the request before it redacts, the caller's own values in it: not for records
	Asked       *Request         // [Redact] the request as inner stages see it: redacted
	Redacted    []EntityHits     // [Redact] replaced values per entity; counts only
	Unedited    []EntityHits     // [Redact] values found in signed texts and left in place, per entity; counts only
	Prompt      *PromptFact      // [Prompt]
	Input       []Verdict        // [Guard, the first one]
	Output      []Verdict        // [Guard in the attempt; Cache on a hit]
	Cache       CacheFact        // [Cache]
	Attempts    []Attempt        // [Router]
	Sent        []byte           // [Provider] the body of the last upstream call, in the target's format; nil: none was made
	Charges     []Charge         // [Reserve] charges of the attempts with a cost, in order
	Queued      time.Duration    // [Reserve] time that the exchange waited for the reservations of other calls
	PromptCache *PromptCacheFact // [Provider] of the attempt that answered; nil: not compared
	Usage       *Usage           // [Meter; Cache on a hit: the stored answer's]
	Cost        Cost             // [Meter; Cache on a hit: 0, with the saved cost]
	Answer      *Response        // [Redact] the folded answer, before restoring
	Timing      []StageTime      // [Chain]
	FirstByte   time.Time        // [httpapi] when the first chunk was written
	Status      int              // [httpapi] the HTTP status sent
	Err         *Error           // [Envelope] nil on success
	End         time.Time        // [Envelope]

	lastAccount *accounted // [Account] the latest one
}

// DroppedFields lists the fields of the body that were hints and had no effect.
func (f *Facts) DroppedFields() []string { return slices.Concat(f.Dropped, f.Hints) }

// Answered is the attempt that answered; nil if none did.
func (f *Facts) Answered() *Attempt {
	for i := len(f.Attempts) - 1; i >= 0; i-- {
		if f.Attempts[i].Err == nil {
			return &f.Attempts[i]
		}
	}
	return nil
}

// LastAttempt is the attempt that answered, else the last one that failed; nil if there was none.
func (f *Facts) LastAttempt() *Attempt {
	if a := f.Answered(); a != nil {
		return a
	}
	if n := len(f.Attempts); n > 0 {
		return &f.Attempts[n-1]
	}
	return nil
}

// Provider is the provider that answered, or would have answered what came from the cache; "" if
// none is known.
func (f *Facts) Provider() string {
	if a := f.LastAttempt(); a != nil {
		return a.Provider
	}
	if t := f.Plan.OnlyTarget(); t != nil {
		return t.Provider
	}
	return ""
}

// Flagged reports whether any guardrail objected without denying.
func (f *Facts) Flagged() bool {
	for _, list := range [...][]Verdict{f.Input, f.Output} {
		for i := range list {
			if list[i].Action == ActionFlag {
				return true
			}
		}
	}
	return false
}

// EntityHits counts the values of one entity that were found.
type EntityHits struct {
	Entity string // "email"
	Count  int
}

// LimitFact is a rate limit of the caller after this call was counted.
type LimitFact struct {
	Rule      string // id
	Kind      string // "requests", "tokens" or "concurrent_requests"
	Limit     int64
	Remaining int64
	Reset     time.Duration // until nothing is counted any more
}

// PromptFact identifies the template version of the request.
type PromptFact struct {
	ID      string // template's id
	Slug    string
	Version int
	Label   string // the requested label, if any
	Variant string // arm of a weighted choice; "" without one
	Arm     string // key that the arm was drawn by: "member" or "metadata.<key>"

	Rendered *Request // the rendered request; nil for OpRender
}

// Cost is what attempts cost, in nano-USD (1e-9 USD): Nano is what the vendors bill, Charged what
// the caller pays. Known and ChargedKnown are false if a price is missing: an unknown amount is not 0.
type Cost struct {
	Nano      int64
	Known     bool
	Assumed   bool      // no price is known, and Nano is by a ceiling
	Partial   bool      // a unit that was used has no price, or the tier: Nano is by the prices that are known
	Basis     CostBasis // "" if nothing was charged
	OverBound bool      // a vendor billed more than the limits in its request allow
	Saved     int64     // cost avoided by a cache hit
	Price     string    // version of the price, e.g. "openai/gpt-5@2026-08-01", "virtual_key" or "ceiling"

	Charged      int64
	ChargedKnown bool
	Rule         string // name of the price rule that Charged follows; "" = Charged is the cost
}

// CostState tells what Cost.Nano rests on.
type CostState string

// The states.
const (
	CostKnown   CostState = "known"
	CostUnknown CostState = "unknown" // a price is missing
	CostCeiling CostState = "ceiling" // a price is missing, and a ceiling takes its place
	CostPartial CostState = "partial" // a unit that was used has no price, or the service tier has none
)

// State tells what Nano rests on.
func (c *Cost) State() CostState {
	switch {
	case !c.Known:
		return CostUnknown
	case c.Assumed:
		return CostCeiling
	case c.Partial:
		return CostPartial
	}
	return CostKnown
}

// CostBasis tells how the tokens of a Cost were counted.
type CostBasis string

// The bases.
const (
	CostReported CostBasis = "reported" // the vendor reported them
	CostCounted  CostBasis = "counted"  // some are estimates: an answer was cut, or had no usage
)

// Charge is the cost of one attempt.
type Charge struct {
	Target string // config path
	Cost   Cost
	Usage  Usage
	Lines  []PriceLine // what Cost.Nano adds up; none if no price is known
}

// CacheStatus is the outcome of a cache lookup, with Portkey's names
// (x-portkey-cache-status).
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

// CacheFact records what the cache did.
type CacheFact struct {
	Status     CacheStatus // "" = DISABLED
	Tier       string      // "exact", "alias" or "semantic" on a hit
	Similarity float64     // of the nearest entry of the semantic tier
	Threshold  float64
	MaxAge     time.Duration // that an answer may have; 0 if none was looked up
	Namespace  string        // keyed hash of the namespace, never the caller's own text
	Origin     string        // request id of the exchange that stored the answer
	Stored     bool
	Reason     string // why a lookup or a store was skipped, for the trace
}

// Attempt is one upstream call.
type Attempt struct {
	Target     string // config path
	Provider   string
	VirtualKey string
	Credential string // name of the virtual key's credential, "" if there is no choice
	// CredentialFingerprint tells one value of that credential from another.
	CredentialFingerprint string

	Model      string // as sent upstream
	Format     string // dialect that the target was called in, "" before
	Host       string // address and port of the server, "" if none is called
	SpanID     SpanID // minted by Router
	Start      time.Time
	FirstChunk time.Duration // from Start; 0 if no chunk arrived
	Duration   time.Duration // from Start to the end of the answer
	Wait       time.Duration // delay after this attempt, before the next
	Chunks     int           // of a stream
	LongestGap time.Duration // between two chunks of a stream, while the provider was waited for
	Status     int           // HTTP status of the upstream; 0 without an answer
	Retry      int           // 0 for the first call of a target
	Err        *Error
	Usage      *Usage
	Served     string // the model named in the answer, "" if none
	ResponseID string
	Finish     string
}

// StageTime is the time that one stage took. Incl is the time from entry to return, plus the
// time of every Next. Self is Incl without the inner stages.
type StageTime struct {
	Name       string
	Start      time.Duration // from Exchange.Start to entry
	Incl, Self time.Duration
	Entered    bool
	Failed     bool // it returned an error instead of a stream
}

// ErrClosed is reported by Account if the stream was closed before its end.
var ErrClosed = errors.New("gateway: stream closed before its end")

// Redactor redacts text that a stage renders from the caller's values. It uses the
// placeholders of the exchange, so the answer is restored as a whole.
type Redactor interface {
	// RedactRendered returns req, rendered with the variables (a JSON object), with those
	// values redacted that only rendering completed. After an error the request must not be
	// sent.
	RedactRendered(req *Request, variables []byte) (*Request, error)
}
