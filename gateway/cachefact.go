package gateway

import "time"

// CacheStatus is the outcome of a cache lookup, with Portkey's names
// (x-portkey-cache-status).
type CacheStatus string

// The outcomes.
const (
	CacheDisabled     CacheStatus = "DISABLED"
	CacheMiss         CacheStatus = "MISS"
	CacheSemanticMiss CacheStatus = "SEMANTIC MISS"
	CacheHit          CacheStatus = "HIT"
	CacheSemanticHit  CacheStatus = "SEMANTIC HIT"
	CacheRefresh      CacheStatus = "REFRESH"
)

// Hit reports whether the answer came from the cache.
func (s CacheStatus) Hit() bool { return s == CacheHit || s == CacheSemanticHit }

// CacheFact records what the cache did.
type CacheFact struct {
	Status     CacheStatus // "" = DISABLED
	Tier       string      // "exact", "alias" or "semantic" on a hit
	Similarity float64     // of the nearest entry of the semantic tier
	Threshold  float64
	MaxAge     time.Duration // that an answer may have; 0 if none was looked up
	Namespace  string        // keyed hash of the namespace, never the caller's own text
	Origin     string        // request id of the exchange that stored the answer
	Stored     bool
	Reason     string // why a lookup or a store was skipped, for the trace
}
