package budget

import (
	"strings"
	"time"
	_ "time/tzdata" // images without a system know the zones, too
)

// Period is how long a budget counts before it begins anew: at midnight, on Monday, on the first
// of the month, in the budget's time zone.
type Period string

// The periods.
const (
	Day   Period = "day"
	Week  Period = "week"
	Month Period = "month"
	Life  Period = "life" // it never begins anew
)

// Periods lists the periods.
func Periods() []string { return []string{string(Day), string(Week), string(Month), string(Life)} }

// zone finds a time zone by its IANA name; "" is UTC. "Local" is none: replicas may differ.
func zone(name string) (*time.Location, bool) {
	if name == "" {
		return time.UTC, true
	}
	if strings.EqualFold(name, "local") {
		return nil, false
	}
	loc, err := time.LoadLocation(name)
	return loc, err == nil
}

// Bounds returns the period that contains now: from start, before end. The bounds of [Life] are
// zero.
func (p Period) Bounds(now time.Time, loc *time.Location) (start, end time.Time) {
	if p == Life {
		return time.Time{}, time.Time{}
	}
	y, m, d := now.In(loc).Date()
	start, end = p.from(y, m, d, loc)
	for !now.Before(end) { // clocks that are set back over midnight show a date again
		y, m, d = end.In(loc).Date()
		start, end = p.from(y, m, d, loc)
	}
	return start, end
}

// from is the period of a date.
func (p Period) from(y int, m time.Month, d int, loc *time.Location) (start, end time.Time) {
	switch p {
	case Week:
		weekday := time.Date(y, m, d, 12, 0, 0, 0, time.UTC).Weekday()
		d -= (int(weekday) + 6) % 7 // since Monday
		return beginning(y, m, d, loc), beginning(y, m, d+7, loc)
	case Month:
		return beginning(y, m, 1, loc), beginning(y, m+1, 1, loc)
	}
	return beginning(y, m, d, loc), beginning(y, m, d+1, loc)
}

// beginning is the first instant of a date. It is not midnight where clocks are set forward over
// midnight, and the first of two midnights where they are set back to it. A date that a zone left
// out begins with the next one.
func beginning(y int, m time.Month, d int, loc *time.Location) time.Time {
	t := time.Date(y, m, d, 0, 0, 0, 0, loc)
	before := dateBefore(t, y, m, d)
	changed, next := t.ZoneBounds()
	switch {
	case before: // t was moved back over a gap
		return next
	case t.Hour() != 0 || t.Minute() != 0 || t.Second() != 0: // t was moved forward over a gap
		return changed
	}
	if changed.IsZero() {
		return t
	}
	_, offset := t.Zone()
	_, earlier := changed.Add(-time.Nanosecond).Zone()
	if first := t.Add(time.Duration(offset-earlier) * time.Second); first.Before(changed) && first.Before(t) && !dateBefore(first, y, m, d) {
		return first
	}
	return t
}

// dateBefore reports whether t shows a date before y, m, d, which may exceed its month.
func dateBefore(t time.Time, y int, m time.Month, d int) bool {
	ty, tm, td := t.Date()
	return time.Date(ty, tm, td, 0, 0, 0, 0, time.UTC).Before(time.Date(y, m, d, 0, 0, 0, 0, time.UTC))
}
