package telemetry

import (
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Record is one exchange as it is kept: plain data, every text cleansed. It is immutable once
// it is in a Batch.
type Record struct {
	ID    string    // request id, a ULID
	Time  time.Time // start of the exchange, UTC, whole microseconds
	Node  string    // the Sluice instance that answered
	Trace gateway.Trace

	Workspace, WorkspaceName string // id and name, as of the other two
	Member, MemberName       string
	Team, TeamName           string // of the API key; "" without one
	APIKey, APIKeyName       string

	Method, Route string
	Op            string // gateway.Op; "" if the request never entered the pipeline
	Stream        bool   // the caller asked for a stream
	Client        string // the caller's address; a pseudonym where it identifies a person
	UserAgent     string

	Status  int // HTTP status that the caller got
	Outcome Outcome
	Error   *Failure // nil on success

	Model      string // as the caller asked for it
	Served     string // as the answer names it
	Provider   string // of the attempt that answered, else of the last
	VirtualKey string

	Usage     *gateway.Usage // nil if no provider reported any
	Cost      gateway.Cost
	Latency   time.Duration // from the start to the end of the answer
	FirstByte time.Duration // from the start to the first chunk; -1 if there is none, or no stream
	Upstream  time.Duration // while at least one attempt was running
	Waited    time.Duration // in pauses between attempts, and for money that other calls had reserved

	Cache   gateway.CacheFact
	Config  Config
	Prompt  *gateway.PromptFact
	Session string // of several calls, as the caller names it; "" if it does not

	SessionSource gateway.SessionSource // where Session was read

	PromptCache *gateway.PromptCacheFact // nil: not compared

	Attempts   []Attempt
	Tools      []ToolUse // that the answer calls, sorted by name
	Guardrails []Guardrail
	Stages     []Stage
	Metadata   []Pair // sorted by key
	Redacted   []gateway.EntityHits
	Unedited   []gateway.EntityHits // found in signed texts and left in place
	Parameters []Pair               // sampling and limits that the caller asked for: numbers, sorted by name

	Charges []Charge // of the attempts with a cost, in order

	Body              BodyState
	Request, Response []byte // JSON; nil if Body says that they are not kept, and in listings
	// Sent is the body of the last upstream call, JSON in the format of its target. It is nil as
	// Request is, if no call was made, and if SentRequest says that the target got Request as it is.
	Sent        []byte
	SentRequest bool
}

// Bodies returns the fields that hold bodies.
func (r *Record) Bodies() []*[]byte { return []*[]byte{&r.Request, &r.Response, &r.Sent} }

// DropBodies takes the bodies out of r.
func (r *Record) DropBodies() {
	for _, body := range r.Bodies() {
		*body = nil
	}
}

// Gateway returns the time that Sluice itself took: latency without the time of providers and
// without pauses before retries.
func (r *Record) Gateway() time.Duration { return max(r.Latency-r.Upstream-r.Waited, 0) }

// CacheStatus returns the cache's status, DISABLED if no cache was asked.
func (r *Record) CacheStatus() string {
	if r.Cache.Status == "" {
		return string(gateway.CacheDisabled)
	}
	return string(r.Cache.Status)
}

func (r *Record) hasMetadata(k, v string) bool {
	for i := range r.Metadata {
		if r.Metadata[i].Key == k {
			return r.Metadata[i].Value == v
		}
	}
	return false
}

// Config names the routing config that applied.
type Config struct {
	Source  string // where it was named: gateway.Plan.Source
	Slug    string // "" for an inline config
	Mode    string // of its strategy
	Version int
}

// Failure tells how an exchange or an attempt failed.
type Failure struct {
	Kind, Type, Code, Param, Target string
	Message                         string // the public message
}

// Attempt is one upstream call. Start counts from the Record's Time.
type Attempt struct {
	Target, Provider, VirtualKey      string
	Credential, CredentialFingerprint string // which of the virtual key's
	Model, Host                       string
	Served, ResponseID, Finish        string
	Span                              gateway.SpanID
	Start, FirstChunk, Duration       time.Duration
	Wait                              time.Duration // the pause that followed, before the next attempt
	Chunks                            int           // of a stream
	LongestGap                        time.Duration // between two chunks of a stream
	Status, Retry                     int
	Error                             *Failure
	Usage                             *gateway.Usage
}

// Guardrail is one guardrail's verdict. Start counts from the Record's Time; it is negative for
// a verdict replayed from the cache.
type Guardrail struct {
	ID, Version, Target string
	Output, Pass, Deny  bool // Output: it judged the answer, not the request
	Replayed            bool
	Action              gateway.Action
	Start, Duration     time.Duration
	Checks              []CheckResult
}

// CheckResult is the result of one check of a guardrail.
type CheckResult struct {
	ID, Error, Explanation string
	Pass                   bool
	Duration               time.Duration
}

// Stage is the time of one pipeline stage: Incl includes the stages that it wraps, Self does not.
// Start counts from the Record's Time.
type Stage struct {
	Name              string
	Start, Incl, Self time.Duration
	Failed            bool
}

// ToolUse tells how often an answer calls a tool.
type ToolUse struct {
	Name  string
	Calls int
}

// Pair is one metadata entry, or one parameter.
type Pair struct{ Key, Value string }
