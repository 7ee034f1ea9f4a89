package httpapi

import (
	"net/http"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// field is a request header that Sluice reads, in either spelling.
type field uint8

const (
	hAPIKey field = iota
	hProvider
	hVirtualKey
	hConfig
	hTraceID
	hSpanID
	hParentSpanID
	hSpanName
	hMetadata
	hCacheRefresh
	hCacheNamespace
	hCache
	hTimeout
	hCustomHost
	hForward
	hDebug
	hStrict
	fields
)

const (
	native = "X-Sluice-"
	alias  = "X-Portkey-"
)

// suffixes name the fields as people write them.
var suffixes = [fields]string{
	"api-key", "provider", "virtual-key", "config", "trace-id", "span-id", "parent-span-id", "span-name", "metadata",
	"cache-force-refresh", "cache-namespace", "cache", "request-timeout", "custom-host", "forward-headers", "debug",
	"strict-open-ai-compliance",
}

// fieldOf knows the canonical suffixes. What it does not know (an SDK's version, its
// runtime) is none of our business and is never forwarded.
func fieldOf(suffix string) (field, bool) {
	switch suffix {
	case "Api-Key":
		return hAPIKey, true
	case "Provider":
		return hProvider, true
	case "Virtual-Key":
		return hVirtualKey, true
	case "Config":
		return hConfig, true
	case "Trace-Id":
		return hTraceID, true
	case "Span-Id":
		return hSpanID, true
	case "Parent-Span-Id":
		return hParentSpanID, true
	case "Span-Name":
		return hSpanName, true
	case "Metadata":
		return hMetadata, true
	case "Cache-Force-Refresh":
		return hCacheRefresh, true
	case "Cache-Namespace":
		return hCacheNamespace, true
	case "Cache":
		return hCache, true
	case "Request-Timeout":
		return hTimeout, true
	case "Custom-Host":
		return hCustomHost, true
	case "Forward-Headers":
		return hForward, true
	case "Debug":
		return hDebug, true
	case "Strict-Open-Ai-Compliance", "Strict-Openai-Compliance":
		return hStrict, true
	}
	return 0, false
}

// headers holds the fields of one request, x-sluice- before x-portkey-. An empty value
// counts as not sent: SDKs send those.
type headers struct {
	value  [fields]string
	native [fields]bool
}

// read finds the fields in either spelling.
func (h *headers) read(from http.Header) {
	for name, values := range from {
		if len(name) < 9 || name[0] != 'X' || len(values) == 0 || values[0] == "" {
			continue
		}
		suffix, own := strings.CutPrefix(name, native)
		if !own {
			var other bool
			if suffix, other = strings.CutPrefix(name, alias); !other {
				continue
			}
		}
		f, ok := fieldOf(suffix)
		if !ok || h.native[f] && !own {
			continue
		}
		h.value[f], h.native[f] = values[0], own
		if f == hForward && len(values) > 1 {
			h.value[f] = strings.Join(values, ",")
		}
	}
}

// name is the field as the caller spelled it.
func (h *headers) name(f field) string {
	if h.native[f] {
		return "x-sluice-" + suffixes[f]
	}
	return "x-portkey-" + suffixes[f]
}

// bad is the refusal of a field's value.
func (h *headers) bad(f field, what string) error {
	name := h.name(f)
	return gateway.InvalidField("httpapi.envelope", name, "The header "+name+" "+what)
}

// first is the first value of a header by its canonical name.
func first(h http.Header, canonical string) string {
	if v := h[canonical]; len(v) > 0 {
		return v[0]
	}
	return ""
}
