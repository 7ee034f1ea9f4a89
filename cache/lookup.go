package cache

import (
	"context"
	"time"

	"github.com/sluicegate/sluice/cache/exact"
	"github.com/sluicegate/sluice/cache/key"
	"github.com/sluicegate/sluice/cache/match"
	"github.com/sluicegate/sluice/cache/promise"
	"github.com/sluicegate/sluice/gateway"
)

// lookup is one exchange's search for an answer.
type lookup struct {
	key.LookupKey
	policy    *gateway.CachePolicy
	targets   []*gateway.Target // that may answer first
	dialect   gateway.Dialect
	trace     gateway.TraceID
	caller    *gateway.Principal
	varied    string // why only the same request is looked up, "" if that is not so
	workspace string // id
	group     promise.Group
	groupID   key.Digest // of its stored answers; zero: near questions are not looked for
	maxAge    time.Duration
	// defaultAge: neither the config nor the caller says how old an answer may be.
	defaultAge bool
	threshold  float64 // cosine of a hit in the mode fixed; else 0
	vector     []float32
	guarded    *guardedLookup // nil: there was no semantic lookup under a promise
}

// newLookup computes the key of ex. It fails if a target's parameters do not fit the body.
func (s *Service) newLookup(ctx context.Context, ex *gateway.Exchange, targets []*gateway.Target) (*lookup, error) {
	policy := &ex.Plan.Cache
	near := policy.Mode.Near() && ex.Request.Op == gateway.OpChat
	varied := ""
	if near {
		varied = wantsVariety(ex.Request, policy)
	}
	options := key.Options{Semantic: near && varied == "", Model: s.model}
	k, err := s.hasher.Lookup(ctx, ex, targets, options)
	if err != nil {
		return nil, err
	}
	l := &lookup{LookupKey: k, policy: policy, targets: targets, dialect: ex.Request.Dialect, trace: ex.Trace.ID, caller: ex.Principal, workspace: ex.Principal.Workspace, varied: varied}
	l.maxAge, l.defaultAge = s.cfg.lifetime(policy.MaxAge, ex.Principal.Compat)
	l.group = promise.Group{Workspace: l.workspace, Config: ex.Plan.Slug, Model: ex.Request.Model()}
	if p := ex.Facts.Prompt; p != nil {
		l.group.Prompt = p.ID
	}
	if l.HasQuestion() {
		l.groupID = s.groupID(l)
	}
	if l.HasQuestion() && policy.Mode == gateway.CacheFixed {
		l.threshold = s.cfg.threshold(policy.Threshold)
	}
	return l, nil
}

// wantsVariety returns why a caller does not want the answer that another question got, "" if that
// is not known. A seed is part of the key: near questions have the same one.
func wantsVariety(req *gateway.Request, policy *gateway.CachePolicy) string {
	switch p := req.Parameters(); {
	case !policy.Tempered(p.Temperature):
		return "the temperature is above max_temperature: only the same request is looked up"
	case p.Choices > 1:
		return "several answers are asked for: only the same request is looked up"
	}
	return ""
}

// find asks the tiers in order. It records status and tier of a hit in fact, and the reason
// of a miss. Every failure is a miss.
func (s *Service) find(ctx context.Context, l *lookup, fact *gateway.CacheFact) *entry {
	if e := s.findStored(ctx, l, l.Exact, fact); e != nil {
		s.exact.Add(1)
		s.known.Tallies.Hit(l.workspace, "exact", e.cost, e.took)
		fact.Status, fact.Tier = gateway.CacheHit, "exact"
		return e
	}
	if !l.HasQuestion() {
		if fact.Reason == "" {
			fact.Reason = l.varied
		}
		return nil
	}
	if e := s.findStored(ctx, l, l.Question().Alias, fact); e != nil {
		if l.policy.Mode == gateway.CacheObserve {
			s.observed.Add(1)
			s.known.Tallies.Observe(l.workspace, e.cost, e.took)
			fact.Reason = "observed: the answer of request " + e.origin + " to the same question in another spelling would have been served"
			return nil
		}
		s.alias.Add(1)
		s.known.Tallies.Hit(l.workspace, "alias", e.cost, e.took)
		fact.Status, fact.Tier = gateway.CacheSemanticHit, "alias"
		return e
	}
	if s.cfg.Embedder == nil || l.Question().LooksLikeCode {
		return nil
	}
	if e := s.findNear(ctx, l, fact); e != nil {
		s.semantic.Add(1)
		s.known.Tallies.Hit(l.workspace, "semantic", e.cost, e.took)
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
	if h := s.recent.ofQuestion(l.Exact); h != nil {
		s.report(h.guardedLookup, h.near[0].similarity)
		s.forgetAnswers(ctx, l, []key.Digest{h.near[0].entry.id})
	}
	if s.cfg.Embedder == nil || !l.HasQuestion() {
		return
	}
	found, _, _ := s.near(ctx, l)
	for i, n := range found[:min(len(found), maxForgotten)] {
		if s.sameQuestion(l, &found[i]) {
			s.forgetAnswers(ctx, l, []key.Digest{n.entry.id})
		}
	}
}

// sameQuestion reports whether a neighbour is the same question in other words, as far as a
// refresh is concerned.
func (s *Service) sameQuestion(l *lookup, n *neighbour) bool {
	if l.policy.Mode == gateway.CacheFixed {
		return n.similarity >= l.threshold && match.Veto(l.Question().Text, n.entry.text, s.lexical) == ""
	}
	const likely = .5
	return n.verdict.Refusal == "" && n.verdict.Probability >= likely
}

// forgetAnswers removes answers here, and has other processes remove them.
func (s *Service) forgetAnswers(ctx context.Context, l *lookup, ids []key.Digest) {
	partition := key.Partition{}
	if l.HasQuestion() {
		partition = l.Question().Partition
	}
	s.removeAnswers(ctx, partition, ids)
	if s.broadcaster != nil {
		s.broadcaster.refreshes.Add(refreshed{Partition: partition, IDs: ids})
	}
}

// removeAnswers removes answers with their points; a partition without a context has none.
func (s *Service) removeAnswers(ctx context.Context, partition key.Partition, ids []key.Digest) {
	s.noteRemoval(removal{IDs: ids, Partition: partition})
	if _, err := s.store.Delete(ctx, exact.Selection{IDs: ids}); err != nil {
		s.failed.Add(1)
	}
	if s.cfg.Index != nil && partition.Check("cache.removeAnswers") == nil {
		s.removePoints(ctx, partition, ids)
	}
}
