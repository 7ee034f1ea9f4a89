package telemetry

import "github.com/sluicegate/sluice/gateway"

// Outcome classifies how an exchange ended.
type Outcome uint8

// The outcomes. Their order is part of the packed form.
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

// String returns the name that the API and the stores use.
func (o Outcome) String() string {
	if int(o) < len(outcomes) {
		return outcomes[o]
	}
	return "unknown"
}

// ParseOutcome returns the outcome with this name.
func ParseOutcome(s string) (Outcome, bool) {
	for i, n := range outcomes {
		if n == s {
			return Outcome(i), true
		}
	}
	return 0, false
}

// OutcomeOf classifies an error of the pipeline; nil is OutcomeOK.
func OutcomeOf(e *gateway.Error) Outcome {
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
