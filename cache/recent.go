package cache

import (
	"sync"
	"time"

	"github.com/sluicegate/sluice/cache/key"
	"github.com/sluicegate/sluice/gateway"
)

// An answer served to a near question may be reported for this long, and the last so many.
const (
	reportable = 10 * time.Minute
	maxRecent  = 4096
)

// recentHits remember answers that were served to near questions, so that a refresh of the same
// question, or feedback on the trace, counts against them. Each counts once.
type recentHits struct {
	now func() time.Time

	mu         sync.Mutex
	byQuestion map[key.Digest]*recentHit
	byTrace    map[gateway.TraceID]*recentHit
	order      []*recentHit
}

type recentHit struct {
	*guardedLookup
	question  key.Digest
	trace     gateway.TraceID
	workspace string
	at        time.Time
}

func newRecentHits(now func() time.Time) *recentHits {
	return &recentHits{now: now, byQuestion: map[key.Digest]*recentHit{}, byTrace: map[gateway.TraceID]*recentHit{}}
}

func (r *recentHits) add(l *lookup, a *guardedLookup) {
	r.mu.Lock()
	defer r.mu.Unlock()
	h := &recentHit{a, l.Exact, l.trace, l.workspace, r.now()}
	r.byQuestion[h.question], r.byTrace[h.trace] = h, h
	r.order = append(r.order, h)
	for len(r.order) > maxRecent || h.at.Sub(r.order[0].at) > reportable {
		r.remove(r.order[0])
		r.order[0] = nil
		r.order = r.order[1:]
	}
}

func (r *recentHits) remove(h *recentHit) {
	if r.byQuestion[h.question] == h {
		delete(r.byQuestion, h.question)
	}
	if r.byTrace[h.trace] == h {
		delete(r.byTrace, h.trace)
	}
}

// ofQuestion returns the hit of a question, and forgets it.
func (r *recentHits) ofQuestion(question key.Digest) *recentHit {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.take(r.byQuestion[question])
}

// ofTrace returns the last hit of a workspace's trace, and forgets it.
func (r *recentHits) ofTrace(workspace string, trace gateway.TraceID) *recentHit {
	r.mu.Lock()
	defer r.mu.Unlock()
	if h := r.byTrace[trace]; h != nil && h.workspace == workspace {
		return r.take(h)
	}
	return nil
}

// forget forgets the last hit of a trace.
func (r *recentHits) forget(trace gateway.TraceID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if h := r.byTrace[trace]; h != nil {
		r.remove(h)
	}
}

func (r *recentHits) take(h *recentHit) *recentHit {
	if h == nil || r.now().Sub(h.at) > reportable {
		return nil
	}
	r.remove(h)
	return h
}
