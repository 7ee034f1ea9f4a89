package cache

import (
	"github.com/sluicegate/sluice/cache/learnt"
	"github.com/sluicegate/sluice/cache/promise"
	"github.com/sluicegate/sluice/gateway"
)

// Report tells what the cache did for a workspace, and how its promises stand.
type Report struct {
	Tally  learnt.Tally
	Groups []promise.GroupState

	Embedder   string // model; "" = there is no semantic tier
	Meaning    bool   // the embedder reads sentences, not only words
	Calibrated bool   // what its similarities mean is known: near questions may be served under a promise
	Shipped    bool   // the probabilities were made for this embedder
}

// Report returns the report of a workspace of this process.
func (s *Service) Report(workspace string) Report {
	r := Report{Tally: s.known.Tallies.Of(workspace), Groups: s.known.Promises.Of(workspace), Embedder: s.model, Meaning: s.cfg.Embedder != nil && !s.lexical}
	if c := s.calibration.Load(); c != nil {
		r.Calibrated, r.Shipped = c.ready, c.shipped
	}
	return r
}

// Reject notes that a caller was not content with the answer in a trace. It reports whether that
// was an answer to a near question, of this process and not long ago, so that it counts.
func (s *Service) Reject(workspace, trace string) bool {
	h := s.recent.ofTrace(workspace, gateway.TraceIDFrom(trace))
	if h == nil {
		return false
	}
	s.report(h.guardedLookup, h.near[0].similarity)
	return true
}
