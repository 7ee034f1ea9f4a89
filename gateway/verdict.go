package gateway

import "time"

// The HTTP statuses of a guardrail's verdict, as Portkey's clients know them.
const (
	StatusFlagged = 246 // the answer was returned with a flag
	StatusDenied  = 446 // the request or the answer was denied
)

// Action is the effect of a guardrail's verdict on the exchange, weakest first.
type Action uint8

// The actions. Flag lets the answer through with StatusFlagged, Deny answers StatusDenied.
const (
	ActionAllow Action = iota
	ActionFlag
	ActionRedact
	ActionDeny
)

func (a Action) String() string { return [...]string{"allow", "flag", "redact", "deny"}[a] }

// Verdict is the result of one guardrail. It contains no text that was checked.
type Verdict struct {
	Guardrail string // id
	Version   string
	Output    bool // phase: input or output
	Pass      bool
	Action    Action
	Deny      bool // the guardrail is configured to deny
	Target    string
	Checks    []CheckResult
	At        time.Time
	Duration  time.Duration
	Replayed  bool // from the cache
}

// CheckResult is the result of one check of a guardrail.
type CheckResult struct {
	ID          string // "default.contains"
	Pass        bool
	Error       string // why the check failed to judge, "" if it judged
	Explanation string // never quotes the text
	At          time.Time
	Duration    time.Duration
}
