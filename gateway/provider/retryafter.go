package provider

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxWait bounds what a vendor can make anybody wait.
const maxWait = 24 * time.Hour

// retryAfter reads how long the vendor asks to wait: in milliseconds where it says so, in
// seconds or as a date, else the reset time of the limit that is used up. 0 = unknown.
func retryAfter(h http.Header, now time.Time) time.Duration {
	for _, name := range []string{"Retry-After-Ms", "X-Ms-Retry-After-Ms"} {
		if ms, err := strconv.ParseFloat(h.Get(name), 64); err == nil && ms > 0 {
			return wait(ms / 1000)
		}
	}
	if v := h.Get("Retry-After"); v != "" {
		if s, err := strconv.ParseFloat(v, 64); err == nil {
			return wait(s)
		}
		if at, err := http.ParseTime(v); err == nil {
			return clamp(at.Sub(now))
		}
	}
	var longest time.Duration
	for _, l := range limits {
		if h.Get(l.remaining) == "0" {
			longest = max(longest, reset(h.Get(l.reset), now))
		}
	}
	return longest
}

// limits are the headers of OpenAI and those who follow it, and of Anthropic.
var limits = []struct{ remaining, reset string }{
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

// reset reads "6m0s", "20ms", seconds, a Unix time in seconds or milliseconds, or RFC 3339.
func reset(v string, now time.Time) time.Duration {
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
		return wait(n)
	}
	if at, err := time.Parse(time.RFC3339, v); err == nil {
		return clamp(at.Sub(now))
	}
	return 0
}

func wait(seconds float64) time.Duration {
	if !(seconds > 0) { // NaN too
		return 0
	}
	return time.Duration(min(seconds, maxWait.Seconds()) * float64(time.Second))
}

func clamp(d time.Duration) time.Duration { return min(max(d, 0), maxWait) }
