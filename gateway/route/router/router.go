package router

import (
	"context"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route/allow"
)

// New returns the end of the pipeline. It executes the Plan and returns the first answer
// that needs neither retry nor fallback, else the last error. attempt makes one upstream
// call for ex.Target. guards wrap attempt, the first one outermost.
//
// Guards run inside the router, so that their verdicts can cause a retry or a fallback. They
// run outside the record of the upstream call: if a guard denies a target's input, no call
// is recorded, and if it denies an answer, the record still holds the answer's usage.
func New(set Config, attempt gateway.Handler, guards ...gateway.Stage) gateway.Handler {
	r := newRouter(set)
	h := r.recordAttempts(attempt)
	for _, g := range slices.Backward(guards) {
		h = g.Wrap(h)
	}
	return func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
		if ex.Plan == nil || ex.Plan.Root == nil {
			return nil, &gateway.Error{Op: "router.call", Kind: gateway.Internal, Public: "There is no plan for this request."}
		}
		w := &execution{router: r, attempt: h, ex: ex, priorVerdicts: len(ex.Facts.Output)}
		if ex.Request.Pass != nil {
			return w.passThrough(ctx, ex.Plan.Root)
		}
		if ex.Request.Background != nil {
			return w.callBackground(ctx, ex.Plan.Root)
		}
		st, err := w.runChild(ctx, nil, ex.Plan.Root)
		r.Breakers.LeftOut(len(ex.Facts.LeftOut))
		return st, err
	}
}

// callBackground calls the target that writes the answer already: no other one has it.
func (w *execution) callBackground(ctx context.Context, root *gateway.Node) (gateway.Stream, error) {
	background := w.ex.Request.Background
	for t := range root.Targets() {
		if t.Path == background.Target && t.VirtualKey == background.VirtualKey {
			return w.callTarget(ctx, t, nil)
		}
	}
	return nil, &gateway.Error{Op: "router.call", Kind: gateway.NotFound, Public: "The target that has this response is not in the config any more."}
}

// execution is the execution of a Plan for one exchange.
type execution struct {
	router        *router
	attempt       gateway.Handler
	ex            *gateway.Exchange
	priorVerdicts int    // number of output verdicts before the first attempt
	session       uint64 // see sessionOnce
	sessionKnown  bool
	bypass        bool // circuit breakers are not asked
}

func (w *execution) runNode(ctx context.Context, n *gateway.Node) (gateway.Stream, error) {
	switch {
	case n.Target != nil:
		return w.callTarget(ctx, n.Target, w.guard(n))
	case len(n.Nodes) == 0:
		return nil, &gateway.Error{Op: "router.call", Kind: gateway.Internal, Public: "There is no target.", Target: n.Path}
	case n.Mode == gateway.ModeFallback:
		return w.runFallback(ctx, n, n.Nodes)
	case n.Mode.Ranks():
		return w.runRanked(ctx, n)
	case n.Mode == gateway.ModeLoadbalance:
		return w.runLoadbalance(ctx, n)
	case n.Mode == gateway.ModeConditional:
		return nil, &gateway.Error{Op: "router.call", Kind: gateway.Internal, Public: "The target was not chosen.", Target: n.Path}
	}
	return w.runChild(ctx, n, n.Nodes[0])
}

// runFallback runs nodes, which are children of n, in their order.
func (w *execution) runFallback(ctx context.Context, n *gateway.Node, nodes []*gateway.Node) (gateway.Stream, error) {
	st, err := w.runChild(ctx, n, nodes[0])
	cause := err
	for _, child := range nodes[1:] {
		if err != errLeftOut && (ctx.Err() != nil || !w.shouldFallBack(n.OnStatus, err)) {
			break
		}
		if !child.TakesOver(cause) || st != nil && n.Breaker != nil && !w.callable(child) {
			continue
		}
		w.discard(st)
		next, failed := w.runChild(ctx, n, child)
		if failed == errLeftOut && st == nil { // what failed before says more
			continue
		}
		st, err = next, failed
		if cause == errLeftOut {
			cause = err
		}
	}
	return st, err
}

func (w *execution) runLoadbalance(ctx context.Context, n *gateway.Node) (gateway.Stream, error) {
	nodes := n.Nodes
	last := errLeftOut
	for {
		drawn := nodes[0] // which the call keeps to
		if !n.Ordered {
			drawn = w.router.drawWeighted(nodes)
		}
		st, err := w.runChild(ctx, n, drawn)
		if err != errLeftOut {
			if err == nil || !n.Failover || ctx.Err() != nil || !mayDoBetter(err) {
				return st, err
			}
			last = err
		}
		nodes = slices.DeleteFunc(slices.Clone(nodes), func(other *gateway.Node) bool { return other == drawn || other.Weight <= 0 })
		if len(nodes) == 0 {
			return nil, last
		}
	}
}

// mayDoBetter reports whether another target may answer what one has failed to: it is down, or
// refuses its own credential or model.
func mayDoBetter(err error) bool {
	e := gateway.AsError(err)
	if e.Kind == gateway.Upstream && (e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden || e.Status == http.StatusNotFound) {
		return true
	}
	return e.Retryable()
}

// shouldFallBack reports whether a fallback continues with its next node after this outcome.
func (w *execution) shouldFallBack(on []int, err error) bool {
	if err == nil {
		return w.flagged() && slices.Contains(on, gateway.StatusFlagged)
	}
	e := gateway.AsError(err)
	if e.Kind == gateway.Cancelled {
		return false
	}
	return len(on) == 0 || slices.Contains(on, e.HTTPStatus())
}

func (w *execution) flagged() bool {
	for _, v := range w.ex.Facts.Output[min(w.priorVerdicts, len(w.ex.Facts.Output)):] {
		if v.Action == gateway.ActionFlag {
			return true
		}
	}
	return false
}

// discard closes an answer that the caller has not seen.
func (w *execution) discard(st gateway.Stream) {
	if st == nil {
		return
	}
	st.Close()
	w.setAttemptError(len(w.ex.Facts.Attempts)-1, &gateway.Error{Op: "router.call", Kind: gateway.Denied, Public: "A guardrail flagged the answer, and the config moves on then."})
}

// setAttemptError records why the answer of an upstream call was not used. It applies to
// calls that succeeded or that a guard cut short.
func (w *execution) setAttemptError(i int, e *gateway.Error) {
	if i < 0 {
		return
	}
	if a := &w.ex.Facts.Attempts[i]; a.Err == nil || a.Err.Kind == gateway.Cancelled {
		a.Err = e
	}
}

// drawWeighted chooses a node at random, in proportion to the weights.
func (r *router) drawWeighted(nodes []*gateway.Node) *gateway.Node {
	sum := 0.0
	for _, n := range nodes {
		sum += n.Weight
	}
	at := r.Rand() * sum
	var last *gateway.Node
	for _, n := range nodes {
		if n.Weight <= 0 {
			continue
		}
		last = n
		if at -= n.Weight; at < 0 {
			break
		}
	}
	if last == nil { // the parser refuses such a config
		return nodes[0]
	}
	return last
}

// callTarget calls t, and retries as its RetryPolicy says while g lets it.
func (w *execution) callTarget(ctx context.Context, t *gateway.Target, g *guard) (gateway.Stream, error) {
	if t.Provider == "" {
		return nil, NoProvider(w.ex.Request.Model())
	}
	req, err := t.Apply(w.ex.Request)
	if err != nil {
		return nil, withTarget(err, t)
	}
	if req.Model() == "" && req.Pass == nil {
		return nil, noModelError(t)
	}
	if err := allow.Models(t, req); err != nil {
		return nil, err
	}
	if err := allow.Caller(w.ex.Principal, t, req); err != nil {
		return nil, err
	}
	if !g.enter() {
		return nil, g.leaveOut()
	}
	p := retryState{random: w.router.Rand, policy: &t.Retry}
	for {
		st, called, err := w.callOnce(ctx, t, req)
		st = g.settle(ctx, st, err)
		if !called || req.Once() || ctx.Err() != nil || !p.shouldRetry(err, w.flagged()) {
			return st, err
		}
		d, ok := p.nextDelay(err)
		if !ok || !g.enter() {
			return st, err
		}
		w.discard(st)
		if d > 0 && w.wait(ctx, d) != nil {
			g.release()
			return nil, cancelledError(ctx, t)
		}
	}
}

// wait sleeps for d and adds the time to the last attempt's Wait.
func (w *execution) wait(ctx context.Context, d time.Duration) error {
	from := w.router.Now()
	err := w.router.Sleep(ctx, d)
	if n := len(w.ex.Facts.Attempts); n > 0 {
		w.ex.Facts.Attempts[n-1].Wait += max(w.router.Now().Sub(from), 0)
	}
	return err
}

// noModelError returns the error for a call whose model neither request nor config names.
func noModelError(t *gateway.Target) *gateway.Error {
	e := gateway.InvalidField("router.call", "model", "The field 'model' is missing: neither the request nor the config at '"+t.Path+"' names a model.")
	e.Code, e.Target = "no_model", t.Path
	return e
}

// attemptOnce makes one attempt. It first removes the output verdicts of an earlier attempt.
func (w *execution) attemptOnce(ctx context.Context, ex *gateway.Exchange) (st gateway.Stream, err error) {
	f := ex.Facts
	f.Output = f.Output[:min(w.priorVerdicts, len(f.Output))]
	before := len(f.Attempts)
	defer func() {
		if err == nil {
			return
		}
		e := withTarget(err, ex.Target)
		if ctx.Err() != nil && e.Kind != gateway.Cancelled {
			e = cancelledError(ctx, ex.Target)
		}
		err = e
		if len(f.Attempts) > before {
			w.setAttemptError(len(f.Attempts)-1, e)
		}
	}()
	st, err = gateway.Contain(ctx, "router.call", ex, w.attempt)
	if err == nil && st == nil {
		err = &gateway.Error{Op: "router.call", Kind: gateway.Internal, Public: "The attempt gave no answer.", Err: io.ErrUnexpectedEOF}
	}
	return st, err
}

// withTarget returns err as a gateway.Error that names the failed target.
func withTarget(err error, t *gateway.Target) *gateway.Error {
	e := gateway.AsError(err)
	if e.Target != "" {
		return e
	}
	c := *e
	c.Target = t.Path
	return &c
}

func cancelledError(ctx context.Context, t *gateway.Target) *gateway.Error {
	return &gateway.Error{Op: "router.call", Kind: gateway.Cancelled, Public: "The caller closed the connection.", Target: t.Path, Err: context.Cause(ctx)}
}
