package gateway

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"strings"
	"time"
)

// TraceID and SpanID are W3C trace context ids.
type (
	// TraceID is a W3C trace id.
	TraceID [16]byte
	SpanID  [8]byte
)

func (t TraceID) String() string {
	var b [2 * len(t)]byte
	hex.Encode(b[:], t[:])
	return string(b[:])
}

func (s SpanID) String() string { return hex.EncodeToString(s[:]) }

// IsZero reports whether there is no id.
func (t TraceID) IsZero() bool { return t == TraceID{} }

// IsZero reports whether there is no id.
func (s SpanID) IsZero() bool { return s == SpanID{} }

// Trace is the exchange's position in a trace. Ref is the trace id as the caller sent it. If
// Ref is not a W3C id, ID is a hash of it, so that all exchanges with the same Ref share a
// trace.
type Trace struct {
	ID      TraceID
	Root    SpanID // id of this exchange's SERVER span
	Parent  SpanID // zero: the exchange is the root of its trace
	Ref     string // echoed in the response headers; hex of ID if the caller sent none
	SpanRef string // x-…-span-id as sent; recorded as an attribute if it is not a W3C id
	Name    string // x-…-span-name
	State   string // tracestate, as sent
	Flags   byte   // of traceparent; recorded and forwarded, not used for sampling
}

// NewTrace starts a new trace. Its id begins with the time in milliseconds (six bytes), so
// that an index by trace id appends. Ten random bytes follow, of which W3C requires the last
// seven to be random.
func NewTrace() Trace {
	t := Trace{Root: NewSpanID()}
	ms := uint64(time.Now().UnixMilli())
	binary.BigEndian.PutUint64(t.ID[:8], ms<<16|rand.Uint64()>>48)
	binary.BigEndian.PutUint64(t.ID[8:], rand.Uint64())
	t.Ref = t.ID.String()
	return t
}

// NewSpanID returns a random span id. Like all ids of a trace, it must be unique but is no
// secret, so it needs no cryptographic randomness.
func NewSpanID() (s SpanID) {
	binary.BigEndian.PutUint64(s[:], rand.Uint64())
	return s
}

// TraceIDFrom converts a caller's trace id to a W3C id: 32 hex digits are used as they are
// (the dashes of a UUID are ignored), any other text is hashed.
func TraceIDFrom(ref string) TraceID {
	var id TraceID
	if plain := strings.ReplaceAll(ref, "-", ""); len(plain) == 32 {
		if _, err := hex.Decode(id[:], []byte(strings.ToLower(plain))); err == nil && !id.IsZero() {
			return id
		}
	}
	sum := sha256.Sum256([]byte(ref))
	copy(id[:], sum[:])
	return id
}

// SpanIDFrom converts a caller's span id in the same way (16 hex digits, else a hash).
func SpanIDFrom(ref string) SpanID {
	var id SpanID
	if len(ref) == 16 {
		if _, err := hex.Decode(id[:], []byte(strings.ToLower(ref))); err == nil && !id.IsZero() {
			return id
		}
	}
	sum := sha256.Sum256([]byte(ref))
	copy(id[:], sum[:])
	return id
}
