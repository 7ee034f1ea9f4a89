package breaker

import "github.com/sluicegate/sluice/gateway"

// Outcome is what a call tells about its target.
type Outcome uint8

// The outcomes.
const (
	Nothing Outcome = iota // nothing: it was refused before, or cancelled
	Answer                 // the target answers
	Failure
)

// OutcomeOf says what an error tells about the target. A verdict of a guardrail does only if the policy
// lists its status.
func OutcomeOf(policy *gateway.BreakerPolicy, e *gateway.Error) Outcome {
	switch e.Kind {
	case gateway.Upstream, gateway.BadUpstream, gateway.Timeout:
		if policy.Fails(e.HTTPStatus()) {
			return Failure
		}
		if e.Kind == gateway.Upstream {
			return Answer
		}
	case gateway.Denied:
		if len(policy.OnStatus) > 0 && policy.Fails(gateway.StatusDenied) {
			return Failure
		}
	}
	return Nothing
}
