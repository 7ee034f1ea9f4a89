package telemetrytest

import (
	"context"
	"sync"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/audit"
	"github.com/sluicegate/sluice/telemetry/foreignspan"
)

// Sink is a telemetry.Writer in memory. Fail, if set, is asked before the n-th Write is stored; its
// error fails that Write. Lose, if set, is asked after; its error is a lost answer.
type Sink struct {
	Fail, Lose func(n int, b *telemetry.Batch) error

	mu     sync.Mutex
	calls  int
	ids    map[string]bool
	rows   map[string]int
	list   []*telemetry.Record
	audit  []audit.Row
	spans  []*foreignspan.Span
	repeat int
}

// Write stores b unless it has been.
func (s *Sink) Write(_ context.Context, b *telemetry.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	if s.Fail != nil {
		if err := s.Fail(s.calls, b); err != nil {
			return err
		}
	}
	if s.ids == nil {
		s.ids, s.rows = map[string]bool{}, map[string]int{}
	}
	if s.ids[b.ID] {
		s.repeat++
	} else {
		s.ids[b.ID] = true
		for _, r := range b.Rows {
			s.rows[r.ID]++
			s.list = append(s.list, r)
		}
		s.audit = append(s.audit, b.Audit...)
		s.spans = append(s.spans, b.Foreign...)
	}
	if s.Lose != nil {
		return s.Lose(s.calls, b)
	}
	return nil
}

// Head returns the head of a chain.
func (s *Sink) Head(_ context.Context, chain string) (audit.Head, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var h audit.Head
	for _, a := range s.audit {
		if a.Chain == chain && a.Seq > h.Seq {
			h = audit.Head{Seq: a.Seq, Hash: a.Hash, Time: a.Time}
		}
	}
	return h, nil
}

// Rows returns how often each request id was stored.
func (s *Sink) Rows() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make(map[string]int, len(s.rows))
	for id, n := range s.rows {
		out[id] = n
	}
	return out
}

// Records lists what was stored, in order.
func (s *Sink) Records() []*telemetry.Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]*telemetry.Record(nil), s.list...)
}

// Audit lists the audit rows stored, in order.
func (s *Sink) Audit() []audit.Row {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]audit.Row(nil), s.audit...)
}

// Foreign lists the foreign spans stored, in order.
func (s *Sink) Foreign() []*foreignspan.Span {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]*foreignspan.Span(nil), s.spans...)
}

// Calls returns how often Write was called, and how often with a batch that was already stored.
func (s *Sink) Calls() (calls, repeated int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls, s.repeat
}
