package wire

import (
	"strings"
	"testing"
)

// usualHead is what a large provider answers with.
var usualHead = strings.ReplaceAll(`HTTP/1.1 200 OK
Date: Sun, 29 Nov 2026 10:00:00 GMT
Content-Type: application/json
Content-Length: 1021
Connection: keep-alive
access-control-expose-headers: X-Request-ID
openai-organization: an-organisation-0123456789
openai-processing-ms: 412
openai-version: 2020-10-01
x-ratelimit-limit-requests: 10000
x-ratelimit-limit-tokens: 2000000
x-ratelimit-remaining-requests: 9999
x-ratelimit-remaining-tokens: 1999483
x-ratelimit-reset-requests: 6ms
x-ratelimit-reset-tokens: 15ms
x-request-id: req_0123456789abcdef0123456789abcdef
strict-transport-security: max-age=31536000; includeSubDomains; preload
cf-cache-status: DYNAMIC
Set-Cookie: __cf_bm=0123456789abcdefghijklmnopqrstuvwxyz-1785585600-1.0.1.1-abcdefghijklmnop; path=/; expires=Sun, 29-Nov-26 10:30:00 GMT; domain=.api.example.com; HttpOnly; Secure; SameSite=None
X-Content-Type-Options: nosniff
Server: cloudflare
CF-RAY: 0123456789abcdef-FRA
alt-svc: h3=":443"; ma=86400

`, "\n", "\r\n")

func TestTrim(t *testing.T) {
	for _, s := range []string{"", " ", "\t ", "a", " a", "a\t", " \ta b\t ", "\r a", "a\u00a0"} {
		if got, want := trim(s), strings.Trim(s, " \t"); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

// BenchmarkHead parses a usual head.
func BenchmarkHead(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if h, err := parseHead(usualHead); err != nil || h.length != 1021 || len(h.header) != 22 {
			b.Fatal(h, err)
		}
	}
}
