// Package quota bounds what one caller stores in the cache.
package quota

import (
	"sync"
	"time"

	"github.com/sluicegate/sluice/cache/key"
)

// Inserts bounds how many answers one caller stores in an hour. It refills steadily, and is safe for
// concurrent use.
type Inserts struct {
	perHour float64 // 0: no bound
	now     func() time.Time

	mu   sync.Mutex
	left map[key.Digest]allowance
}

// allowance is how many answers a caller might store at a time.
type allowance struct {
	answers float64
	at      time.Time
}

// maxAllowances bounds the callers that are told apart. Those whose quota is whole are forgotten
// first, then any.
const maxAllowances = 10_000

// New makes a bound; 0 is none.
func New(perHour int, now func() time.Time) *Inserts {
	return &Inserts{perHour: float64(perHour), now: now, left: map[key.Digest]allowance{}}
}

// Take reports whether a caller may store one more answer, and counts it.
func (q *Inserts) Take(caller key.Digest) bool {
	if q.perHour <= 0 || caller.IsZero() {
		return true
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	now := q.now()
	a, known := q.left[caller]
	if !known {
		q.makeRoom(now)
		a = allowance{q.perHour, now}
	}
	a = q.refilled(a, now)
	taken := a.answers >= 1
	if taken {
		a.answers--
	}
	q.left[caller] = a
	return taken
}

func (q *Inserts) refilled(a allowance, now time.Time) allowance {
	return allowance{min(a.answers+q.perHour*max(now.Sub(a.at), 0).Hours(), q.perHour), now}
}

func (q *Inserts) makeRoom(now time.Time) {
	if len(q.left) < maxAllowances {
		return
	}
	for caller, a := range q.left {
		if q.refilled(a, now).answers >= q.perHour {
			delete(q.left, caller)
		}
	}
	for caller := range q.left {
		if len(q.left) < maxAllowances {
			return
		}
		delete(q.left, caller)
	}
}
