package litellm

import (
	"strconv"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
)

// readPeriod reads how long a budget counts before it begins anew, as LiteLLM's clients write it. Its
// periods begin where ours do: at midnight, on Monday, on the first.
func readPeriod(f *action.Form, name string) budget.Period {
	switch f.Text(name, false) {
	case "":
		return budget.Life
	case "1d", "24h":
		return budget.Day
	case "7d", "1w", "168h":
		return budget.Week
	case "30d", "1mo":
		return budget.Month
	}
	f.Wrong(name, "must be 24h or 1d, 7d or 1w, 30d or 1mo: a budget begins anew each day, week or month")
	return budget.Life
}

// durations are the periods in LiteLLM's words.
var durations = map[budget.Period]string{budget.Day: "1d", budget.Week: "7d", budget.Month: "30d"}

// readDuration reads a time such as "30s", "24h", "30d", "2w" or "1mo", and gives the time at which
// it has passed; the zero time if the field is absent or null.
func readDuration(f *action.Form, name string, now time.Time) time.Time {
	s := f.Text(name, false)
	if s == "" {
		return time.Time{}
	}
	digits := strings.TrimRight(s, "smhdwo")
	n, err := strconv.Atoi(digits)
	if err != nil || n < 1 || n > 1_000_000 {
		f.Wrong(name, "must be a time such as 30m, 24h, 30d or 1mo")
		return time.Time{}
	}
	switch s[len(digits):] {
	case "s":
		return now.Add(time.Duration(n) * time.Second)
	case "m":
		return now.Add(time.Duration(n) * time.Minute)
	case "h":
		return now.Add(time.Duration(n) * time.Hour)
	case "d":
		return now.AddDate(0, 0, n)
	case "w":
		return now.AddDate(0, 0, 7*n)
	case "mo":
		if n <= 1200 {
			return now.AddDate(0, n, 0)
		}
	}
	f.Wrong(name, "must be a time such as 30m, 24h, 30d or 1mo")
	return time.Time{}
}
