package gateway

import (
	"net/http"
	"time"
)

// Envelope holds the request's metadata: credentials, options and metadata from the headers
// (x-sluice- and x-portkey- merged), and the Portkey fields of the body. httpapi fills it;
// it is immutable afterwards. The values are the caller's own text and may contain personal
// data, so they are hashed or redacted before they are recorded or forwarded.
type Envelope struct {
	Method string // "POST"
	Route  string // "/v1/chat/completions", without the /api prefix
	Path   string // as the caller sent it

	TraceNamed bool // x-…-trace-id was sent: the caller says which calls belong together

	ClientIP  string
	UserAgent string

	APIKey     Secret // what the caller authenticates with
	Credential Secret // Authorization sent together with an API key: the caller's own provider credential

	Workspace string // ?workspace= of a render: id or name of another workspace, for owners; "" = the key's

	Provider   string        // x-…-provider: a vendor id or "@virtual-key"
	VirtualKey string        // x-…-virtual-key
	KeptBy     VendorAccount // that the response which the call goes on from belongs to; zero = none
	Config     string        // x-…-config: JSON or slug
	BodyConfig []byte        // "config" of the body: a JSON object or string, nil if absent

	Metadata map[string]string // x-…-metadata, then baggage, then the body's "user" as "_user"; first wins
	User     string            // the body's "user"

	Cache          string // x-…-cache: "simple", "exact", "semantic", "guarded", "observe", "off"; "" = the config's setting
	CacheNamespace string
	CacheScoped    bool // CacheNamespace was sent
	CacheRefresh   bool // x-…-cache-force-refresh
	CacheNoStore   bool // the body's cache.no-store: the answer is not stored
	CacheMaxAge    time.Duration

	IncludeUsage bool // the body's usage.include: token counts and cost, also in streams

	RequestTimeout time.Duration // 0 = the config's setting
	CustomHost     string
	ForwardHeaders []string
	Header         http.Header // the caller's headers, for forwarding by name only
	KeepBodies     bool        // false if x-…-debug is false: bodies are not recorded
}

// Limits of an exchange's metadata, all sources together.
const (
	MaxMetadataKeys  = 64
	MaxMetadataBytes = 16 << 10 // of keys and values
)

// AddMetadata adds one entry, unless the key exists already. It returns false, and adds
// nothing, if the entry would exceed the limits.
func (e *Envelope) AddMetadata(key, value string) bool {
	if _, taken := e.Metadata[key]; taken {
		return true
	}
	bytes := len(key) + len(value)
	for k, v := range e.Metadata {
		bytes += len(k) + len(v)
	}
	if len(e.Metadata) >= MaxMetadataKeys || bytes > MaxMetadataBytes {
		return false
	}
	if e.Metadata == nil {
		e.Metadata = make(map[string]string, 4)
	}
	e.Metadata[key] = value
	return true
}
