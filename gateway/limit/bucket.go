package limit

import (
	"math"
	"time"
)

// bucket is a leaky bucket: level rises by what is taken, and falls by a full limit in each
// period.
type bucket struct {
	level float64
	at    time.Time // when level was computed
}

// leak lowers the level to what is left at now.
func (b *bucket) leak(limit int64, period time.Duration, now time.Time) {
	if passed := now.Sub(b.at); passed > 0 {
		b.level = max(0, b.level-float64(limit)*float64(passed)/float64(period))
		b.at = now
	}
}

// fits reports whether amount more can be taken. Nothing fits a bucket that a settlement has
// filled above its limit.
func (b *bucket) fits(amount, limit int64) bool {
	return b.level+float64(amount) <= float64(limit)+roundingError
}

// roundingError keeps a bucket that was filled and emptied in many steps from refusing the
// last unit.
const roundingError = 1e-6

// RateState is the state of a rate whose counter is filled to level.
func RateState(c Claim, level float64, refused bool) State {
	limit := float64(c.Limit)
	perUnit := float64(c.Period) / limit
	s := State{Refused: refused, Remaining: max(0, int64(math.Floor(limit-level+roundingError))), Reset: ceil(level * perUnit)}
	if refused && c.Amount <= c.Limit {
		s.RetryAfter = max(ceil((level+float64(c.Amount)-limit)*perUnit), time.Millisecond)
	}
	return s
}

// LeaseState is the state of a number of leases of which count are taken.
func LeaseState(c Claim, count int64, refused bool) State {
	return State{Refused: refused, Remaining: max(0, c.Limit-count)}
}

// ceil rounds nanoseconds up to whole milliseconds.
func ceil(nanoseconds float64) time.Duration {
	return time.Duration(math.Ceil(nanoseconds/1e6)) * time.Millisecond
}
