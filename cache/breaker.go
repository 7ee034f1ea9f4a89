package cache

import (
	"errors"
	"sync"
	"time"
)

// breaker stops calls to a dependency after failures in a row. After a pause it lets one
// call through: its result closes the breaker or begins the next pause.
type breaker struct {
	mu       sync.Mutex
	failures int
	until    time.Time // end of the pause; zero: closed
}

const (
	breakAfter = 5
	breakFor   = 10 * time.Second
)

var errBreakerOpen = errors.New("left alone after failures in a row")

// allow reports whether a call may be made.
func (b *breaker) allow(now func() time.Time) bool {
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

// note records the result of a call.
func (b *breaker) note(now func() time.Time, err error) {
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

func (b *breaker) open() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return !b.until.IsZero()
}
