package limit

import (
	"context"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// maxCounters bounds the counters of one process. Callers choose values of groups, so they
// could make any number.
const maxCounters = 1 << 20

// Memory holds the counters of one process. It implements Counters.
type Memory struct {
	now func() time.Time
	max int

	mu       sync.Mutex
	counters map[string]*counter
	sweep    int       // number of counters at which empty ones are removed
	swept    time.Time // when they were last
}

// counter is a bucket or a set of leases.
type counter struct {
	bucket
	limit  int64
	period time.Duration
	leases map[string]bool
}

// NewMemory makes empty counters. A nil now is time.Now.
func NewMemory(now func() time.Time) *Memory {
	if now == nil {
		now = time.Now
	}
	return &Memory{now: now, max: maxCounters, counters: map[string]*counter{}, sweep: 1024}
}

// Take implements Counters. It fails with gateway.RateLimited when the process holds so many
// counters that no other one can be made: an unlimited call is no way out.
func (m *Memory) Take(_ context.Context, claims []Claim) ([]State, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now, refused := m.now(), false
	found, states := make([]*counter, len(claims)), make([]State, len(claims))
	for i, c := range claims {
		if found[i] = m.counter(c, now); found[i] == nil {
			return nil, &gateway.Error{Op: "limit.Memory.Take", Kind: gateway.RateLimited, RetryAfter: time.Minute,
				Public: "More callers are limited one by one than this server can count."}
		}
		states[i].Refused = !found[i].fits(c)
		refused = refused || states[i].Refused
	}
	for i, c := range claims {
		if !refused {
			found[i].take(c)
		}
		states[i] = found[i].state(c, states[i].Refused)
	}
	return states, nil
}

// Settle implements Counters.
func (m *Memory) Settle(_ context.Context, settlements []Settlement) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	for _, s := range settlements {
		c := m.counters[s.Counter]
		switch {
		case c == nil:
		case s.Period == 0:
			delete(c.leases, s.Lease)
			if len(c.leases) == 0 {
				delete(m.counters, s.Counter)
			}
		default:
			c.leak(c.limit, c.period, now)
			c.level = max(0, c.level+float64(s.Amount))
		}
	}
	return nil
}

// counter finds or makes the counter of a claim. A limit that has changed since keeps its
// level. It returns nil when there are too many. The caller holds mu.
func (m *Memory) counter(c Claim, now time.Time) *counter {
	n := m.counters[c.Counter]
	if n == nil {
		if full := len(m.counters) >= m.max; full && now.Sub(m.swept) >= time.Second || !full && len(m.counters) >= m.sweep {
			m.removeEmpty(now)
		}
		if len(m.counters) >= m.max {
			return nil
		}
		n = &counter{bucket: bucket{at: now}, limit: c.Limit, period: c.Period}
		if c.Period == 0 {
			n.leases = map[string]bool{}
		}
		m.counters[c.Counter] = n
	}
	if c.Period > 0 {
		n.leak(n.limit, n.period, now)
		n.limit, n.period = c.Limit, c.Period
	}
	return n
}

// removeEmpty removes the counters that say no more than a new one would. The caller holds mu.
func (m *Memory) removeEmpty(now time.Time) {
	for name, c := range m.counters {
		if c.period == 0 {
			if len(c.leases) == 0 {
				delete(m.counters, name)
			}
			continue
		}
		if c.leak(c.limit, c.period, now); c.level == 0 {
			delete(m.counters, name)
		}
	}
	m.sweep, m.swept = max(1024, 2*len(m.counters)), now
}

func (n *counter) fits(c Claim) bool {
	if c.Period == 0 {
		return n.leases[c.Lease] || int64(len(n.leases)) < c.Limit
	}
	return n.bucket.fits(c.Amount, c.Limit)
}

func (n *counter) take(c Claim) {
	if c.Period == 0 {
		n.leases[c.Lease] = true
		return
	}
	n.level += float64(c.Amount)
}

func (n *counter) state(c Claim, refused bool) State {
	if c.Period == 0 {
		return LeaseState(c, int64(len(n.leases)), refused)
	}
	return RateState(c, n.level, refused)
}
