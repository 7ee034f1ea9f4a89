package router

import (
	"net/http"
	"slices"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Delays between the calls of one target.
const (
	firstDelay    = 500 * time.Millisecond
	maxDelay      = 16 * time.Second
	maxTotalDelay = 60 * time.Second // limit of one delay and of their sum; beyond it the error is returned
)

// retryState counts the retries of one target and computes the delay before the next.
type retryState struct {
	random  func() float64 // in [0, 1)
	policy  *gateway.RetryPolicy
	retries int // retries made so far
	waited  time.Duration
}

// shouldRetry reports whether the outcome of a call allows a retry.
func (p *retryState) shouldRetry(err error, flag bool) bool {
	if p.retries >= p.policy.Attempts {
		return false
	}
	if err == nil {
		return flag && slices.Contains(p.policy.OnStatus, gateway.StatusFlagged)
	}
	on := p.policy.OnStatus
	if len(on) == 0 {
		on = gateway.DefaultRetryStatus
	}
	switch e := gateway.AsError(err); e.Kind {
	case gateway.BadUpstream: // not reached, or an unreadable answer: there is no status to compare
		return true
	case gateway.Upstream, gateway.Timeout, gateway.RateLimited, gateway.Denied, gateway.Unavailable:
		return slices.Contains(on, e.HTTPStatus())
	}
	return false // the same call would fail in the same way
}

// nextDelay returns the delay before the next call. ok is false if the delay would be too
// long.
func (p *retryState) nextDelay(err error) (d time.Duration, ok bool) {
	defer func() {
		if ok {
			p.retries++
			p.waited += d
		}
	}()
	e := gateway.AsError(err)
	if e == nil || e.Kind == gateway.Denied { // the provider works: no need to wait
		return 0, true
	}
	if e.RetryAfter > 0 && (p.policy.UseRetryAfter || e.HTTPStatus() == http.StatusTooManyRequests) {
		d = e.RetryAfter
	} else {
		d = min(firstDelay<<min(p.retries, 10), maxDelay)
		d = d/2 + time.Duration(p.random()*float64(d/2))
	}
	return d, d <= maxTotalDelay && p.waited+d <= maxTotalDelay
}
