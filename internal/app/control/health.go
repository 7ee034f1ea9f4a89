package control

import (
	"context"
	"sync"
	"time"
)

// pingTimeout bounds the wait for the control store in an answer of /readyz.
const pingTimeout = 2 * time.Second

// Health tells whether the control store answers. A database on another machine may be
// away for a while: calls need only memory, unless their API key has a budget.
type Health struct {
	ping      func(context.Context) error
	maxOutage time.Duration // how long the store may be away; 0: not at all

	mu       sync.Mutex
	answered time.Time // last time
	away     bool
}

// NewHealth begins with a store that answered at a time; zero: now.
func NewHealth(ping func(context.Context) error, maxOutage time.Duration, answered time.Time) *Health {
	if answered.IsZero() {
		answered = time.Now()
	}
	return &Health{ping: ping, maxOutage: maxOutage, answered: answered}
}

// Ready is an error when traffic should no longer come here.
func (h *Health) Ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	err := h.ping(ctx)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.away = err != nil; !h.away {
		h.answered = time.Now()
		return nil
	}
	if time.Since(h.answered) < h.maxOutage {
		return nil
	}
	return err
}

// Warnings tell of a store that is away, as the last call of Ready found it.
func (h *Health) Warnings() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.away {
		return nil
	}
	return []string{"The control database does not answer. Calls go on from memory; those of API keys with a budget are refused, and nothing can be changed."}
}
