package header

import (
	"net/http"
	"strconv"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// setRateLimits tells the caller its limits of requests and of tokens, in the headers of
// the dialect's vendor: OpenAI's (https://platform.openai.com/docs/guides/rate-limits) or
// Anthropic's (https://docs.anthropic.com/en/api/rate-limits). Of several limits of a kind the
// one with the least left is told.
func (a Answer) setRateLimits(to http.Header) {
	for _, kind := range []string{"requests", "tokens"} {
		f := tightest(a.Facts.Limits, kind)
		if f == nil {
			continue
		}
		limit, left := strconv.FormatInt(f.Limit, 10), strconv.FormatInt(f.Remaining, 10)
		if a.Anthropic {
			prefix := "Anthropic-Ratelimit-" + kind
			to.Set(prefix+"-Limit", limit)
			to.Set(prefix+"-Remaining", left)
			to.Set(prefix+"-Reset", a.Now.Add(f.Reset).UTC().Format(time.RFC3339))
			continue
		}
		to.Set("X-Ratelimit-Limit-"+kind, limit)
		to.Set("X-Ratelimit-Remaining-"+kind, left)
		to.Set("X-Ratelimit-Reset-"+kind, f.Reset.String())
	}
}

// tightest is the limit of a kind with the smallest share left, nil if there is none.
func tightest(limits []gateway.LimitFact, kind string) *gateway.LimitFact {
	var found *gateway.LimitFact
	for i := range limits {
		f := &limits[i]
		if f.Kind == kind && (found == nil || float64(f.Remaining)/float64(f.Limit) < float64(found.Remaining)/float64(found.Limit)) {
			found = f
		}
	}
	return found
}
