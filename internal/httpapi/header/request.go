package header

import (
	"net/http"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// Request reads the headers of one request, x-sluice- before x-portkey-. An empty value counts
// as not sent: SDKs send those.
type Request struct{ http.Header }

// value is the header's value, "" if it was not sent.
func (h Request) value(n name) string {
	if v := first(h.Header, n.own); v != "" {
		return v
	}
	return first(h.Header, n.other)
}

// spelling is the header's name as the caller wrote it, in lower case.
func (h Request) spelling(n name) string { return strings.ToLower(h.sent(n)) }

// sent is the canonical name of the spelling that the caller used.
func (h Request) sent(n name) string {
	if first(h.Header, n.own) != "" {
		return n.own
	}
	return n.other
}

// invalid is the error about a header's value.
func (h Request) invalid(n name, what string) error {
	spelling := h.spelling(n)
	return gateway.InvalidField("header.envelope", spelling, "The header "+spelling+" "+what)
}

// first is the first value of a header by its canonical name.
func first(h http.Header, canonical string) string {
	if v := h[canonical]; len(v) > 0 {
		return v[0]
	}
	return ""
}
