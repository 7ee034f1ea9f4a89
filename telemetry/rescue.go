package telemetry

import "strconv"

// RescuedByFallback is what Rescued returns where another target answered.
const RescuedByFallback = -1

// Rescued returns which retry made the exchange succeed, RescuedByFallback if a fallback did, and 0 if
// the first attempt succeeded or none.
func (r *Record) Rescued() int {
	switch {
	case r.Outcome != OutcomeOK:
		return 0
	case r.Fallback():
		return RescuedByFallback
	default:
		return r.Retries()
	}
}

// RescueName is the value of DimensionRescue where Rescued returns n.
func RescueName(n int64) string {
	switch {
	case n == 0:
		return "none"
	case n < 0:
		return "fallback"
	default:
		return "retry " + strconv.FormatInt(n, 10)
	}
}
