package telemetry

import (
	"encoding/hex"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Record is one exchange as it is kept: plain data, every text cleansed. It is immutable
// once built; one that was given out in a batch is its recipient's for the length of the call.
type Record struct {
	ID    string    // request id, a ULID
	Time  time.Time // start, UTC, whole microseconds
	Node  string    // the instance that answered
	Trace gateway.Trace

	Workspace, WorkspaceName string
	Member, MemberName       string
	APIKey, APIKeyName       string

	Method, Route string
	Op            string
	Stream        bool
	Client        string // pseudonym of the caller's address
	UserAgent     string

	Status  int
	Outcome Outcome
	Error   *Failure

	Model      string // as asked
	Served     string // as the answer names it
	Provider   string
	VirtualKey string

	Usage     *gateway.Usage
	Cost      gateway.Cost
	Latency   time.Duration
	FirstByte time.Duration // -1: not a stream, or none came
	Upstream  time.Duration // within attempts
	Waited    time.Duration // in pauses between them

	Cache  gateway.CacheFact
	Config Config
	Prompt *gateway.PromptFact

	Attempts   []Attempt
	Guardrails []Guardrail
	Stages     []Stage
	Metadata   []Pair // sorted by key
	Redacted   []gateway.EntityHits

	Body              BodyState
	Request, Response []byte // JSON; nil unless Body says they are kept
}

// Gateway is the time that Sluice itself took: what is neither the provider's nor a pause
// before a retry.
func (r *Record) Gateway() time.Duration { return max(r.Latency-r.Upstream-r.Waited, 0) }

// Clone is a Record for good.
func (r *Record) Clone() *Record {
	c := *r
	c.Attempts, c.Guardrails = append([]Attempt(nil), r.Attempts...), append([]Guardrail(nil), r.Guardrails...)
	c.Stages, c.Metadata = append([]Stage(nil), r.Stages...), append([]Pair(nil), r.Metadata...)
	c.Request, c.Response = append([]byte(nil), r.Request...), append([]byte(nil), r.Response...)
	return &c
}

// hexOf is the trace id as text: mostly Ref, which is at hand.
func hexOf(t *gateway.Trace) string {
	var text [2 * len(t.ID)]byte
	hex.Encode(text[:], t.ID[:])
	if string(text[:]) == t.Ref {
		return t.Ref
	}
	return string(text[:])
}

// Config says which config applied.
type Config struct {
	Source, Slug, Mode string
	Version            int
}

// Failure is how the exchange, or one attempt, failed.
type Failure struct {
	Kind, Type, Code, Param, Target string
	Message                         string // the public one, cleansed
}

// Attempt is one upstream call. Start counts from the Record's Time.
type Attempt struct {
	Target, Provider, VirtualKey string
	Model, Host                  string
	Served, ResponseID, Finish   string
	Span                         gateway.SpanID
	Start, FirstChunk, Duration  time.Duration
	Status, Retry                int
	Error                        *Failure
	Usage                        *gateway.Usage
}

// Guardrail is one verdict. Start counts from the Record's Time; it is negative for a
// verdict replayed from the cache.
type Guardrail struct {
	ID, Version, Target string
	Output, Pass, Deny  bool
	Replayed            bool
	Action              gateway.Action
	Start, Duration     time.Duration
	Checks              []CheckResult
}

// CheckResult is what one check of a guardrail said.
type CheckResult struct {
	ID, Error, Explanation string
	Pass                   bool
	Duration               time.Duration
}

// Stage is the time of one stage: Incl with what it wraps, Self without.
type Stage struct {
	Name              string
	Start, Incl, Self time.Duration
	Failed            bool
}

// Pair is one metadata entry.
type Pair struct{ Key, Value string }

// BodyState says what became of the bodies.
type BodyState uint8

// The states.
const (
	BodyNone     BodyState = iota // not recorded, by configuration or on the caller's wish
	BodyRedacted                  // cleansed
	BodyFull                      // as the redact stage left them
	BodyShed                      // dropped under pressure, counted
)

func (b BodyState) String() string {
	if int(b) < len(bodyStates) {
		return bodyStates[b]
	}
	return "none"
}

var bodyStates = [...]string{"none", "redacted", "full", "shed"}

// Outcome is the class of an exchange's end.
type Outcome uint8

// The outcomes.
const (
	OutcomeOK Outcome = iota
	OutcomeClientError
	OutcomeProviderError
	OutcomeDenied
	OutcomeExhausted
	OutcomeRateLimited
	OutcomeCancelled
	OutcomeGatewayError
)

var outcomes = [...]string{"ok", "client_error", "provider_error", "denied", "exhausted", "rate_limited", "cancelled", "gateway_error"}

func (o Outcome) String() string {
	if int(o) < len(outcomes) {
		return outcomes[o]
	}
	return "unknown"
}

// ParseOutcome reads an outcome's name.
func ParseOutcome(s string) (Outcome, bool) {
	for i, n := range outcomes {
		if n == s {
			return Outcome(i), true
		}
	}
	return 0, false
}

func outcomeOf(e *gateway.Error) Outcome {
	if e == nil {
		return OutcomeOK
	}
	switch e.Kind {
	case gateway.Upstream, gateway.BadUpstream, gateway.Timeout:
		return OutcomeProviderError
	case gateway.Denied:
		return OutcomeDenied
	case gateway.Exhausted:
		return OutcomeExhausted
	case gateway.RateLimited:
		return OutcomeRateLimited
	case gateway.Cancelled:
		return OutcomeCancelled
	case gateway.Internal, gateway.Unavailable:
		return OutcomeGatewayError
	default:
		return OutcomeClientError
	}
}
