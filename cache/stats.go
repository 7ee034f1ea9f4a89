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
	Flooded                             uint64 // of Evicted, own answers of a caller that had filled its share
	OverQuota                           uint64 // answers that were not stored, because the caller had stored too many
	Observed                            uint64 // misses that the mode guarded would have served
	Checked                             uint64 // answers that were asked for anew, to compare
	Undecided                           uint64 // comparisons of answers that told nothing
	Judge                               JudgeStats
	Shadowed, ShadowFailed              uint64 // calls that hits had saved, made to compare
	ChecksDropped                       uint64 // calls of judge and shadow that were not made: the queue was full, the budget spent, or calls failed
	ChecksCost                          int64  // nano-USD, of judge and shadow calls
	Silent, Alarms                      int    // groups that serve no near questions after an alarm; alarms of all groups that are known
	Entries                             int    // answers in memory
	Bytes                               int64  // of the answers in memory
	BodiesDeleted, BodiesKept           uint64 // objects of large answers that had expired: deleted, and refused by the bucket
	BodiesRemoved                       RemovedBodies
	Unsent                              uint64 // refreshes and labels that were not broadcast: too many waited
	Broken                              bool   // embedder, index or Bodies are left alone after failures
	Meaning                             bool   // the embedder reads sentences, not only words
}

// JudgeStats count what the judge replied.
type JudgeStats struct{ Same, Different, Unclear, Failed uint64 }

// RemovedBodies count the bodies of answers that were purged or replaced.
type RemovedBodies struct{ Removed, Refused, Dropped uint64 }

type counters struct {
	exact, alias, semantic, misses, refreshes, bypassed    atomic.Uint64
	stored, refused, dropped, failed, vetoed, late, shared atomic.Uint64
	observed, checked, undecided                           atomic.Uint64
	judgeSame, judgeDifferent, judgeUnclear, judgeFailed   atomic.Uint64
	shadowed, shadowFailed, checksDropped, overQuota       atomic.Uint64
	checkCost                                              atomic.Int64
}

// Stats returns the counters.
func (s *Service) Stats() Stats {
	st := Stats{
		ExactHits: s.exact.Load(), AliasHits: s.alias.Load(), SemanticHits: s.semantic.Load(),
		Misses: s.misses.Load(), Refreshes: s.refreshes.Load(), Bypassed: s.bypassed.Load(), Vetoed: s.vetoed.Load(),
		Stored: s.stored.Load(), Refused: s.refused.Load(), Dropped: s.dropped.Load(), Failed: s.failed.Load(),
		LateEmbeddings: s.late.Load(), Shared: s.shared.Load(), Observed: s.observed.Load(), Checked: s.checked.Load(), Undecided: s.undecided.Load(), Meaning: s.cfg.Embedder != nil && !s.lexical,
		Broken: s.embedding.Open() || s.searching.Open() || s.writing.Open() || s.reading.Open(),
	}
	st.Judge = JudgeStats{s.judgeSame.Load(), s.judgeDifferent.Load(), s.judgeUnclear.Load(), s.judgeFailed.Load()}
	st.Shadowed, st.ShadowFailed, st.ChecksDropped, st.ChecksCost = s.shadowed.Load(), s.shadowFailed.Load(), s.checksDropped.Load(), s.checkCost.Load()
	if s.broadcaster != nil {
		st.Unsent = s.broadcaster.dropped()
	}
	if bodies, ok := s.cfg.Bodies.(Deleting); ok {
		st.BodiesDeleted, st.BodiesKept = bodies.Deleted()
	}
	if bodies, ok := s.cfg.Bodies.(Removing); ok {
		b := &st.BodiesRemoved
		b.Removed, b.Refused, b.Dropped = bodies.Removed()
	}
	st.OverQuota = s.overQuota.Load()
	st.Silent, st.Alarms = s.known.Promises.Alarmed()
	if s.memory != nil {
		st.Entries, st.Bytes, st.Evicted = s.memory.Size()
		st.Flooded = s.memory.Flooded()
	}
	return st
}
