package cache

import (
	"sync"
	"time"

	"github.com/sluicegate/sluice/cache/key"
	"github.com/sluicegate/sluice/gateway"
)

// DefaultCallerShare is the share of the memory that one caller may fill at the expense of others.
const DefaultCallerShare = .5

// insertQuota bounds how many answers one caller stores in an hour. It refills steadily.
type insertQuota struct {
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

func newInsertQuota(perHour int, now func() time.Time) *insertQuota {
	return &insertQuota{perHour: float64(perHour), now: now, left: map[key.Digest]allowance{}}
}

// take reports whether a caller may store one more answer, and counts it.
func (q *insertQuota) take(caller key.Digest) bool {
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

func (q *insertQuota) refilled(a allowance, now time.Time) allowance {
	return allowance{min(a.answers+q.perHour*max(now.Sub(a.at), 0).Hours(), q.perHour), now}
}

func (q *insertQuota) makeRoom(now time.Time) {
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

// callerOf returns whose quota the answer of an exchange counts against: the member's, however many
// keys it has, else the API key's. Callers of two workspaces differ.
func (s *Service) callerOf(p *gateway.Principal, workspace key.Digest) key.Digest {
	name, value := key.AttributeMember, p.Member
	if value == "" {
		name, value = key.AttributeAPIKey, p.APIKey
	}
	if value == "" {
		return key.Digest{}
	}
	return s.hasher.Attributes(workspace, key.Attribute{Name: name, Value: value})[0]
}
