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

// The headers that Sluice reads, without their prefix. Other headers with these prefixes (an
// SDK's version, its runtime) are ignored, and never forwarded.
const (
	hAPIKey         = "Api-Key"
	hProvider       = "Provider"
	hVirtualKey     = "Virtual-Key"
	hConfig         = "Config"
	hTraceID        = "Trace-Id"
	hSpanID         = "Span-Id"
	hParentSpanID   = "Parent-Span-Id"
	hSpanName       = "Span-Name"
	hMetadata       = "Metadata"
	hCacheRefresh   = "Cache-Force-Refresh"
	hCacheNamespace = "Cache-Namespace"
	hCache          = "Cache"
	hTimeout        = "Request-Timeout"
	hCustomHost     = "Custom-Host"
	hForward        = "Forward-Headers"
	hDebug          = "Debug"
	hStrict         = "Strict-Open-Ai-Compliance"
	hStrictToo      = "Strict-Openai-Compliance" // another spelling of the same
)

// headers reads the headers of one request, x-sluice- before x-portkey-. An empty value counts
// as not sent: SDKs send those.
type headers struct{ http.Header }

// value is the header's value, "" if it was not sent.
func (h headers) value(name string) string {
	for _, prefix := range []string{native, alias} {
		if v := first(h.Header, prefix+name); v != "" {
			return v
		}
	}
	return ""
}

// spelling is the header's name as the caller wrote it, in lower case.
func (h headers) spelling(name string) string {
	if first(h.Header, native+name) != "" {
		return strings.ToLower(native + name)
	}
	return strings.ToLower(alias + name)
}

// invalid is the error about a header's value.
func (h headers) invalid(name, what string) error {
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
