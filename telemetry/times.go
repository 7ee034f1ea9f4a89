package telemetry

import (
	"cmp"
	"slices"
	"time"
)

// Times counts times, rounded by RoundTime. It is a list that is sorted and added up now and then, so
// that it stays small however many times there are: a map took three times as long.
type Times []TimeCount

// TimeCount is how often a time occurred.
type TimeCount struct {
	Time  time.Duration
	Count int64
}

// Add counts a time, which it rounds, n times.
func (t *Times) Add(d time.Duration, n int64) { t.AddRounded(RoundTime(d), n) }

// AddRounded counts a time that is rounded already.
func (t *Times) AddRounded(d time.Duration, n int64) {
	const few = 256
	if len(*t) == cap(*t) && len(*t) >= few {
		t.Compact()
		*t = slices.Grow(*t, len(*t))
	}
	*t = append(*t, TimeCount{d, n})
}

// AddAll adds the counts of another; nil has none.
func (t *Times) AddAll(other *Times) {
	if other == nil {
		return
	}
	for _, c := range *other {
		t.AddRounded(c.Time, c.Count)
	}
}

// Compact sorts the times and adds up those that are the same.
func (t *Times) Compact() {
	all := *t
	slices.SortFunc(all, func(a, b TimeCount) int { return cmp.Compare(a.Time, b.Time) })
	kept := all[:0]
	for _, c := range all {
		if last := len(kept) - 1; last >= 0 && kept[last].Time == c.Time {
			kept[last].Count += c.Count
		} else {
			kept = append(kept, c)
		}
	}
	*t = kept
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

// percentiles sets those of d; nil has none. The p-th percentile of n times is the one at p·n, counted
// from 0.
func (t *Times) percentiles(d *Distribution) {
	if t == nil || len(*t) == 0 {
		return
	}
	t.Compact()
	var total, passed int64
	for _, c := range *t {
		total += c.Count
	}
	var at [len(levels)]time.Duration
	next := 0
	for _, c := range *t {
		passed += c.Count
		for next < len(levels) && int64(levels[next]*float64(total)) < passed {
			at[next] = c.Time
			next++
		}
	}
	d.SetPercentiles(at)
}
