package gateway

import (
	"net/http"
	"slices"
	"time"
)

// BreakerPolicy says when a strategy leaves out a target that fails, and for how long. At least one of
// Failures and Percentage is set.
type BreakerPolicy struct {
	Failures   int           // this many in a row, or within a minute, are too many; 0 = any number is allowed
	Percentage float64       // failures of 100 calls within a minute that are too many; 0 = any share is allowed
	Minimum    int           // number of calls that Percentage is asked from on
	Cooldown   time.Duration // for which the target is left out
	OnStatus   []int         // what is a failure; empty: every status from 500, and timeouts
}

// DefaultBreakerMinimum is the Minimum of a policy that sets none.
const DefaultBreakerMinimum = 5

// Fails reports whether an outcome with this status is a failure.
func (p *BreakerPolicy) Fails(status int) bool {
	if len(p.OnStatus) == 0 {
		return status >= http.StatusInternalServerError || status == http.StatusRequestTimeout
	}
	return slices.Contains(p.OnStatus, status)
}
