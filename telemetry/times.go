package telemetry

import (
	"maps"
	"slices"
	"time"
)

// Times counts times, rounded by RoundTime, so that it stays small however many there are.
type Times map[time.Duration]int64

// Add counts a time n times.
func (t Times) Add(d time.Duration, n int64) { t[RoundTime(d)] += n }

// AddAll adds the counts of another.
func (t Times) AddAll(other Times) {
	for d, n := range other {
		t[d] += n
	}
}

// RoundTime rounds to three significant digits of microseconds, which is less than 0.5 % off. It
// keeps the order of times, so it does not matter whether percentiles are taken before or after.
func RoundTime(d time.Duration) time.Duration {
	us, unit := d.Microseconds(), int64(1)
	for us/unit >= 1000 {
		unit *= 10
	}
	return time.Duration((us+unit/2)/unit*unit) * time.Microsecond
}

// levels are the percentiles of a Distribution, in the order of its fields.
var levels = [...]float64{.5, .9, .95, .99}

// SetPercentiles sets the percentiles in the order of the fields, and rounds them.
func (d *Distribution) SetPercentiles(at [4]time.Duration) {
	for i, into := range []*time.Duration{&d.P50, &d.P90, &d.P95, &d.P99} {
		*into = RoundTime(at[i])
	}
}

// percentiles sets those of d. The p-th percentile of n times is the one at p·n, counted from 0.
func (t Times) percentiles(d *Distribution) {
	var total, passed int64
	for _, n := range t {
		total += n
	}
	if total == 0 {
		return
	}
	var at [len(levels)]time.Duration
	next := 0
	for _, v := range slices.Sorted(maps.Keys(t)) {
		passed += t[v]
		for next < len(levels) && int64(levels[next]*float64(total)) < passed {
			at[next] = v
			next++
		}
	}
	d.SetPercentiles(at)
}
