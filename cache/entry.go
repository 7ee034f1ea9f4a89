package cache

import (
	"time"

	"github.com/sluicegate/sluice/cache/key"
	"github.com/sluicegate/sluice/gateway"
)

// entry is a stored answer with the question that it answers. Entries are immutable.
type entry struct {
	id        key.Digest
	alias     key.Digest    // zero: exact tier only
	partition key.Partition // its Context is zero in the exact tier
	text      string        // of the question, redacted like everything in the cache

	body       []byte     // a whole answer in the wire format of the caller
	elsewhere  *bodyPlace // of the body, if that is not here; in an Archive only
	output     []gateway.Verdict
	usage      gateway.Usage
	usageKnown bool
	cost       int64  // nano-USD; 0 if unknown
	origin     string // ID of the exchange that stored it
	attributes []key.Digest
	caller     key.Digest // whose quota it counts against; zero: nobody's
	pieces     pieces     // in which the answer came
	stored     time.Time
	expires    time.Time
	took       time.Duration // of the call that stored it
}

// answer returns the entry as an ExactStore keeps it, with its record.
func (e *entry) answer(record []byte) StoredAnswer {
	return StoredAnswer{ID: e.id, Alias: e.alias, Workspace: e.partition.Workspace, Record: record, Expires: e.expires, Attributes: e.attributes, Stored: e.stored, Caller: e.caller}
}

// response returns the answer, whose body is in a dialect.
func (e *entry) response(d gateway.Dialect) *gateway.Response {
	var r gateway.Response
	r.Fold(bodyChunk(d, e.body))
	return &r
}

// usable reports whether the entry may serve a question that accepts answers of maxAge.
func (e *entry) usable(now time.Time, maxAge time.Duration) bool {
	return now.Before(e.expires) && now.Sub(e.stored) <= maxAge
}
