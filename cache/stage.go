package cache

import (
	"context"

	"github.com/sluicegate/sluice/cache/learnt"
	"github.com/sluicegate/sluice/cache/pace"
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
	fact.Namespace, fact.Threshold, fact.MaxAge = l.Namespace.String(), l.threshold, l.maxAge
	if ex.Envelope != nil && ex.Envelope.CacheRefresh {
		s.refreshes.Add(1)
		s.known.Tallies.Change(l.workspace, func(t *learnt.Tally) { t.Refreshes++ })
		fact.Status = gateway.CacheRefresh
		s.forget(ctx, l)
	} else if e := s.find(ctx, l, fact); e != nil {
		s.shadowHit(ex, l)
		s.pause(ctx)
		return replay(ctx, ex, e), nil
	} else {
		s.misses.Add(1)
		s.known.Tallies.Change(l.workspace, func(t *learnt.Tally) { t.Misses++ })
		fact.Status = gateway.CacheMiss
		if ex.Plan.Cache.Mode.Near() && ex.Request.Op == gateway.OpChat {
			fact.Status = gateway.CacheSemanticMiss
		}
	}
	if ex.Envelope != nil && ex.Envelope.CacheNoStore {
		fact.Reason = "the caller asked that the answer not be stored"
		return next(ctx, ex)
	}
	if fact.Status == gateway.CacheRefresh {
		stream, err := next(ctx, ex)
		if err != nil {
			return nil, err
		}
		return &recording{answer: new(gateway.Response), Stream: stream, ctx: ctx, service: s, ex: ex, lookup: l}, nil
	}
	return s.call(ctx, ex, l, next)
}

// call makes a call upstream, or shares that of an identical call.
func (s *Service) call(ctx context.Context, ex *gateway.Exchange, l *lookup, next gateway.Handler) (gateway.Stream, error) {
	f, own, leads := s.flights.lead(ctx, l.Exact, ex)
	if !leads {
		stream, err := s.follow(ctx, ex, l, f)
		if stream != nil || err != nil {
			return stream, err
		}
		stream, err = next(ctx, ex)
		if err != nil {
			return nil, err
		}
		return &recording{answer: new(gateway.Response), Stream: stream, ctx: ctx, service: s, ex: ex, lookup: l}, nil
	}
	r := &recording{answer: new(gateway.Response), ctx: own, service: s, ex: ex, lookup: l, flight: f}
	left := context.AfterFunc(ctx, func() { f.leaderLeft(context.Cause(ctx)) })
	r.landed = func() { left(); f.cancel(nil) }
	begun := false
	defer func() {
		if !begun { // the call failed, or panicked
			s.flights.end(l.Exact, f, nil, nil)
			r.landed()
		}
	}()
	if s.memory != nil { // the flight before this one may have landed after the lookup
		if e := s.findStored(ctx, l, l.Exact, &ex.Facts.Cache); e != nil {
			ex.Facts.Cache.Status, ex.Facts.Cache.Tier = gateway.CacheHit, "exact"
			return replay(ctx, ex, e), nil
		}
	}
	stream, err := next(own, ex)
	if err != nil {
		return nil, err
	}
	begun, r.Stream = true, stream
	return r, nil
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
// stream, unless the plan has a pace for them.
func replay(ctx context.Context, ex *gateway.Exchange, e *entry) gateway.Stream {
	recordReplay(ex, e)
	if s := pace.Stream(ctx, ex.Request, ex.Plan.Cache.StreamPace, e.body, e.pieces); s != nil {
		return s
	}
	return gateway.Chunks(bodyChunk(ex.Request.Dialect, e.body))
}

func recordReplay(ex *gateway.Exchange, e *entry) {
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
}
