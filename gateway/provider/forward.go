package provider

import (
	"net/http"
	"net/textproto"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// forwardHeaders copies the named headers of the caller, except those that are never
// forwarded.
func forwardHeaders(to, from http.Header, names ...string) {
	for _, n := range names {
		copyHeaders(to, from, textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(n)))
	}
}

// copyHeaders is forwardHeaders for canonical header names.
func copyHeaders(to, from http.Header, names ...string) {
	for _, n := range names {
		if v, ok := from[n]; ok && !gateway.NeverForwarded(n) && !isHopByHop(from, n) {
			to[n] = v
		}
	}
}

// isHopByHop reports whether the caller's Connection header names the header.
func isHopByHop(h http.Header, name string) bool {
	for _, v := range h["Connection"] {
		for _, n := range strings.Split(v, ",") {
			if strings.EqualFold(strings.TrimSpace(n), name) {
				return true
			}
		}
	}
	return false
}
