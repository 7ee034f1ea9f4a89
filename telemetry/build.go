package telemetry

import (
	"slices"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// builder makes records of entries, in the recorder's goroutine.
type builder struct {
	cleanser cleanser
	content  Content
	bodyMax  int
	node     string
}

// record fills r, which is empty. The bodies that are not kept as they came are written to t.
func (b *builder) record(r *Record, t *texts, e *entry) {
	ex, f := e.ex, &e.facts
	b.cleanser.row()
	r.ID, r.Time, r.Node, r.Trace = ex.ID, ex.Start.UTC().Truncate(time.Microsecond), b.node, ex.Trace
	r.FirstByte, r.Latency, r.Cost, r.Usage, r.Cache, r.Redacted = -1, f.End.Sub(ex.Start), f.Cost, f.Usage, f.Cache, f.Redacted
	r.Trace.Ref = b.ref(ex.Trace)
	r.Trace.SpanRef = b.cleanser.text(r.Trace.SpanRef)
	r.Trace.Name = b.cleanser.name(r.Trace.Name)
	r.Trace.State = b.cleanser.text(r.Trace.State)
	r.Cache.Reason = b.cleanser.name(r.Cache.Reason)
	b.who(r, f.Principal)
	b.how(r, ex.Envelope)
	r.Op, r.Stream, r.Model = string(e.op), e.stream, b.cleanser.name(e.model)
	r.Error, r.Outcome = b.failure(f.Err), outcomeOf(f.Err)
	r.Status = status(f)
	if r.Stream && !f.FirstByte.IsZero() {
		r.FirstByte = max(f.FirstByte.Sub(ex.Start), 0)
	}
	b.attempts(r, e)
	b.plan(r, f)
	b.verdicts(r, e)
	r.Stages = stages(r.Stages, f, r.Latency)
	if p := f.Prompt; p != nil {
		c := *p
		c.Arm, c.Rendered = b.cleanser.name(c.Arm), nil
		r.Prompt = &c
	}
	b.bodies(r, t, e)
}

// ref keeps the trace id as the caller sent it, unless it is a text that identifies.
func (b *builder) ref(t gateway.Trace) string {
	if id := hexOf(&t); t.Ref == "" || t.Ref == id {
		return id
	}
	return b.cleanser.text(t.Ref)
}

func (b *builder) who(r *Record, p *gateway.Principal) {
	if p == nil {
		return
	}
	r.Workspace, r.WorkspaceName = p.Workspace, p.WorkspaceRef
	r.Member, r.MemberName = p.Member, p.MemberRef
	r.APIKey, r.APIKeyName = p.APIKey, p.APIKeyName
}

func (b *builder) how(r *Record, env *gateway.Envelope) {
	if env == nil {
		return
	}
	r.Method, r.Route = env.Method, b.cleanser.name(env.Route)
	r.Client, r.UserAgent = b.cleanser.recurring(env.ClientIP), b.cleanser.name(env.UserAgent)
	if n := len(env.Metadata); n > 0 {
		r.Metadata = slices.Grow(r.Metadata, n+1)
	}
	for k, v := range env.Metadata {
		r.Metadata = append(r.Metadata, Pair{b.cleanser.name(k), b.cleanser.recurring(v)})
	}
	if env.User != "" && env.Metadata["_user"] == "" {
		r.Metadata = append(r.Metadata, Pair{"_user", b.cleanser.recurring(env.User)})
	}
	slices.SortFunc(r.Metadata, func(a, b Pair) int { return strings.Compare(a.Key, b.Key) })
	// Keys that became equal keep the first value, so that both stores find the same.
	r.Metadata = slices.CompactFunc(r.Metadata, func(a, b Pair) bool { return a.Key == b.Key })
}

func (b *builder) failure(e *gateway.Error) *Failure {
	if e == nil {
		return nil
	}
	return &Failure{Kind: e.Kind.String(), Type: b.cleanser.name(e.WireType()), Code: b.cleanser.name(e.Code),
		Param: b.cleanser.text(e.Param), Target: e.Target, Message: b.cleanser.text(e.Public)}
}

// status is what the caller got. The record may be taken before httpapi has sent it.
func status(f *gateway.Facts) int {
	switch {
	case f.Status != 0:
		return f.Status
	case f.Err != nil:
		return f.Err.HTTPStatus()
	}
	for _, vs := range [...][]gateway.Verdict{f.Input, f.Output} {
		for i := range vs {
			if !vs[i].Pass {
				return gateway.StatusFlagged
			}
		}
	}
	return 200
}

func (b *builder) attempts(r *Record, e *entry) {
	for i := range e.facts.Attempts {
		a := &e.facts.Attempts[i]
		r.Waited += a.Wait
		r.Attempts = append(r.Attempts, Attempt{Target: a.Target, Provider: a.Provider, VirtualKey: a.VirtualKey,
			Model: b.cleanser.name(a.Model), Host: b.host(e, a), Served: b.cleanser.name(a.Served),
			ResponseID: b.cleanser.passage(a.ResponseID), Finish: b.cleanser.name(a.Finish), Span: a.SpanID,
			Start: max(a.Start.Sub(e.ex.Start), 0), FirstChunk: a.FirstChunk, Duration: a.Duration,
			Status: a.Status, Retry: a.Retry, Error: b.failure(a.Err), Usage: a.Usage})
	}
	if n := len(r.Attempts); n > 0 {
		last := &r.Attempts[n-1]
		for i := range r.Attempts { // a race has its winner anywhere
			if r.Attempts[i].Error == nil {
				last = &r.Attempts[i]
			}
		}
		r.Provider, r.VirtualKey, r.Served = last.Provider, last.VirtualKey, last.Served
		r.Upstream = busy(r.Attempts)
		if r.Usage == nil { // there was no answer, and yet it may have cost
			r.Usage = used(r.Attempts)
		}
	} else if e.facts.Answer != nil && r.Cache.Status.Hit() {
		r.Served = b.cleanser.name(e.facts.Answer.Model)
	}
}

// used adds up what failed attempts were charged for; nil if nothing was told.
func used(as []Attempt) *gateway.Usage {
	var sum *gateway.Usage
	for i := range as {
		u := as[i].Usage
		if u == nil {
			continue
		}
		if sum == nil {
			sum = &gateway.Usage{}
		}
		sum.Input, sum.Output, sum.Reasoning = sum.Input+u.Input, sum.Output+u.Output, sum.Reasoning+u.Reasoning
		sum.CacheRead, sum.CacheWrite = sum.CacheRead+u.CacheRead, sum.CacheWrite+u.CacheWrite
	}
	return sum
}

// host keeps the address of an attempt as it is: it is infrastructure, and whoever reads a
// trace needs it. Only one that the caller itself named is a caller's text.
func (b *builder) host(e *entry, a *gateway.Attempt) string {
	p := e.facts.Plan
	if p == nil {
		return b.cleanser.name(a.Host)
	}
	if t := target(p.Root, a.Target); t != nil && (!t.CustomHost || !p.Inline() && (e.ex.Envelope == nil || e.ex.Envelope.CustomHost == "")) {
		return a.Host
	}
	return b.cleanser.name(a.Host)
}

// target is the leaf below n with this path, nil if there is none.
func target(n *gateway.Node, path string) *gateway.Target {
	if n == nil {
		return nil
	}
	if t := n.Target; t != nil && t.Path == path {
		return t
	}
	for _, c := range n.Nodes {
		if t := target(c, path); t != nil {
			return t
		}
	}
	return nil
}

// busy is how long at least one attempt was under way.
func busy(as []Attempt) time.Duration {
	type interval struct{ from, to time.Duration }
	var buf [8]interval
	list := buf[:0]
	for i := range as {
		list = append(list, interval{as[i].Start, as[i].Start + as[i].Duration})
	}
	slices.SortFunc(list, func(a, b interval) int { return int(a.from - b.from) })
	var sum, end time.Duration
	for _, v := range list {
		if v.to > end {
			sum += v.to - max(v.from, end)
			end = v.to
		}
	}
	return sum
}

func (b *builder) plan(r *Record, f *gateway.Facts) {
	p := f.Plan
	if p == nil {
		return
	}
	r.Config = Config{Source: p.Source, Slug: b.cleanser.name(p.Slug), Version: p.Version}
	if p.Root == nil {
		return
	}
	r.Config.Mode = string(p.Root.Mode)
	if p.Root.Target != nil {
		r.Config.Mode = string(gateway.ModeSingle)
	}
	if r.Provider == "" {
		if ts := p.Root.Primary(); len(ts) > 0 {
			r.Provider, r.VirtualKey = ts[0].Provider, ts[0].VirtualKey
		}
	}
}

func (b *builder) verdicts(r *Record, e *entry) {
	for _, vs := range [...][]gateway.Verdict{e.facts.Input, e.facts.Output} {
		for i := range vs {
			v := &vs[i]
			g := Guardrail{ID: b.cleanser.name(v.Guardrail), Version: v.Version, Target: v.Target, Output: v.Output, Pass: v.Pass,
				Deny: v.Deny, Replayed: v.Replayed, Action: v.Action, Start: v.At.Sub(e.ex.Start), Duration: v.Duration}
			if v.Replayed || g.Start < 0 {
				g.Start = -1
			}
			for _, c := range v.Checks {
				g.Checks = append(g.Checks, CheckResult{ID: c.ID, Pass: c.Pass, Duration: c.Duration,
					Error: b.cleanser.name(c.Error), Explanation: b.cleanser.name(c.Explanation)})
			}
			r.Guardrails = append(r.Guardrails, g)
		}
	}
}

// stages settles the times, and adds them to out. The outermost stage is this package's own
// and still running when they are taken.
func stages(out []Stage, f *gateway.Facts, total time.Duration) []Stage {
	if len(f.Timing) == 0 {
		return out
	}
	t := f.Timing
	t[0].Incl = max(total-t[0].Start, 0)
	gateway.Settle(t)
	out = slices.Grow(out, len(t))
	for i := range t {
		if t[i].Entered {
			out = append(out, Stage{t[i].Name, t[i].Start, t[i].Incl, t[i].Self, t[i].Failed})
		}
	}
	return out
}
