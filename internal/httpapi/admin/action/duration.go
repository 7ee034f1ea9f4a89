package action

import (
	"strconv"
	"strings"
	"time"
)

// maxDays keeps a number of days, or of days in weeks, within what a time.Duration holds.
const maxDays = 1 << 16

// parseDuration reads what the server's file and LiteLLM's API take: Go's durations, with weeks
// and days in front of them, such as 30m, 24h, 7d, 2w and 1d12h.
func parseDuration(s string) (time.Duration, bool) {
	var total time.Duration
	for _, unit := range [...]struct {
		name string
		days uint64
	}{{"w", 7}, {"d", 1}} {
		digits, rest, ok := strings.Cut(s, unit.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseUint(digits, 10, 16)
		if err != nil || n*unit.days > maxDays {
			return 0, false
		}
		total += time.Duration(n*unit.days) * 24 * time.Hour
		if s = rest; s == "" {
			return total, true
		}
	}
	d, err := time.ParseDuration(s)
	if err != nil || total > 0 && d < 0 || total+d < total && d > 0 {
		return 0, false
	}
	return total + d, true
}
