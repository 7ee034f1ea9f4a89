package credential

import (
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// health is how a provider took a credential lately. It belongs to this process: each replica
// learns by itself. It outlives changes of the virtual key that leave the credential as it is.
type health struct {
	mu sync.Mutex
	Health
}

// Health tells how a provider took a credential lately.
type Health struct {
	Refused    Refusal   // the last refusal; "" = it was taken since
	InRow      int       // refusals since it was taken last
	HTTPStatus int       // of the last refusal
	At         time.Time // of the last refusal
	Until      time.Time // it is set aside until then
}

func (h *health) now() Health {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.Health
}

func (h *health) taken() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.Health = Health{}
}

// proven notes that a test proved the credential. That ends a 401 only: other refusals are of calls
// that a test does not make, as where an account has no money left.
func (h *health) proven() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.Refused == RefusedUnauthorized {
		h.Health = Health{}
	}
}

func (h *health) refused(why Refusal, e *gateway.Error, now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.Refused != why {
		h.InRow = 0
	}
	h.Health = Health{Refused: why, InRow: h.InRow + 1, HTTPStatus: e.Status, At: now}
	h.Until = now.Add(asideFor(why, h.InRow, e.RetryAfter))
}
