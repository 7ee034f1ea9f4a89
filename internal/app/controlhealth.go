package app

import (
	"context"
	"sync"
	"time"
)

// pingTimeout bounds the wait for the control store in an answer of /readyz.
const pingTimeout = 2 * time.Second

// controlHealth tells whether the control store answers. A database on another machine may be
// away for a while: calls need only memory, unless their API key has a budget.
type controlHealth struct {
	ping      func(context.Context) error
	maxOutage time.Duration // how long the store may be away; 0: not at all

	mu       sync.Mutex
	answered time.Time // last time
	away     bool
}

// newControlHealth begins with a store that answered at a time; zero: now.
func newControlHealth(ping func(context.Context) error, maxOutage time.Duration, answered time.Time) *controlHealth {
	if answered.IsZero() {
		answered = time.Now()
	}
	return &controlHealth{ping: ping, maxOutage: maxOutage, answered: answered}
}

// ready is an error when traffic should no longer come here.
func (h *controlHealth) ready(ctx context.Context) error {
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

// warnings tell of a store that is away, as the last call of ready found it.
func (h *controlHealth) warnings() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.away {
		return nil
	}
	return []string{"The control database does not answer. Calls go on from memory; those of API keys with a budget are refused, and nothing can be changed."}
}
