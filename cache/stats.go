package cache

import "sync/atomic"

// Stats are counters since the start, and what the cache holds now.
type Stats struct {
	ExactHits, AliasHits, SemanticHits  uint64
	Misses, Refreshes, Bypassed, Vetoed uint64
	Shared                              uint64 // misses that shared an identical call under way
	Stored, Refused                     uint64 // answers; refused: forwarded but not stored
	Dropped, Failed                     uint64 // points: the queue was full, or the index refused them
	LateEmbeddings                      uint64 // lookups that did not wait for their embedding
	Evicted                             uint64 // answers, from memory
	Observed                            uint64 // misses that the mode guarded would have served
	Checked                             uint64 // answers that were asked for anew, to compare
	Undecided                           uint64 // comparisons of answers that told nothing
	Silent, Alarms                      int    // groups that serve no near questions after an alarm; alarms of all groups that are known
	Entries                             int    // answers in memory
	Bytes                               int64  // of the answers in memory
	Broken                              bool   // embedder or index are left alone after failures
	Meaning                             bool   // the embedder knows meaning, not only spelling
}

type counters struct {
	exact, alias, semantic, misses, refreshes, bypassed    atomic.Uint64
	stored, refused, dropped, failed, vetoed, late, shared atomic.Uint64
	observed, checked, undecided                           atomic.Uint64
}

// Stats returns the counters.
func (s *Service) Stats() Stats {
	st := Stats{
		ExactHits: s.exact.Load(), AliasHits: s.alias.Load(), SemanticHits: s.semantic.Load(),
		Misses: s.misses.Load(), Refreshes: s.refreshes.Load(), Bypassed: s.bypassed.Load(), Vetoed: s.vetoed.Load(),
		Stored: s.stored.Load(), Refused: s.refused.Load(), Dropped: s.dropped.Load(), Failed: s.failed.Load(),
		LateEmbeddings: s.late.Load(), Shared: s.shared.Load(), Observed: s.observed.Load(), Checked: s.checked.Load(), Undecided: s.undecided.Load(), Meaning: s.cfg.Embedder != nil && !s.lexical,
		Broken: s.embedding.open() || s.searching.open() || s.writing.open(),
	}
	st.Silent, st.Alarms = s.promises.Alarmed()
	if s.memory != nil {
		st.Entries, st.Bytes, st.Evicted = s.memory.Size()
	}
	return st
}
