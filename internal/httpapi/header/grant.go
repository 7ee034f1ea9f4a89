package header

import (
	"net/http"
	"strings"
)

// granted are the headers that a client secret brings along from the call that issued it.
var granted = []name{hConfig, hVirtualKey, hProvider, hMetadata}

// Grant are the headers that a client secret which the call issues brings along.
func (h Request) Grant() map[string]string {
	out := map[string]string{}
	for _, n := range granted {
		if v := h.value(n); v != "" {
			out[n.own] = v
		}
	}
	return out
}

// SetGrant puts the headers of a client secret in the place of the caller's that are for Sluice: who
// has a secret chooses nothing but what is said.
func SetGrant(to http.Header, grant map[string]string) {
	for n := range to {
		canonical := http.CanonicalHeaderKey(n)
		if strings.HasPrefix(canonical, native) || strings.HasPrefix(canonical, alias) {
			delete(to, n)
		}
	}
	for n, value := range grant {
		to.Set(n, value)
	}
}
