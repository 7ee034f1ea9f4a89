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

// call is the lifetime of one upstream call: one context, one timer.
type call struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	cfg    *Config
	vendor string

	mu    sync.Mutex
	timer *time.Timer
	why   reason
}

// reason is why a limit ends a call.
type reason uint8

const (
	lifted reason = iota // there is no limit
	silent               // nothing more came
	over                 // the answer is whole, but the connection does not end it
)

func begin(ctx context.Context, cfg *Config, vendor string) *call {
	k := &call{cfg: cfg, vendor: vendor}
	k.ctx, k.cancel = context.WithCancelCause(ctx)
	return k
}

// limit ends the call for that reason after d, unless it is set anew or lifted before.
func (k *call) limit(d time.Duration, why reason) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.why = why
	if k.timer == nil {
		k.timer = time.AfterFunc(d, k.expire)
		return
	}
	k.timer.Reset(d)
}

func (k *call) expire() {
	k.mu.Lock()
	why := k.why
	k.mu.Unlock()
	switch why {
	case lifted:
	case silent:
		k.cancel(&gateway.Error{Op: "provider.call", Kind: gateway.Timeout, Code: "stream_idle_timeout",
			Public: "The provider '" + k.vendor + "' sent nothing for " + k.cfg.IdleStream.String() + "."})
	case over:
		k.cancel(gateway.ErrClosed)
	}
}

// lift takes the limit away.
func (k *call) lift() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.timer != nil {
		k.timer.Stop()
		k.why = lifted
	}
}

// end releases the call; whatever is under way is cancelled.
func (k *call) end() {
	k.lift()
	k.cancel(gateway.ErrClosed)
}

// stopped tells why the call was cancelled, nil if it was not.
func (k *call) stopped() error {
	if k.ctx.Err() == nil {
		return nil
	}
	cause := context.Cause(k.ctx)
	var e *gateway.Error
	switch {
	case errors.As(cause, &e):
		c := *e // shared by all who ask for the cause
		return &c
	case errors.Is(cause, context.DeadlineExceeded):
		return &gateway.Error{Op: "provider.call", Kind: gateway.Timeout, Public: "The provider '" + k.vendor + "' did not answer in time.", Err: cause}
	default:
		return &gateway.Error{Op: "provider.call", Kind: gateway.Cancelled, Public: "The caller closed the connection.", Err: cause}
	}
}

// unreachable is the error of a call that got no answer.
func (k *call) unreachable(err error) error {
	if e := k.stopped(); e != nil {
		return e
	}
	var e *gateway.Error
	if errors.As(err, &e) { // the address check at connect time
		c := *e
		return &c
	}
	return vendorerror.Broken("provider.call", "The provider '"+k.vendor+"' cannot be reached.", err)
}

// broke is the error of an answer that could not be read to its end.
func (k *call) broke(err error) error {
	if e := k.stopped(); e != nil {
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
