package cache

import (
	"bytes"
	"context"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

// Stage answers from the cache or forwards and stores.
func (s *Service) Stage() gateway.Stage {
	return gateway.Stage{Name: "cache", Wrap: func(next gateway.Handler) gateway.Handler {
		return func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
			return s.handle(ctx, ex, next)
		}
	}}
}

func (s *Service) handle(ctx context.Context, ex *gateway.Exchange, next gateway.Handler) (gateway.Stream, error) {
	fact := &ex.Facts.Cache
	fact.Status = gateway.CacheDisabled
	if ex.Plan == nil || ex.Plan.Cache.Mode == gateway.CacheOff {
		return next(ctx, ex)
	}
	targets := ex.Plan.Root.Primary()
	if why := bypass(ex, targets); why != "" {
		fact.Reason = why
		s.bypassed.Add(1)
		return next(ctx, ex)
	}
	q, err := s.question(ex, targets, fact)
	if err != nil {
		return nil, err // the config's parameters do not fit this body: Router would say the same
	}
	fact.Threshold = q.threshold
	if ex.Envelope != nil && ex.Envelope.CacheRefresh {
		s.refreshes.Add(1)
		fact.Status = gateway.CacheRefresh
		s.forget(&q)
	} else if e := s.lookup(ctx, &q, fact); e != nil {
		s.rooms.leave(&q)
		return replay(ex, e), nil
	} else {
		s.misses.Add(1)
		fact.Status = gateway.CacheMiss
		if ex.Plan.Cache.Mode == gateway.CacheSemantic && ex.Request.Op == gateway.OpChat {
			fact.Status = gateway.CacheSemanticMiss
		}
	}
	stream, err := next(ctx, ex)
	if err != nil {
		return nil, err
	}
	return &recording{Stream: stream, s: s, ex: ex, q: q}, nil
}

// bypass says why the cache does not deal with an exchange, "" if it does.
func bypass(ex *gateway.Exchange, targets []*gateway.Target) string {
	switch {
	case ex.Request == nil || ex.Principal == nil || ex.Principal.Workspace == "":
		return "no workspace"
	case ex.Request.Op != gateway.OpChat && ex.Request.Op != gateway.OpEmbeddings:
		return "operation is not cached"
	case ex.Envelope != nil && !ex.Envelope.KeepBodies:
		return "the caller asked that no bodies be kept"
	case len(targets) == 0:
		return "no target"
	case ex.Request.Stream() && bytes.Contains(ex.Request.Raw, []byte(`"logprobs"`)) && gjson.GetBytes(ex.Request.Raw, "logprobs").Bool():
		return "streamed logprobs are not cached"
	}
	return ""
}

// lookup asks the tiers in order. fact learns status and tier of a hit.
func (s *Service) lookup(ctx context.Context, q *question, fact *gateway.CacheFact) *entry {
	now := s.Now()
	if e := s.answers.get(q.key, now, q.maxAge); e != nil {
		s.exact.Add(1)
		fact.Status, fact.Tier = gateway.CacheHit, "exact"
		return e
	}
	if !q.tiers {
		return nil
	}
	if e := s.answers.alias(q.alias, now, q.maxAge); e != nil {
		s.alias.Add(1)
		fact.Status, fact.Tier = gateway.CacheSemanticHit, "alias"
		return e
	}
	if s.Embedder == nil || q.code {
		return nil
	}
	if e := s.near(ctx, q, fact); e != nil {
		s.semantic.Add(1)
		fact.Status, fact.Tier = gateway.CacheSemanticHit, "semantic"
		return e
	}
	return nil
}

// forget makes room for the answer of a forced refresh.
func (s *Service) forget(q *question) {
	ids := []Digest{q.key}
	for _, e := range s.answers.forget(q.key, q.alias) {
		if e.id != q.key {
			ids = append(ids, e.id)
		}
	}
	if s.Index != nil && q.tiers {
		s.sweep(q.part, ids)
	}
}

// replay gives the stored answer as one body; httpapi makes events of it where the
// caller wants a stream.
func replay(ex *gateway.Exchange, e *entry) gateway.Stream {
	f := ex.Facts
	f.Cache.Origin = e.origin
	f.Output = make([]gateway.Verdict, len(e.output))
	for i, v := range e.output {
		v.Replayed = true
		f.Output[i] = v
	}
	if e.counted {
		u := e.usage
		f.Usage = &u
	}
	f.Cost = gateway.Cost{Known: true, Saved: e.cost}
	c := gateway.Chunk{Raw: e.body, Form: gateway.FormBody, Lasting: true}
	c.ReadDeltas(nil)
	return gateway.Chunks(c)
}
