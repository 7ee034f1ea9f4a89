package cache

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
)

// Stage answers from the cache, or forwards and stores the answer.
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
	if reason := bypassReason(ex, targets); reason != "" {
		fact.Reason = reason
		s.bypassed.Add(1)
		return next(ctx, ex)
	}
	l, err := s.newLookup(ctx, ex, targets)
	if err != nil {
		return nil, err // Router would fail with the same error
	}
	fact.Namespace, fact.Threshold = l.Namespace.String(), l.threshold
	if ex.Envelope != nil && ex.Envelope.CacheRefresh {
		s.refreshes.Add(1)
		fact.Status = gateway.CacheRefresh
		s.forget(ctx, l)
	} else if e := s.find(ctx, l, fact); e != nil {
		return replay(ex, e), nil
	} else {
		s.misses.Add(1)
		fact.Status = gateway.CacheMiss
		if ex.Plan.Cache.Mode == gateway.CacheSemantic && ex.Request.Op == gateway.OpChat {
			fact.Status = gateway.CacheSemanticMiss
		}
	}
	if ex.Envelope != nil && ex.Envelope.CacheNoStore {
		fact.Reason = "the caller asked that the answer not be stored"
		return next(ctx, ex)
	}
	stream, err := next(ctx, ex)
	if err != nil {
		return nil, err
	}
	return &recording{answer: new(gateway.Response), Stream: stream, ctx: ctx, service: s, ex: ex, lookup: l}, nil
}

// bypassReason returns why the cache does not handle an exchange, "" if it does.
func bypassReason(ex *gateway.Exchange, targets []*gateway.Target) string {
	switch {
	case ex.Request == nil || ex.Principal == nil || ex.Principal.Workspace == "":
		return "no workspace"
	case ex.Request.Op != gateway.OpChat && ex.Request.Op != gateway.OpEmbeddings:
		return "operation is not cached"
	case ex.Request.Parameters().Background:
		return "the answer is written in the background"
	case ex.Envelope != nil && !ex.Envelope.KeepBodies:
		return "the caller asked that no bodies be kept"
	case ex.Envelope != nil && ex.Envelope.CacheRefresh && ex.Envelope.CacheNoStore:
		return "the caller asked for no cache"
	case len(targets) == 0:
		return "no target"
	}
	return ""
}

// replay returns a stored answer as one body, and records in the Facts what the stages
// further in would have recorded. httpapi makes events of the body for a caller that wants a
// stream.
func replay(ex *gateway.Exchange, e *entry) gateway.Stream {
	f := ex.Facts
	f.Cache.Origin = e.origin
	f.Output = make([]gateway.Verdict, len(e.output))
	for i, v := range e.output {
		v.Replayed = true
		f.Output[i] = v
	}
	if e.usageKnown {
		usage := e.usage
		f.Usage = &usage
	}
	f.Cost = gateway.Cost{Known: true, ChargedKnown: true, Saved: e.cost}
	return gateway.Chunks(bodyChunk(ex.Request.Dialect, e.body))
}
