package gateway

import (
	"net/http"
	"time"
)

// Envelope is what stood around the body: credentials, switches and metadata from
// the headers (both spellings, x-sluice- and x-portkey-, already merged) and the
// Portkey fields that clients put into the body. httpapi fills it; it is read-only
// afterwards. Values are the caller's own text and may hold personal data: they are
// hashed or detected before they are recorded or sent on.
type Envelope struct {
	Method string // "POST"
	Route  string // "/v1/chat/completions", without the /api prefix
	Path   string // as the caller wrote it

	ClientIP  string
	UserAgent string

	APIKey     Secret // what the caller authenticates with
	Credential Secret // Authorization beside an API key: the caller's own provider credential

	Workspace string // ?workspace= of a render: id or name of another workspace, for owners; "" = the key's

	Provider   string // x-…-provider: a vendor id or "@virtual-key"
	VirtualKey string // x-…-virtual-key
	Config     string // x-…-config: JSON or slug
	BodyConfig []byte // "config" of the body: a JSON object or string, nil if absent

	Metadata map[string]string // x-…-metadata, then baggage, then the body's "user" as "_user"; first wins
	User     string            // the body's "user"

	Cache          string // x-…-cache: "simple", "exact", "semantic", "off", "" = as the config says
	CacheNamespace string
	CacheScoped    bool // CacheNamespace was sent
	CacheRefresh   bool // x-…-cache-force-refresh
	CacheNoStore   bool // the body's cache.no-store: the answer is not stored
	CacheMaxAge    time.Duration

	IncludeUsage bool // the body's usage.include: token counts and cost, in streams too

	RequestTimeout time.Duration // 0 = as the config says
	CustomHost     string
	ForwardHeaders []string
	Header         http.Header // the caller's headers, for forwarding by name only
	KeepBodies     bool        // false: x-…-debug: false; record no bodies
}
