package httpapi

import (
	"crypto/rand"
	"time"

	"github.com/oklog/ulid/v2"
)

// newIDs makes ULIDs. Those of one millisecond grow.
func newIDs() func(now time.Time) string {
	entropy := &ulid.LockedMonotonicReader{MonotonicReader: ulid.Monotonic(rand.Reader, 0)}
	return func(now time.Time) string { return ulid.MustNew(ulid.Timestamp(now), entropy).String() }
}
