package provider

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/gateway/sse"
)

// upstreamCall is the lifetime of one upstream call. It has one context and one timer.
type upstreamCall struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	cfg    *Config
	vendor string

	mu       sync.Mutex
	timer    *time.Timer
	deadline time.Time
	reason   deadlineReason
}

// deadlineReason is the reason why a deadline cancels a call.
type deadlineReason uint8

const (
	noDeadline   deadlineReason = iota // no deadline is set
	idleTimeout                        // no further data arrived in time
	drainTimeout                       // the answer is complete, but its body did not end in time
)

func newUpstreamCall(ctx context.Context, cfg *Config, vendor string) *upstreamCall {
	k := &upstreamCall{cfg: cfg, vendor: vendor}
	k.ctx, k.cancel = context.WithCancelCause(ctx)
	return k
}

// setDeadline cancels the call after d, unless the deadline is set again or cleared before.
func (k *upstreamCall) setDeadline(d time.Duration, why deadlineReason) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.reason, k.deadline = why, time.Now().Add(d)
	if k.timer == nil {
		k.timer = time.AfterFunc(d, k.deadlinePassed)
		return
	}
	k.timer.Reset(d)
}

func (k *upstreamCall) deadlinePassed() {
	k.mu.Lock()
	why := k.reason
	if time.Now().Before(k.deadline) { // it was set again while this was on its way, and comes again
		why = noDeadline
	}
	k.mu.Unlock()
	switch why {
	case noDeadline:
	case idleTimeout:
		k.cancel(&gateway.Error{Op: "provider.call", Kind: gateway.Timeout, Code: "stream_idle_timeout",
			Public: "The provider '" + k.vendor + "' sent nothing for " + k.cfg.IdleStream.String() + "."})
	case drainTimeout:
		k.cancel(gateway.ErrClosed)
	}
}

// clearDeadline removes the deadline.
func (k *upstreamCall) clearDeadline() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.timer != nil {
		k.timer.Stop()
		k.reason = noDeadline
	}
}

// release cancels the call's context and stops its timer.
func (k *upstreamCall) release() {
	k.clearDeadline()
	k.cancel(gateway.ErrClosed)
}

// cancelError returns why the call was cancelled, or nil.
func (k *upstreamCall) cancelError() error {
	if k.ctx.Err() == nil {
		return nil
	}
	cause := context.Cause(k.ctx)
	var e *gateway.Error
	switch {
	case errors.As(cause, &e):
		c := *e // a copy: the cause is shared
		return &c
	case errors.Is(cause, context.DeadlineExceeded):
		return &gateway.Error{Op: "provider.call", Kind: gateway.Timeout, Public: "The provider '" + k.vendor + "' did not answer in time.", Err: cause}
	default:
		return &gateway.Error{Op: "provider.call", Kind: gateway.Cancelled, Public: "The caller closed the connection.", Err: cause}
	}
}

// connectError returns the error of a call that got no answer.
func (k *upstreamCall) connectError(err error) error {
	if e := k.cancelError(); e != nil {
		return e
	}
	var e *gateway.Error
	if errors.As(err, &e) { // the address check at connect time
		c := *e
		return &c
	}
	public := "The provider '" + k.vendor + "' cannot be reached"
	if why := unreachable(err); why != "" {
		public += ": " + why
	}
	return vendorerror.Broken("provider.call", public+".", err)
}

// readError returns the error of an answer that could not be read completely.
func (k *upstreamCall) readError(err error) error {
	if e := k.cancelError(); e != nil {
		return e
	}
	var e *gateway.Error
	switch {
	case errors.As(err, &e):
		return e
	case errors.Is(err, sse.ErrTooLong):
		return vendorerror.Broken("provider.stream", "An event of the provider's stream is too long.", err)
	}
	return vendorerror.Broken("provider.stream", "The provider's answer broke off.", err)
}
