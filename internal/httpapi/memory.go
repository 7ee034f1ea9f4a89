package httpapi

import (
	"sync/atomic"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// memory bounds the bytes of all request bodies in flight.
type memory struct {
	limit int64
	used  atomic.Int64
}

// take reserves n bytes, or fails with Unavailable.
func (m *memory) take(n int64) error {
	if m.used.Add(n) <= m.limit {
		return nil
	}
	m.used.Add(-n)
	return &gateway.Error{Op: "httpapi.memory", Kind: gateway.Unavailable, Code: "overloaded", RetryAfter: time.Second,
		Public: "Sluice is handling too many large requests now."}
}

func (m *memory) give(n int64) { m.used.Add(-n) }
