package router

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync/atomic"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/breaker"
)

// errLeftOut is the outcome of a node below which no target was called, because the circuit breakers
// of all are open. It never leaves the router.
var errLeftOut = errors.New("router: left out")

// runChild runs a child of parent, nil for the root of the plan. If parent does not leave targets out,
// and all of the child's are, they are called as if their breakers were closed.
func (w *execution) runChild(ctx context.Context, parent, child *gateway.Node) (gateway.Stream, error) {
	f := w.ex.Facts
	leftOut, rankings := len(f.LeftOut), len(f.Rankings)
	st, err := w.runNode(ctx, child)
	if err != errLeftOut || parent != nil && parent.Breaker != nil {
		return st, err
	}
	f.LeftOut, f.Rankings = f.LeftOut[:leftOut], f.Rankings[:rankings]
	w.bypass = true
	defer func() { w.bypass = false }()
	return w.runNode(ctx, child)
}

// callable reports whether a target below n may be called now.
func (w *execution) callable(n *gateway.Node) bool {
	if n.Target != nil {
		g := w.guard(n)
		return g == nil || g.breaker.Ready(w.router.Now())
	}
	return slices.ContainsFunc(n.Nodes, func(child *gateway.Node) bool {
		return (n.Mode != gateway.ModeLoadbalance && !n.Mode.Ranks() || child.Weight > 0) && w.callable(child)
	})
}

// guard asks the circuit breaker of one target about its calls, and tells it their outcomes. A nil guard
// lets all calls pass.
type guard struct {
	*execution
	target  *gateway.Target
	policy  *gateway.BreakerPolicy
	breaker *breaker.Breaker
	permit  breaker.Permit
}

// guard returns the guard of a leaf.
func (w *execution) guard(n *gateway.Node) *guard {
	if n.Breaker == nil || w.bypass || w.ex.Principal == nil {
		return nil
	}
	t := n.Target
	k := breaker.Key{Workspace: w.ex.Principal.Workspace, Config: w.ex.Plan.Config, Target: t.Path, Provider: t.Provider, VirtualKey: t.VirtualKey, Address: t.BaseURL}
	if t.VirtualKey == "" {
		k.Caller = w.ex.Principal.APIKey
	}
	return &guard{execution: w, target: t, policy: n.Breaker, breaker: w.router.Breakers.Breaker(k)}
}

// enter reports whether the target may be called. Each call that may be made ends with settle or release.
func (g *guard) enter() bool {
	if g == nil {
		return true
	}
	var ok bool
	g.permit, ok = g.breaker.Enter(g.router.Now())
	return ok
}

// leaveOut records that the target is not called.
func (g *guard) leaveOut() error {
	if f := g.ex.Facts; !slices.Contains(f.LeftOut, g.target.Path) {
		f.LeftOut = append(f.LeftOut, g.target.Path)
	}
	return errLeftOut
}

// release gives back the permit of a call that tells nothing about the target.
func (g *guard) release() {
	if g != nil {
		g.breaker.Release(g.permit)
		g.permit = breaker.Permit{}
	}
}

// settle tells the breaker the outcome of a call, and returns its answer so that it sees how that ends.
func (g *guard) settle(ctx context.Context, st gateway.Stream, err error) gateway.Stream {
	if g == nil {
		return st
	}
	permit, now := g.permit, g.router.Now()
	g.permit = breaker.Permit{}
	if err == nil {
		if g.flagged() && len(g.policy.OnStatus) > 0 && g.policy.Fails(gateway.StatusFlagged) {
			g.breaker.Failed(g.policy, permit, now)
			return st
		}
		g.breaker.Begun(permit, now)
		return &guardedStream{Stream: st, ctx: ctx, guard: g}
	}
	switch g.outcome(ctx, gateway.AsError(err)) {
	case breaker.Failure:
		g.breaker.Failed(g.policy, permit, now)
	case breaker.Answer:
		g.breaker.Begun(permit, now)
		g.breaker.Ended()
	default:
		g.breaker.Release(permit)
	}
	return st
}

// outcome says what an error tells about the target. What the caller causes tells nothing: that it left,
// or that it waits for a shorter time than the config says.
func (g *guard) outcome(ctx context.Context, e *gateway.Error) breaker.Outcome {
	if ctx.Err() != nil || e.Kind == gateway.Timeout && g.ex.Envelope != nil && g.ex.Envelope.RequestTimeout > 0 {
		return breaker.Nothing
	}
	return breaker.OutcomeOf(g.policy, e)
}

// guardedStream tells the breaker how an answer ends that has begun.
type guardedStream struct {
	gateway.Stream
	ctx    context.Context
	guard  *guard
	ended  bool        // the breaker was told
	closed atomic.Bool // by the reader
}

func (s *guardedStream) Next() (gateway.Chunk, error) {
	c, err := s.Stream.Next()
	switch {
	case s.ended, err == nil && c.Form != gateway.FormBody:
	case err == nil || err == io.EOF:
		s.ended = true
		s.guard.breaker.Ended()
	default:
		s.ended = true
		if !s.closed.Load() && s.guard.outcome(s.ctx, gateway.AsError(err)) == breaker.Failure {
			s.guard.breaker.Broke(s.guard.policy, s.guard.router.Now())
		}
	}
	return c, err
}

func (s *guardedStream) Close() error {
	s.closed.Store(true)
	return s.Stream.Close()
}
