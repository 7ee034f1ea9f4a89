package keys

import (
	"context"
	"errors"
	"math"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// account is the authority on one key's budget while the process runs.
//
// Invariant: spent + held never passes limit by a reservation. What a call really costs
// is known afterwards; a call that has an upper bound settles at or below what it held.
type account struct {
	mu      sync.Mutex
	limit   int64
	spent   int64
	held    int64
	dearest int64         // of the calls without an upper bound: the most that one has cost
	changed chan struct{} // closed and replaced when money comes back
}

func newAccount(limit, spent int64) *account {
	return &account{limit: limit, spent: spent, changed: make(chan struct{})}
}

// reserve holds want, and waits up to patience for calls in flight to settle if only
// they stand in the way.
//
// A call without an upper bound (open) is content with less, down to the larger of least
// and the dearest such call so far, but then runs with all that is left and alone: it can
// end beyond the limit by its own length at most, parallel calls cannot add to that.
func (a *account) reserve(ctx context.Context, want, least int64, open bool, patience time.Duration) (int64, error) {
	var timer *time.Timer
	for {
		a.mu.Lock()
		left := a.limit - a.spent
		free := left - a.held
		need := want
		if open {
			need = min(want, max(least, a.dearest))
		}
		switch {
		case want <= free:
			a.held += want
			a.mu.Unlock()
			return want, nil
		case need > left || left <= 0:
			a.mu.Unlock()
			return 0, spentOut(need, left, a.limit)
		case open && a.held == 0:
			a.held += free
			a.mu.Unlock()
			return free, nil
		}
		changed := a.changed
		a.mu.Unlock()
		if timer == nil {
			timer = time.NewTimer(patience)
			defer timer.Stop()
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return 0, gaveUp(ctx.Err())
		case <-timer.C:
			return 0, heldUp(a.limit)
		}
	}
}

// settle gives back what was held and takes what was spent.
func (a *account) settle(held, spent int64, open bool) {
	a.mu.Lock()
	a.held -= held
	a.spent = saturate(a.spent, spent)
	if open {
		a.dearest = max(a.dearest, spent)
	}
	close(a.changed)
	a.changed = make(chan struct{})
	a.mu.Unlock()
}

func (a *account) setLimit(limit int64) {
	a.mu.Lock()
	a.limit = limit
	close(a.changed)
	a.changed = make(chan struct{})
	a.mu.Unlock()
}

// state gives limit, spent and held of one moment.
func (a *account) state() (limit, spent, held int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.limit, a.spent, a.held
}

func saturate(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

const (
	codeExhausted = "04"
	typeExhausted = "api_key_exhaust_error"
)

func spentOut(need, left, limit int64) error {
	e := &gateway.Error{Op: "keys.Meter", Kind: gateway.Exhausted, Code: codeExhausted, Type: typeExhausted}
	if left <= 0 {
		e.Public = "The budget of this API key, " + gateway.FormatUSD(limit) + " USD, is spent."
		return e
	}
	e.Public = "This call may cost up to " + gateway.FormatUSD(need) + " USD, but only " + gateway.FormatUSD(left) + " of the " + gateway.FormatUSD(limit) +
		" USD budget of this API key are left. A smaller max_tokens makes it cheaper."
	return e
}

// gaveUp is a caller that went, or whose time ran out, before anything went upstream.
func gaveUp(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return &gateway.Error{Op: "keys.Meter", Kind: gateway.Timeout, Public: "The time for this call ran out while its budget was reserved.", Err: err}
	}
	return err
}

func heldUp(limit int64) error {
	return &gateway.Error{Op: "keys.Meter", Kind: gateway.Exhausted, Code: codeExhausted, Type: typeExhausted, RetryAfter: time.Second,
		Public: "What is left of the budget of this API key, " + gateway.FormatUSD(limit) + " USD, is held by its calls in flight. Try again when they have ended."}
}
