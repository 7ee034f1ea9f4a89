// Package breaker leaves a dependency alone that fails again and again.
package breaker

import (
	"errors"
	"sync"
	"time"
)

// Breaker stops calls to a dependency after failures in a row. After a pause it lets one
// call through: its result closes the breaker or begins the next pause. The zero value is ready, and safe
// for concurrent use.
type Breaker struct {
	mu       sync.Mutex
	failures int
	until    time.Time // end of the pause; zero: closed
}

const (
	breakAfter = 5
	breakFor   = 10 * time.Second
)

// ErrOpen is the cause of a call that was not made.
var ErrOpen = errors.New("left alone after failures in a row")

// Allow reports whether a call may be made.
func (b *Breaker) Allow(now func() time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.until.IsZero():
		return true
	case now().Before(b.until):
		return false
	}
	b.until = now().Add(breakFor)
	return true
}

// Note records the result of a call.
func (b *Breaker) Note(now func() time.Time, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err == nil {
		b.failures, b.until = 0, time.Time{}
		return
	}
	if b.failures++; b.failures >= breakAfter {
		b.until = now().Add(breakFor)
	}
}

// Open reports whether calls are stopped.
func (b *Breaker) Open() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return !b.until.IsZero()
}
