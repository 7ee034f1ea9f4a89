package cache

import (
	"context"
	"time"

	"github.com/sluicegate/sluice/cache/key"
	"github.com/sluicegate/sluice/gateway"
)

// lookup is one exchange's search for an answer.
type lookup struct {
	key.LookupKey
	targets   []*gateway.Target // that may answer first
	maxAge    time.Duration
	threshold float64 // cosine of a semantic hit; 0 in the exact tier
	vector    []float32
}

// newLookup computes the key of ex. It fails if a target's parameters do not fit the body.
func (s *Service) newLookup(ctx context.Context, ex *gateway.Exchange, targets []*gateway.Target) (*lookup, error) {
	policy := &ex.Plan.Cache
	options := key.Options{Semantic: policy.Mode == gateway.CacheSemantic && ex.Request.Op == gateway.OpChat, Model: s.model}
	k, err := s.hasher.Lookup(ctx, ex, targets, options)
	if err != nil {
		return nil, err
	}
	l := &lookup{LookupKey: k, targets: targets, maxAge: maxAge(policy.MaxAge)}
	if l.HasQuestion() {
		l.threshold = s.cfg.threshold(policy.Threshold)
	}
	return l, nil
}

// find asks the tiers in order. It records status and tier of a hit in fact, and the reason
// of a miss. Every failure is a miss.
func (s *Service) find(ctx context.Context, l *lookup, fact *gateway.CacheFact) *entry {
	if e := s.findStored(ctx, l, l.Exact, fact); e != nil {
		s.exact.Add(1)
		fact.Status, fact.Tier = gateway.CacheHit, "exact"
		return e
	}
	if !l.HasQuestion() {
		return nil
	}
	if e := s.findStored(ctx, l, l.Question().Alias, fact); e != nil {
		s.alias.Add(1)
		fact.Status, fact.Tier = gateway.CacheSemanticHit, "alias"
		return e
	}
	if s.cfg.Embedder == nil || l.Question().LooksLikeCode {
		return nil
	}
	if e := s.findNear(ctx, l, fact); e != nil {
		s.semantic.Add(1)
		fact.Status, fact.Tier = gateway.CacheSemanticHit, "semantic"
		return e
	}
	return nil
}

func (s *Service) findStored(ctx context.Context, l *lookup, id key.Digest, fact *gateway.CacheFact) *entry {
	e, err := s.getEntry(ctx, id, l.Workspace)
	if err != nil {
		fact.Reason = "store: " + publicCause(err)
		return nil
	}
	if e == nil || !e.usable(s.cfg.Now(), l.maxAge) {
		return nil
	}
	return e
}

// maxForgotten is how many answers to the same question in other words a refresh replaces.
const maxForgotten = 8

// forget removes the answers that the tiers would give, and their points.
func (s *Service) forget(ctx context.Context, l *lookup) {
	ids := []key.Digest{l.Exact}
	if l.HasQuestion() {
		if e, err := s.getEntry(ctx, l.Question().Alias, l.Workspace); err == nil && e != nil && e.id != l.Exact {
			ids = append(ids, e.id)
		}
	}
	s.forgetAnswers(ctx, l, ids)
	for range maxForgotten {
		var unused gateway.CacheFact
		if s.cfg.Embedder == nil || !l.HasQuestion() {
			return
		}
		e := s.findNear(ctx, l, &unused)
		if e == nil {
			return
		}
		s.forgetAnswers(ctx, l, []key.Digest{e.id})
	}
}

func (s *Service) forgetAnswers(ctx context.Context, l *lookup, ids []key.Digest) {
	if _, err := s.store.Delete(ctx, AnswerSelection{IDs: ids}); err != nil {
		s.failed.Add(1)
	}
	if s.cfg.Index != nil && l.HasQuestion() {
		s.removePoints(ctx, l.Question().Partition, ids)
	}
}
