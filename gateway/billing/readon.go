package billing

import (
	"context"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// A vendor bills what it has written, also what a caller who left did not read. An attempt on
// a budget is therefore read on when its caller leaves or closes it.
const (
	// A stream is read on for graceByPause times Config.StreamPause, as long as it has more than one
	// such pause gives: what has arrived is counted, and the vendor writes little more.
	graceByPause = 10
	// answerGrace is for how long an answer in one piece is waited for, which a vendor writes
	// and bills to its end in any case. One that does not come costs what was reserved.
	answerGrace = 10 * time.Second
)

// outliving returns a context that lives for grace after the caller has left ctx. Any other
// end of ctx ends it at once. release must be called when the attempt has ended.
func outliving(ctx context.Context, grace time.Duration) (life context.Context, release func()) {
	life, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		cause := context.Cause(ctx)
		if cause != context.Canceled {
			cancel(cause)
			return
		}
		time.AfterFunc(grace, func() { cancel(cause) })
	})
	return life, func() {
		stop()
		cancel(gateway.ErrClosed)
	}
}

// graceOf is how long an attempt outlives its caller.
func (s *Service) graceOf(req *gateway.Request) time.Duration {
	if req.Stream() {
		return graceByPause * s.cfg.StreamPause
	}
	return answerGrace
}

// atLimit reports whether as much has arrived as the vendor may bill.
func (a *attempt) atLimit() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	r := a.reserved
	return a.text.Tokens() >= r.demand.tokens(r.grant.output)
}

// readOn counts what has arrived of an answer that is closed before its end. It does nothing
// while another goroutine reads.
func (a *attempt) readOn() {
	if a.reserved == nil || a.session != nil || !a.reading.TryLock() { // a session is read to its end by whoever closes it
		return
	}
	defer a.reading.Unlock()
	pause := a.service.cfg.StreamPause
	timer := time.AfterFunc(pause, func() { _ = a.Stream.Close() }) // which unblocks Next
	defer timer.Stop()
	for began := time.Now(); time.Since(began) < graceByPause*pause && !a.atLimit(); timer.Reset(pause) {
		if _, err := a.read(); err != nil {
			return
		}
	}
}
