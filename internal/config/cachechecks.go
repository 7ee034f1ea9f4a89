package config

import (
	"strconv"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/config/yamltree"
)

// defaultShadow is the share of shadow calls where a file names none.
const defaultShadow = .02

// cacheChecks reads what tells whether stored answers are right. Without a judge and a daily budget
// there are no such calls.
func (r *reader) cacheChecks(n *yamltree.Node, to *CacheChecks) {
	to.Shadow = defaultShadow
	r.object(n, []field{
		{"judge", func(n *yamltree.Node) { r.str(n, &to.Judge) }},
		{"daily_budget", func(n *yamltree.Node) { r.dailyBudget(n, &to.DailyBudget) }},
		{"time_zone", func(n *yamltree.Node) { r.checked(n, &to.TimeZone, zoneProblem) }},
		{"shadow", func(n *yamltree.Node) { r.share(n, &to.Shadow) }},
	}, "judge", "daily_budget")
}

// dailyBudget reads an amount above 0.
func (r *reader) dailyBudget(n *yamltree.Node, to *int64) {
	r.usd(n, "daily_budget", to)
	if amount, err := gateway.ParseUSD("daily_budget", n.Text); err == nil && amount == 0 {
		r.bad(n, "must be above 0; leave out 'checks' to make no such calls")
	}
}

func zoneProblem(name string) string {
	if _, err := time.LoadLocation(name); err != nil || strings.EqualFold(name, "local") {
		return "must be an IANA time zone such as Europe/Berlin"
	}
	return ""
}

// share reads a share of all: 0.02 or "2%".
func (r *reader) share(n *yamltree.Node, to *float64) {
	n = r.unquoted(n)
	text, percent := strings.CutSuffix(n.Text, "%")
	v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if percent {
		v /= 100
	}
	if n.Kind != yamltree.Number && n.Kind != yamltree.String || err != nil || !(v >= 0 && v <= 1) {
		r.bad(n, `must be a share from 0 to 1, such as 0.02 or "2%%"`)
		return
	}
	*to = v
}

// callerShare reads the share of the memory that one caller may fill. None at all would be no cache.
func (r *reader) callerShare(n *yamltree.Node, to *float64) {
	before := len(r.problems)
	if r.share(n, to); *to == 0 && len(r.problems) == before {
		r.bad(n, "must be above 0: to store nothing, switch the cache off")
	}
}

// maxJitter bounds the pauses before stored answers: longer ones defeat the cache.
const maxJitter = 10 * time.Second

func (r *reader) jitter(n *yamltree.Node, to *time.Duration) {
	if r.duration(n, to); *to > maxJitter {
		r.bad(n, "must be at most %v: it is the longest pause before a stored answer", maxJitter)
	}
}
