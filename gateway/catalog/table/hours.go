package table

import (
	"fmt"
	"strings"
	"time"
)

// Hours reports whether a moment lies in hours of the form "1-5@00:00-01:00+04:00-06:00/6-7@00:00-24:00":
// days of the week from Monday, 1, and spans of the day in UTC, the end excluded.
func Hours(hours string, at time.Time) (bool, error) {
	at = at.UTC()
	day := int(at.Weekday()+6)%7 + 1
	now := at.Format("15:04")
	for part := range strings.SplitSeq(hours, "/") {
		days, spans, ok := strings.Cut(part, "@")
		var first, last int
		if n, err := fmt.Sscanf(days, "%d-%d", &first, &last); !ok || n != 2 || err != nil || first < 1 || last > 7 || first > last {
			return false, fmt.Errorf("%q is no span of days", part)
		}
		for span := range strings.SplitSeq(spans, "+") {
			from, until, ok := strings.Cut(span, "-")
			if !ok || len(from) != 5 || len(until) != 5 {
				return false, fmt.Errorf("%q is no span of hours", span)
			}
			if day >= first && day <= last && now >= from && now < until {
				return true, nil
			}
		}
	}
	return false, nil
}
