package cache

import (
	"context"
	"errors"

	"github.com/sluicegate/sluice/cache/decide"
	"github.com/sluicegate/sluice/cache/key"
	"github.com/sluicegate/sluice/cache/match"
	"github.com/sluicegate/sluice/gateway"
)

// neighbour is a stored answer to a near question.
type neighbour struct {
	entry      *entry
	similarity float64 // cosine
	verdict    decide.Verdict
	answer     key.Digest // of what is known about it; neighbours with one answer share it
	archived   bool       // in the archive only
}

// near looks for stored questions near that of a lookup, the nearest first. reason tells why there
// are none to compare, and ok whether the semantic tier was asked at all. Every failure is a miss.
func (s *Service) near(ctx context.Context, l *lookup) (found []neighbour, reason string, ok bool) {
	if reason := s.incomparable(l); reason != "" {
		return nil, reason, false
	}
	if screen, is := s.cfg.Index.(Screen); is && !s.lexical && !screen.Has(l.Question().Partition) {
		return nil, "", true
	}
	if err := s.embedQuestion(ctx, l); err != nil {
		if errors.Is(err, context.DeadlineExceeded) {
			s.late.Add(1)
		}
		return nil, "embedder: " + publicCause(err), false
	}
	matches, err := s.search(ctx, l)
	if err != nil {
		return nil, "index: " + publicCause(err), false
	}
	found, reason = s.load(ctx, l, matches)
	s.decide(l, found)
	return found, reason, true
}

// load reads the entries of the matches that may be used. reason is that of a failure, "" if there
// was none.
func (s *Service) load(ctx context.Context, l *lookup, matches []Match) (found []neighbour, reason string) {
	now, partition := s.cfg.Now(), l.Question().Partition
	var missing []key.Digest
	entries := map[key.Digest]*entry{}
	for _, m := range matches {
		e, err := s.getEntry(ctx, m.ID, l.Workspace)
		if err != nil {
			reason = "store: " + publicCause(err)
		}
		if e == nil {
			missing = append(missing, m.ID)
		} else {
			entries[m.ID] = e
		}
	}
	var unused gateway.CacheFact
	archived := s.fetch(ctx, l, missing, &unused)
	if unused.Reason != "" {
		reason = unused.Reason
	}
	for _, m := range matches {
		e := entries[m.ID]
		if e == nil {
			e = archived[m.ID]
		}
		if e != nil && e.partition == partition && e.usable(now, l.maxAge) {
			found = append(found, neighbour{entry: e, similarity: min(float64(m.Score), 1), archived: archived[m.ID] == e})
		}
	}
	if s.archive == nil {
		s.removePoints(ctx, partition, missing)
	}
	return found, reason
}

// decide judges all neighbours of a question together.
func (s *Service) decide(l *lookup, found []neighbour) {
	now := s.cfg.Now()
	list := make([]decide.Neighbour, len(found))
	for i, n := range found {
		list[i] = decide.Neighbour{Similarity: n.similarity, Text: n.entry.text, Age: now.Sub(n.entry.stored), Group: s.known.Answers.Of(n.entry.id)}
	}
	s.known.Answers.Join(list)
	for i, v := range s.calibration.Load().Decide(l.Question().Text, list) {
		found[i].verdict, found[i].answer = v, list[i].Group.ID
	}
}

// findNear looks for an answer in the semantic tier.
func (s *Service) findNear(ctx context.Context, l *lookup, fact *gateway.CacheFact) *entry {
	if l.policy.Mode != gateway.CacheFixed && !s.calibration.Load().ready {
		fact.Reason = unmeasured
		return nil
	}
	found, reason, asked := s.near(ctx, l)
	if reason != "" {
		fact.Reason = reason
	}
	if !asked {
		return nil
	}
	if len(found) > 0 {
		fact.Similarity = found[0].similarity
	}
	if l.policy.Mode == gateway.CacheFixed {
		return s.use(ctx, s.fromThreshold(l, found, fact), fact)
	}
	n := s.guard(l, found, fact)
	e := s.use(ctx, n, fact)
	if n != nil && e == nil {
		s.lost(l)
	}
	return e
}

// use returns the entry of a neighbour, nil of none. An answer of the archive is kept for the next
// question.
func (s *Service) use(ctx context.Context, n *neighbour, fact *gateway.CacheFact) *entry {
	if n == nil {
		return nil
	}
	e := s.whole(ctx, n.entry)
	if e == nil {
		fact.Reason = "answers: the stored answer is not to be had"
		return nil
	}
	if n.archived {
		_ = s.putEntry(ctx, e, e.stored) // only saves the next fetch
	}
	fact.Similarity, fact.Reason = n.similarity, ""
	return e
}

// fromThreshold returns the nearest question from the plan's threshold on that match.Veto lets
// pass.
func (s *Service) fromThreshold(l *lookup, found []neighbour, fact *gateway.CacheFact) *neighbour {
	for i := range found {
		n := &found[i]
		if n.similarity < l.threshold {
			return nil
		}
		if reason := match.Veto(l.Question().Text, n.entry.text, s.lexical); reason != "" {
			fact.Reason = reason
			s.vetoed.Add(1)
			continue
		}
		return n
	}
	return nil
}
