package foreign

import (
	"fmt"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// memory bounds the bytes of requests in flight, of each API key and of all.
type memory struct {
	perKey, all int64

	mu   sync.Mutex
	keys map[string]int64
	used int64
}

// Share is what one request takes of the memory for its API key. One goroutine uses it.
type Share struct {
	of   *memory
	key  string
	size int64
}

// retryAfter is when a caller should ask again.
const retryAfter = time.Second

// Grow makes the share n bytes larger. It fails with RateLimited if the API key has too much in
// flight, and with Unavailable if all have. A request that has its memory for itself may exceed the
// bound: its body is bounded elsewhere.
func (s *Share) Grow(n int64) error {
	const op = "foreign.Share"
	m := s.of
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.keys[s.key]+n > m.perKey && m.keys[s.key] > s.size:
		return &gateway.Error{Op: op, Kind: gateway.RateLimited, Code: "too_many_spans", RetryAfter: retryAfter,
			Public: fmt.Sprintf("The API key has more than %d bytes of spans in flight.", m.perKey)}
	case m.used+n > m.all && m.used > s.size:
		return &gateway.Error{Op: op, Kind: gateway.Unavailable, Code: "overloaded", RetryAfter: retryAfter,
			Public: "Sluice is taking too many spans now."}
	}
	m.keys[s.key] += n
	m.used += n
	s.size += n
	return nil
}

// Release gives the share back.
func (s *Share) Release() {
	m := s.of
	m.mu.Lock()
	defer m.mu.Unlock()
	m.used -= s.size
	if m.keys[s.key] -= s.size; m.keys[s.key] == 0 {
		delete(m.keys, s.key)
	}
	s.size = 0
}
