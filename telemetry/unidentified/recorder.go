// Package unidentified bounds what callers without an identity leave on disk. Whoever has no
// good API key can send as many calls as the network carries; each would otherwise leave a row
// and an audit event for good.
//
// The first calls of each minute, of the whole process, are recorded without their content. The
// others are counted, and each minute ends with one audit event that tells how many they were.
package unidentified

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry/audit"
	"github.com/sluicegate/sluice/telemetry/recorder"
)

// Limits are how much is recorded. Zero values mean the defaults.
type Limits struct {
	Calls  int           // recorded in each window; default 40
	Window time.Duration // default 1 minute
}

// Recorder is a recorder that takes only a bounded number of calls without an identity.
type Recorder struct {
	*recorder.Recorder
	limits Limits
	log    *slog.Logger

	mu     sync.Mutex
	began  time.Time   // of the window
	seen   int         // calls in the window
	summed int         // calls that the next summary tells of
	timer  *time.Timer // of the next summary; nil: none is due
	closed bool

	reports sync.WaitGroup
	total   atomic.Uint64
}

// New wraps next, which stays the owner of its goroutines and must be closed after the Recorder.
func New(next *recorder.Recorder, limits Limits, log *slog.Logger) *Recorder {
	if limits.Calls <= 0 {
		limits.Calls = 40
	}
	if limits.Window <= 0 {
		limits.Window = time.Minute
	}
	return &Recorder{Recorder: next, limits: limits, log: log}
}

// Stage returns the outermost stage, which records every exchange within the limits.
func (r *Recorder) Stage() gateway.Stage {
	return gateway.Stage{Name: r.Recorder.Stage().Name, Wrap: func(next gateway.Handler) gateway.Handler {
		return gateway.Account(next, r.Ended)
	}}
}

// Ended records an exchange, as recorder.Recorder has it.
func (r *Recorder) Ended(ex *gateway.Exchange, err error) {
	switch {
	case ex.Facts.Principal != nil:
		r.Recorder.Ended(ex, err)
	case r.admit():
		r.Recorder.Ended(withoutContent(ex), err)
	default:
		ex.Facts.End, ex.Facts.Err = time.Now(), gateway.AsError(err)
	}
}

// Audit records an admin action, as recorder.Recorder has it. Of an action beyond the limits it
// keeps the count only.
func (r *Recorder) Audit(ctx context.Context, e audit.Event) error {
	if e.Member == "" && e.APIKey == "" && !r.admit() {
		return nil
	}
	return r.Recorder.Audit(ctx, e)
}

// Summed is how many calls have been counted instead of recorded.
func (r *Recorder) Summed() uint64 { return r.total.Load() }

// admit reports whether one more call is recorded. If not, it is counted.
func (r *Recorder) admit() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	if now.Sub(r.began) >= r.limits.Window {
		r.began, r.seen = now, 0
	}
	if r.seen++; r.seen <= r.limits.Calls {
		return true
	}
	r.total.Add(1)
	r.summed++
	if r.timer == nil && !r.closed {
		r.reports.Add(1)
		r.timer = time.AfterFunc(r.began.Add(r.limits.Window).Sub(now), func() {
			defer r.reports.Done()
			r.report(context.Background())
		})
	}
	return false
}

// reportTime bounds the wait for a summary to be on disk.
const reportTime = 30 * time.Second

// report writes the summary of the calls that were counted since the last one.
func (r *Recorder) report(ctx context.Context) {
	r.mu.Lock()
	n := r.summed
	r.summed, r.timer = 0, nil
	r.mu.Unlock()
	if n == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, reportTime)
	defer cancel()
	err := r.Recorder.Audit(ctx, audit.Event{Action: "request.refused", Resource: "request", Outcome: audit.OutcomeDenied, Status: http.StatusUnauthorized,
		Detail: map[string]string{"calls": strconv.Itoa(n), "message": strconv.Itoa(n) + " calls without an identity were refused"}})
	if err != nil {
		r.log.Error("the audit event about calls without an identity may be lost", "calls", n, "error", err.Error())
	}
}

// Close writes the last summary and waits for one that is being written. It leaves the wrapped
// recorder open.
func (r *Recorder) Close(ctx context.Context) error {
	r.mu.Lock()
	r.closed = true
	if r.timer != nil && r.timer.Stop() {
		r.reports.Done()
	}
	r.mu.Unlock()
	r.report(ctx)
	r.reports.Wait()
	return nil
}

// withoutContent is ex without what its caller wrote, but for the trace id and the user agent.
func withoutContent(ex *gateway.Exchange) *gateway.Exchange {
	c := *ex
	c.Request = nil
	if ex.Request != nil && ex.Request.Op == gateway.OpUnknownPath {
		c.Request = &gateway.Request{Op: gateway.OpUnknownPath}
	}
	if e := ex.Envelope; e != nil {
		c.Envelope = &gateway.Envelope{Method: e.Method, Route: e.Route, ClientIP: e.ClientIP, UserAgent: e.UserAgent}
	}
	return &c
}
