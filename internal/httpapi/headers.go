package httpapi

import (
	"net/http"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// The prefixes of the headers that are for Sluice, in canonical spelling.
const (
	native = "X-Sluice-"
	alias  = "X-Portkey-"
)

// spelled is the name of a header in both spellings.
type spelled struct{ own, other string }

func bothSpellings(name string) spelled { return spelled{native + name, alias + name} }

// The headers that Sluice reads. Other headers with these prefixes (an SDK's version, its
// runtime) are ignored, and never forwarded.
var (
	hAPIKey         = bothSpellings("Api-Key")
	hProvider       = bothSpellings("Provider")
	hVirtualKey     = bothSpellings("Virtual-Key")
	hConfig         = bothSpellings("Config")
	hTraceID        = bothSpellings("Trace-Id")
	hSpanID         = bothSpellings("Span-Id")
	hParentSpanID   = bothSpellings("Parent-Span-Id")
	hSpanName       = bothSpellings("Span-Name")
	hMetadata       = bothSpellings("Metadata")
	hCacheRefresh   = bothSpellings("Cache-Force-Refresh")
	hCacheNamespace = bothSpellings("Cache-Namespace")
	hCache          = bothSpellings("Cache")
	hTimeout        = bothSpellings("Request-Timeout")
	hCustomHost     = bothSpellings("Custom-Host")
	hForward        = bothSpellings("Forward-Headers")
	hDebug          = bothSpellings("Debug")
	hStrict         = bothSpellings("Strict-Open-Ai-Compliance")
	hStrictToo      = bothSpellings("Strict-Openai-Compliance") // another spelling of the same
)

// headers reads the headers of one request, x-sluice- before x-portkey-. An empty value counts
// as not sent: SDKs send those.
type headers struct{ http.Header }

// value is the header's value, "" if it was not sent.
func (h headers) value(name spelled) string {
	if v := first(h.Header, name.own); v != "" {
		return v
	}
	return first(h.Header, name.other)
}

// spelling is the header's name as the caller wrote it, in lower case.
func (h headers) spelling(name spelled) string { return strings.ToLower(h.sent(name)) }

// sent is the canonical name of the spelling that the caller used.
func (h headers) sent(name spelled) string {
	if first(h.Header, name.own) != "" {
		return name.own
	}
	return name.other
}

// invalid is the error about a header's value.
func (h headers) invalid(name spelled, what string) error {
	spelling := h.spelling(name)
	return gateway.InvalidField("httpapi.envelope", spelling, "The header "+spelling+" "+what)
}

// first is the first value of a header by its canonical name.
func first(h http.Header, canonical string) string {
	if v := h[canonical]; len(v) > 0 {
		return v[0]
	}
	return ""
}
