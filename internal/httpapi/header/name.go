package header

// The prefixes of the headers that are for Sluice, in canonical spelling.
const (
	native = "X-Sluice-"
	alias  = "X-Portkey-"
)

// name is the name of a header in both spellings.
type name struct{ own, other string }

func both(n string) name { return name{native + n, alias + n} }

// The headers that Sluice reads. Other headers with these prefixes (an SDK's version, its
// runtime) are ignored, and never forwarded.
var (
	hAPIKey         = both("Api-Key")
	hProvider       = both("Provider")
	hVirtualKey     = both("Virtual-Key")
	hConfig         = both("Config")
	hTraceID        = both("Trace-Id")
	hSpanID         = both("Span-Id")
	hParentSpanID   = both("Parent-Span-Id")
	hSpanName       = both("Span-Name")
	hMetadata       = both("Metadata")
	hCacheRefresh   = both("Cache-Force-Refresh")
	hCacheNamespace = both("Cache-Namespace")
	hCache          = both("Cache")
	hTimeout        = both("Request-Timeout")
	hCustomHost     = both("Custom-Host")
	hForward        = both("Forward-Headers")
	hDebug          = both("Debug")
	hStrict         = both("Strict-Open-Ai-Compliance")
	hStrictToo      = both("Strict-Openai-Compliance") // another spelling of the same
)
