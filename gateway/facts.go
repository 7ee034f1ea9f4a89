package gateway

import (
	"slices"
	"time"
)

// Facts holds what the stages record. Each field has one writer, named in brackets. All
// values stay valid after the exchange ended.
type Facts struct {
	Principal       *Principal       // [Authenticate, by SetPrincipal] set even if a later stage refuses
	Plan            *Plan            // [Configure, by WithPlan; Prompt, if the template determines the targets]
	Limits          []LimitFact      // [Limit] rate limits that the caller's requests and tokens count against
	Budgets         []BudgetFact     // [Reserve] budgets that its cost counts against, when the last attempt began
	Dropped         []string         // [Configure] fields of the body that were hints for a gateway and have no effect
	Hints           []string         // [Provider] the same for hints that only the caller's format has, on the last attempt
	Received        *Request         // [Redact] the request before it redacts, the caller's own values in it: not for records
	RedactedRequest *Request         // [Redact] the request as inner stages see it: redacted
	Redacted        []EntityHits     // [Redact] replaced values per entity; counts only
	Unedited        []EntityHits     // [Redact] values found in signed texts and left in place, per entity; counts only
	Prompt          *PromptFact      // [Prompt]
	Input           []Verdict        // [Guard, the first one]
	Output          []Verdict        // [Guard in the attempt; Cache on a hit]
	Cache           CacheFact        // [Cache]
	Rankings        []Ranking        // [Router] one for each cheapest or fastest node that it came to
	Attempts        []Attempt        // [Router]
	LeftOut         []string         // [Router] config paths of the targets that were not called because their circuit breaker is open
	Sent            []byte           // [Provider] the body of the last upstream call, in the target's format; nil: none was made
	Charges         []Charge         // [Reserve] charges of the attempts with a cost, in order
	Unsettled       *WorkReservation // [Reserve] what stands after the exchange, for an answer that the vendor writes in the background
	Queued          time.Duration    // [Reserve] time that the exchange waited for the reservations of other calls
	PromptCache     *PromptCacheFact // [Provider] of the attempt that answered; nil: not compared
	Usage           *Usage           // [Meter; Cache on a hit: the stored answer's]
	Cost            Cost             // [Meter; Cache on a hit: 0, with the saved cost]
	Answer          *Response        // [Redact] the folded answer, before restoring
	Timing          []StageTime      // [Chain]
	FirstByte       time.Time        // [httpapi] when the first chunk was written
	Status          int              // [httpapi] the HTTP status sent
	Err             *Error           // [Envelope] nil on success
	End             time.Time        // [Envelope]

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
	Arm     string // key that the arm was drawn by: "member", "metadata.<key>", or "sticky" for the config's hash_fields

	Rendered *Request // the rendered request; nil for OpRender
}
