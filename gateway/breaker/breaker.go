// Package breaker keeps circuit breakers: which targets of configs have failed too often, and are left
// out for a while.
//
// A [Breaker] is closed while its target is called. Too many failures open it: nobody may call until
// the cooldown has passed. Then one call, the probe, may; its outcome closes the breaker, or opens it
// for another cooldown. A call begins with [Breaker.Enter] and ends in one of [Breaker.Begun],
// [Breaker.Failed] and [Breaker.Release], which says that the call told nothing about the target: the
// next one is the probe then. Results of calls that entered before the breaker opened are ignored.
//
// Failures are counted in a row, whatever time they take, and within a minute: a target that is seldom
// called and always fails is found by the first, one that fails now and then by the second.
//
// A [Registry] holds the breakers of this process. Replicas do not share them: each finds out by
// itself. The breakers of failsafe-go know one of the two counts only, and cannot take back a
// probe whose caller left.
package breaker

import (
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// The window within which failures are counted, in parts that expire one by one.
const (
	partLength = 6 * time.Second
	parts      = 10
)

// Breaker is the circuit breaker of one target. The zero value is closed. It is safe for concurrent use.
type Breaker struct {
	changed func(open bool) // is told when it leaves the state closed, and when it is closed again; nil: nobody is

	mu      sync.Mutex
	until   time.Time // end of the cooldown; zero: closed
	probing bool      // the probe is under way
	row     int       // failures without a whole answer between them
	window  [parts]count
	newest  int64 // number of the newest part of window
}

type count struct{ calls, failures int }

// Permit is the permission to make one call.
type Permit struct{ probe bool }

// Enter asks for permission to call. Each permit is given back by one of Begun, Failed and Release.
func (b *Breaker) Enter(now time.Time) (Permit, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.until.IsZero():
		return Permit{}, true
	case b.probing || now.Before(b.until):
		return Permit{}, false
	}
	b.probing = true
	return Permit{probe: true}, true
}

// Ready reports whether Enter would give a permit.
func (b *Breaker) Ready(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.until.IsZero() || !b.probing && !now.Before(b.until)
}

// Open reports whether the target is left out, or being probed.
func (b *Breaker) Open() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return !b.until.IsZero()
}

// Release gives back the permit of a call that told nothing about the target.
func (b *Breaker) Release(p Permit) {
	if !p.probe {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.probing = false
}

// Begun records that the target has begun to answer.
func (b *Breaker) Begun(p Permit, now time.Time) {
	if b.begun(p, now) && b.changed != nil {
		b.changed(false)
	}
}

func (b *Breaker) begun(p Permit, now time.Time) (closed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case p.probe:
		b.until, b.probing = time.Time{}, false
	case !b.until.IsZero():
		return false
	}
	b.part(now).calls++
	return p.probe
}

// Ended records that an answer has come to its end.
func (b *Breaker) Ended() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.row = 0
}

// Failed records that the target has failed before it began to answer.
func (b *Breaker) Failed(policy *gateway.BreakerPolicy, p Permit, now time.Time) {
	if b.failed(policy, p, now, 1) && b.changed != nil {
		b.changed(true)
	}
}

// Broke records that the target has failed after Begun.
func (b *Breaker) Broke(policy *gateway.BreakerPolicy, now time.Time) {
	if b.failed(policy, Permit{}, now, 0) && b.changed != nil {
		b.changed(true)
	}
}

func (b *Breaker) failed(policy *gateway.BreakerPolicy, p Permit, now time.Time, calls int) (opened bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case p.probe:
		b.until, b.probing = now.Add(policy.Cooldown), false
		return false
	case !b.until.IsZero():
		return false
	}
	part := b.part(now)
	part.calls += calls
	part.failures++
	b.row++
	if !b.tooMany(policy) {
		return false
	}
	b.until, b.row, b.window = now.Add(policy.Cooldown), 0, [parts]count{}
	return true
}

func (b *Breaker) tooMany(policy *gateway.BreakerPolicy) bool {
	var sum count
	for _, c := range b.window {
		sum.calls += c.calls
		sum.failures += c.failures
	}
	if n := policy.Failures; n > 0 && (b.row >= n || sum.failures >= n) {
		return true
	}
	// A row of failures is a share of 100 %, also where it takes longer than the window.
	return policy.Percentage > 0 && (b.row >= policy.Minimum ||
		sum.calls >= policy.Minimum && float64(sum.failures)*100 >= policy.Percentage*float64(sum.calls))
}

// part returns the part of the window that now is in, and forgets those that have expired.
func (b *Breaker) part(now time.Time) *count {
	at := now.UnixNano() / int64(partLength)
	if at-b.newest >= parts {
		b.window, b.newest = [parts]count{}, at
	}
	for b.newest < at {
		b.newest++
		b.window[b.newest%parts] = count{}
	}
	return &b.window[b.newest%parts]
}
