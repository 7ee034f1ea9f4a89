package telemetry

import "github.com/sluicegate/sluice/gateway"

// Verdict is the strongest action of the guardrails that judged an exchange.
type Verdict uint8

// The verdicts, weakest first. Stores keep their numbers.
const (
	VerdictNone Verdict = iota // no guardrail judged
	VerdictAllow
	VerdictFlag
	VerdictRedact
	VerdictDeny
)

var verdicts = [...]string{"none", "allow", "flag", "redact", "deny"}

// String returns the name that the API and the stores use.
func (v Verdict) String() string {
	if int(v) < len(verdicts) {
		return verdicts[v]
	}
	return "unknown"
}

// ParseVerdict returns the verdict with this name.
func ParseVerdict(s string) (Verdict, bool) {
	for i, n := range verdicts {
		if n == s {
			return Verdict(i), true
		}
	}
	return 0, false
}

// Verdict returns the strongest action of the guardrails that judged the exchange.
func (r *Record) Verdict() (v Verdict) {
	for i := range r.Guardrails {
		v = max(v, VerdictAllow+Verdict(r.Guardrails[i].Action-gateway.ActionAllow))
	}
	return v
}
