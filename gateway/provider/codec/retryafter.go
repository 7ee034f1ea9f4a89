package codec

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxRetryAfter limits the delay that a vendor can ask for.
const maxRetryAfter = 24 * time.Hour

// retryAfter returns the delay that the vendor asks for: in milliseconds, in seconds or as a
// date, else the reset time of an exhausted limit. 0 means unknown.
func retryAfter(h http.Header, now time.Time) time.Duration {
	for _, name := range []string{"Retry-After-Ms", "X-Ms-Retry-After-Ms"} {
		if ms, err := strconv.ParseFloat(h.Get(name), 64); err == nil && ms > 0 {
			return fromSeconds(ms / 1000)
		}
	}
	if v := h.Get("Retry-After"); v != "" {
		if s, err := strconv.ParseFloat(v, 64); err == nil {
			return fromSeconds(s)
		}
		if at, err := http.ParseTime(v); err == nil {
			return clamp(at.Sub(now))
		}
	}
	var longest time.Duration
	for _, l := range limitHeaders {
		if h.Get(l.remaining) == "0" {
			longest = max(longest, parseReset(h.Get(l.reset), now))
		}
	}
	return longest
}

// limitHeaders are the rate limit headers of OpenAI, of vendors that copy them, and of
// Anthropic.
var limitHeaders = []struct{ remaining, reset string }{
	{"X-Ratelimit-Remaining-Requests", "X-Ratelimit-Reset-Requests"},
	{"X-Ratelimit-Remaining-Tokens", "X-Ratelimit-Reset-Tokens"},
	{"X-Ratelimit-Remaining", "X-Ratelimit-Reset"},
	{"X-Ratelimit-Remaining-Requests-Day", "X-Ratelimit-Reset-Requests-Day"},
	{"X-Ratelimit-Remaining-Tokens-Minute", "X-Ratelimit-Reset-Tokens-Minute"},
	{"Anthropic-Ratelimit-Requests-Remaining", "Anthropic-Ratelimit-Requests-Reset"},
	{"Anthropic-Ratelimit-Tokens-Remaining", "Anthropic-Ratelimit-Tokens-Reset"},
	{"Anthropic-Ratelimit-Input-Tokens-Remaining", "Anthropic-Ratelimit-Input-Tokens-Reset"},
	{"Anthropic-Ratelimit-Output-Tokens-Remaining", "Anthropic-Ratelimit-Output-Tokens-Reset"},
}

// parseReset parses "6m0s", "20ms", seconds, a Unix time in seconds or milliseconds, or RFC
// 3339.
func parseReset(v string, now time.Time) time.Duration {
	v = strings.TrimSpace(v)
	if d, err := time.ParseDuration(v); err == nil {
		return clamp(d)
	}
	if n, err := strconv.ParseFloat(v, 64); err == nil {
		switch {
		case n > 1e12:
			return clamp(time.UnixMilli(int64(min(n, 1e15))).Sub(now))
		case n > 1e9:
			return clamp(time.Unix(int64(n), 0).Sub(now))
		}
		return fromSeconds(n)
	}
	if at, err := time.Parse(time.RFC3339, v); err == nil {
		return clamp(at.Sub(now))
	}
	return 0
}

func fromSeconds(seconds float64) time.Duration {
	if !(seconds > 0) { // NaN too
		return 0
	}
	return time.Duration(min(seconds, maxRetryAfter.Seconds()) * float64(time.Second))
}

func clamp(d time.Duration) time.Duration { return min(max(d, 0), maxRetryAfter) }
