package cache

import (
	"sync/atomic"
	"time"
)

// breaker leaves a dependency alone for a while after failures in a row, then lets one
// call through to see.
type breaker struct {
	fails atomic.Int32
	until atomic.Int64 // unix nanoseconds; 0: closed
}

const (
	breakAfter = 5
	breakFor   = 10 * time.Second
)

func (b *breaker) allow(clock func() time.Time) bool {
	until := b.until.Load()
	if until == 0 {
		return true
	}
	now := clock()
	return now.UnixNano() >= until && b.until.CompareAndSwap(until, now.Add(breakFor).UnixNano())
}

func (b *breaker) note(clock func() time.Time, err error) {
	switch {
	case err == nil:
		if b.fails.Load() != 0 || b.until.Load() != 0 {
			b.fails.Store(0)
			b.until.Store(0)
		}
	case b.fails.Add(1) >= breakAfter:
		b.until.Store(clock().Add(breakFor).UnixNano())
	}
}

func (b *breaker) open() bool { return b.until.Load() != 0 }
