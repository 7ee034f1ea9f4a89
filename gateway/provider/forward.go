package provider

import (
	"net/http"
	"net/textproto"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// forward copies the named headers of the caller, but for those that never leave and
// those that the codec has set.
func forward(to, from http.Header, names ...string) {
	for _, n := range names {
		pass(to, from, textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(n)))
	}
}

// pass is forward for names in canonical spelling.
func pass(to, from http.Header, names ...string) {
	for _, n := range names {
		if v, ok := from[n]; ok && !gateway.NeverForwarded(n) && !nominated(from, n) {
			to[n] = v
		}
	}
}

// nominated reports whether the caller's Connection header makes name hop-by-hop.
func nominated(h http.Header, name string) bool {
	for _, v := range h["Connection"] {
		for _, n := range strings.Split(v, ",") {
			if strings.EqualFold(strings.TrimSpace(n), name) {
				return true
			}
		}
	}
	return false
}
