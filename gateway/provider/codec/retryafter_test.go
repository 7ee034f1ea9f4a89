package codec

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestRetryAfterForms(t *testing.T) {
	now := time.Date(2026, 8, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		header string
		want   time.Duration
	}{
		{"Retry-After: 7", 7 * time.Second}, {"Retry-After: 0.5", 500 * time.Millisecond}, {"Retry-After: Sat, 01 Aug 2026 12:01:00 GMT", time.Minute}, {"Retry-After: Sat, 01 Aug 2026 11:00:00 GMT", 0},
		{"Retry-After: -3", 0}, {"Retry-After: soon", 0}, {"Retry-After: NaN", 0}, {"Retry-After: 1e300", maxRetryAfter}, {"Retry-After-Ms: 250", 250 * time.Millisecond}, {"X-Ms-Retry-After-Ms: 1500", 1500 * time.Millisecond},
		{"X-Ratelimit-Remaining-Tokens: 0|X-Ratelimit-Reset-Tokens: 6m0s", 6 * time.Minute}, {"X-Ratelimit-Remaining-Tokens: 5|X-Ratelimit-Reset-Tokens: 6m0s", 0},
		{"Anthropic-Ratelimit-Requests-Remaining: 0|Anthropic-Ratelimit-Requests-Reset: 2026-08-01T12:00:30Z", 30 * time.Second}, {"X-Ratelimit-Remaining: 0|X-Ratelimit-Reset: 1785585610000", 10 * time.Second},
		{"X-Ratelimit-Remaining: 0|X-Ratelimit-Reset: 1785585620", 20 * time.Second}, {"X-Ratelimit-Remaining: 0|X-Ratelimit-Reset: 12", 12 * time.Second},
		{"Retry-After: 1|X-Ratelimit-Remaining: 0|X-Ratelimit-Reset: 12", time.Second},
	} {
		h := http.Header{}
		for _, l := range strings.Split(c.header, "|") {
			k, v, _ := strings.Cut(l, ": ")
			h.Set(k, v)
		}
		if got := retryAfter(h, now); got != c.want {
			t.Errorf("%s: %v, want %v", c.header, got, c.want)
		}
	}
}
