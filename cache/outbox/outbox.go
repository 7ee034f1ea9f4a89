// Package outbox keeps what waits to be sent: to other processes, or to a store.
package outbox

import (
	"slices"
	"sync"
)

// Outbox is a bounded queue. What does not fit is dropped and counted. It is safe for concurrent use,
// but one goroutine at a time may send.
type Outbox[T any] struct {
	limit int

	mu      sync.Mutex
	waiting []T
	dropped uint64
}

// New returns an outbox for so many things.
func New[T any](limit int) *Outbox[T] { return &Outbox[T]{limit: limit} }

// Add puts something into the outbox.
func (o *Outbox[T]) Add(v T) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.waiting) >= o.limit {
		o.dropped++
		return
	}
	o.waiting = append(o.waiting, v)
}

// Send sends all that waits, and reports whether anything did. After an error it waits on.
func (o *Outbox[T]) Send(send func([]T) error) (any bool, err error) {
	return o.SendSome(o.limit, send)
}

// SendSome sends at most so many things, those that have waited longest.
func (o *Outbox[T]) SendSome(most int, send func([]T) error) (any bool, err error) {
	o.mu.Lock()
	waiting := o.waiting[:min(most, len(o.waiting))]
	o.mu.Unlock()
	if len(waiting) == 0 {
		return false, nil
	}
	if err := send(waiting); err != nil {
		return true, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.waiting = slices.Clone(o.waiting[len(waiting):])
	return true, nil
}

// Dropped returns how many things did not fit.
func (o *Outbox[T]) Dropped() uint64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.dropped
}
