package key

import (
	"net/http"
	"slices"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// unanswered lists headers on which no answer depends: they tell one call from another, or one application.
var unanswered = []string{"Http-Referer", "X-Title", "X-Request-Id", "X-Correlation-Id", "Idempotency-Key", "Traceparent", "Tracestate", "Baggage"}

// appendHeaders appends the caller's headers that a target gets: an upstream may answer by them. Without any
// it appends nothing.
func appendHeaders(b []byte, env *gateway.Envelope, t *gateway.Target) []byte {
	if env == nil || len(env.Header) == 0 {
		return b
	}
	var names []string
	for _, name := range slices.Concat(t.Forward, gateway.VendorHeaders) {
		name = http.CanonicalHeaderKey(strings.TrimSpace(name))
		if len(env.Header[name]) > 0 && !slices.Contains(unanswered, name) && !gateway.NeverForwarded(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		b = appendList(appendField(append(b, 'h'), name), env.Header[name])
	}
	return b
}
