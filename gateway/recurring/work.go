// Package recurring tells how work goes that a process does again and again in the background: asking
// vendors, following other replicas, renewing the catalogue. Nobody waits for its errors, so that they
// are logged; a failure that lasts must neither be silent nor fill the log.
package recurring

import (
	"log/slog"
	"sync"
	"time"
)

// TellEvery is the shortest time between two log lines about failures of the same work, but for the first.
const TellEvery = time.Minute

// Work is one kind of work. Safe for concurrent use.
type Work struct {
	log            *slog.Logger
	failing, again string
	now            func() time.Time

	mu        sync.Mutex
	succeeded time.Time // last; at first when the work began
	told      time.Time // of a failure; zero: there was none since the last success
	untold    int       // failures since then
	failures  uint64
}

// New makes the record of work that begins now. failing and again are log lines: of a failure, and of the
// first success behind one. now nil is time.Now.
func New(log *slog.Logger, failing, again string, now func() time.Time) *Work {
	if now == nil {
		now = time.Now
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Work{log: log, failing: failing, again: again, now: now, succeeded: now()}
}

// Done notes how the work went once. The first failure is logged at once, further ones after TellEvery
// with their number. about says which part of the work failed.
func (w *Work) Done(err error, about ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.now()
	if err == nil {
		if w.succeeded = now; !w.told.IsZero() {
			w.told, w.untold = time.Time{}, 0
			w.log.Info(w.again)
		}
		return
	}
	w.failures++
	w.untold++
	if !w.told.IsZero() && now.Sub(w.told) < TellEvery {
		return
	}
	w.log.Warn(w.failing, append(about, "error", err, "failures", w.untold)...)
	w.told, w.untold = now, 0
}

// SinceSuccess is how long the last success is ago, or the beginning if there was none.
func (w *Work) SinceSuccess() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return max(w.now().Sub(w.succeeded), 0)
}

// Failures counts those of the whole life.
func (w *Work) Failures() uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.failures
}
