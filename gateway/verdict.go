package gateway

import "time"

// The HTTP statuses of a guardrail's verdict, as Portkey's clients know them.
const (
	StatusFlagged = 246 // the answer was let through with a flag
	StatusDenied  = 446 // the request or the answer was denied
)

// Action is what a guardrail's verdict means for the exchange, weakest first.
type Action uint8

// The actions. Flag lets the answer through with StatusFlagged, Deny answers StatusDenied.
const (
	ActionAllow Action = iota
	ActionFlag
	ActionRedact
	ActionDeny
)

func (a Action) String() string { return [...]string{"allow", "flag", "redact", "deny"}[a] }

// Verdict is what one guardrail said, without any of the text it read.
type Verdict struct {
	Guardrail string // id
	Version   string
	Output    bool // phase: input or output
	Pass      bool
	Action    Action
	Deny      bool // the guardrail is a denying one
	Target    string
	Checks    []CheckResult
	At        time.Time
	Duration  time.Duration
	Replayed  bool // from the cache
}

// CheckResult is what one check of it said.
type CheckResult struct {
	ID          string // "default.contains"
	Pass        bool
	Error       string // why it could not judge, "" if it could
	Explanation string // never quotes the text
	At          time.Time
	Duration    time.Duration
}
