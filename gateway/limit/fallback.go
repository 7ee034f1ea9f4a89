package limit

import (
	"context"
	"log/slog"
	"time"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"

	"github.com/sluicegate/sluice/gateway"
)

// Fallback counts with counters that replicas share, and with the process's own while those do
// not answer. Then each replica admits up to the whole limit. It implements Counters.
type Fallback struct {
	shared  Counters
	local   Counters
	timeout time.Duration
	breaker circuitbreaker.CircuitBreaker[any]
}

// FallbackConfig holds the settings of a Fallback.
type FallbackConfig struct {
	Timeout time.Duration // of one call to the shared counters
	Pause   time.Duration // before they are asked again after several failures
	Log     *slog.Logger  // is told when counting becomes local, and when it ends; nil: nobody is
}

// NewFallback makes counters of both. After three failures in a row the shared ones are left
// alone for the pause.
func NewFallback(shared, local Counters, cfg FallbackConfig) *Fallback {
	log := cfg.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	breaker := circuitbreaker.NewBuilder[any]().WithFailureThreshold(3).WithDelay(cfg.Pause).WithSuccessThreshold(1).
		OnOpen(func(e circuitbreaker.StateChangedEvent) {
			if e.OldState == circuitbreaker.ClosedState { // else a call that asked again has failed, too
				log.Error("shared rate limits do not answer: this process limits by itself")
			}
		}).
		OnClose(func(circuitbreaker.StateChangedEvent) { log.Info("shared rate limits answer again") }).
		Build()
	return &Fallback{shared: shared, local: local, timeout: cfg.Timeout, breaker: breaker}
}

// Local reports whether the process counts by itself now.
func (f *Fallback) Local() bool { return f.breaker.IsOpen() }

// Take implements Counters.
func (f *Fallback) Take(ctx context.Context, claims []Claim) ([]State, error) {
	var states []State
	err := f.ask(ctx, func(ctx context.Context) (err error) {
		states, err = f.shared.Take(ctx, claims)
		return err
	})
	if err == nil || gateway.AsError(err).Kind == gateway.RateLimited {
		return states, err
	}
	return f.local.Take(ctx, claims)
}

// Settle implements Counters. Leases end on both sides, because a lease may have begun on
// either.
func (f *Fallback) Settle(ctx context.Context, settlements []Settlement) error {
	err := f.ask(ctx, func(ctx context.Context) error { return f.shared.Settle(ctx, settlements) })
	local := settlements
	if err == nil {
		local = nil
		for _, s := range settlements {
			if s.Period == 0 {
				local = append(local, s)
			}
		}
	}
	if len(local) == 0 {
		return nil
	}
	return f.local.Settle(ctx, local)
}

// ask asks the shared counters, with a deadline, unless they failed lately.
func (f *Fallback) ask(ctx context.Context, call func(context.Context) error) error {
	if !f.breaker.TryAcquirePermit() {
		return circuitbreaker.ErrOpen
	}
	bounded, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	err := call(bounded)
	switch {
	case err == nil:
		f.breaker.RecordSuccess()
	case ctx.Err() == nil, f.breaker.IsHalfOpen(): // half open, only a result lets the next call ask again
		f.breaker.RecordFailure()
	}
	return err
}
