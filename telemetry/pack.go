package telemetry

import (
	"math"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// packed is the version of the packed form; it changes only when fields move.
const packed = 1

// Pack appends the record without its bodies.
func (r *Record) Pack(dst []byte) []byte {
	c := recordCodec{buf: append(dst, packed)}
	r.walk(&c)
	return c.buf
}

// Unpack reads what Pack wrote.
func Unpack(b []byte) (*Record, error) {
	const op = "telemetry.Unpack"
	if len(b) == 0 || b[0] != packed {
		return nil, &gateway.Error{Op: op, Kind: gateway.Internal, Public: "A recorded row cannot be read.", Err: errPacked}
	}
	r, c := &Record{}, recordCodec{buf: b[1:], reading: true}
	if r.walk(&c); c.err != nil {
		return nil, &gateway.Error{Op: op, Kind: gateway.Internal, Public: "A recorded row cannot be read.", Err: c.err}
	}
	return r, nil
}

// PackBodies appends both bodies.
func (r *Record) PackBodies(dst []byte) []byte {
	c := recordCodec{buf: dst}
	c.bytes(&r.Request)
	c.bytes(&r.Response)
	return c.buf
}

// UnpackBodies reads what PackBodies wrote into r.
func (r *Record) UnpackBodies(b []byte) error {
	c := recordCodec{buf: b, reading: true}
	c.bytes(&r.Request)
	c.bytes(&r.Response)
	return c.err
}

func (r *Record) walk(c *recordCodec) {
	at := r.Time.UnixMicro()
	c.int(&at)
	r.Time = time.UnixMicro(at).UTC()
	c.fixed(r.Trace.ID[:])
	c.fixed(r.Trace.Root[:])
	c.fixed(r.Trace.Parent[:])
	r.walkRef(c)
	for _, s := range []*string{&r.ID, &r.Node, &r.Trace.SpanRef, &r.Trace.Name, &r.Trace.State,
		&r.Workspace, &r.WorkspaceName, &r.Member, &r.MemberName, &r.APIKey, &r.APIKeyName,
		&r.Method, &r.Route, &r.Op, &r.Client, &r.UserAgent,
		&r.Model, &r.Served, &r.Provider, &r.VirtualKey} {
		c.text(s)
	}
	flags, outcome, body := int64(r.Trace.Flags), int64(r.Outcome), int64(r.Body)
	c.int(&flags)
	c.flag(&r.Stream)
	c.small(&r.Status)
	c.int(&outcome)
	c.int(&body)
	r.Trace.Flags, r.Outcome, r.Body = byte(flags), Outcome(outcome), BodyState(body)
	maybe(c, &r.Error, (*Failure).walk)
	maybe(c, &r.Usage, walkUsage)
	c.int(&r.Cost.Nano)
	c.flag(&r.Cost.Known)
	c.int(&r.Cost.Saved)
	c.text(&r.Cost.Price)
	c.span(&r.Latency)
	c.span(&r.FirstByte)
	c.span(&r.Upstream)
	walkCache(&r.Cache, c)
	c.text(&r.Config.Source)
	c.text(&r.Config.Slug)
	c.text(&r.Config.Mode)
	c.small(&r.Config.Version)
	maybe(c, &r.Prompt, walkPrompt)
	list(c, &r.Attempts, (*Attempt).walk)
	list(c, &r.Guardrails, (*Guardrail).walk)
	list(c, &r.Stages, (*Stage).walk)
	list(c, &r.Metadata, (*Pair).walk)
	list(c, &r.Redacted, walkHits)
	c.span(&r.Waited)
}

// walkRef spares the reference that is the trace id itself.
func (r *Record) walkRef(c *recordCodec) {
	own := r.Trace.Ref == r.Trace.ID.String()
	if c.flag(&own); !own {
		c.text(&r.Trace.Ref)
	} else if c.reading {
		r.Trace.Ref = r.Trace.ID.String()
	}
}

func (f *Failure) walk(c *recordCodec) {
	for _, s := range []*string{&f.Kind, &f.Type, &f.Code, &f.Param, &f.Target, &f.Message} {
		c.text(s)
	}
}

func (a *Attempt) walk(c *recordCodec) {
	for _, s := range []*string{&a.Target, &a.Provider, &a.VirtualKey, &a.Model, &a.Host, &a.Served, &a.ResponseID, &a.Finish} {
		c.text(s)
	}
	c.fixed(a.Span[:])
	c.span(&a.Start)
	c.span(&a.FirstChunk)
	c.span(&a.Duration)
	c.small(&a.Status)
	c.small(&a.Retry)
	maybe(c, &a.Error, (*Failure).walk)
	maybe(c, &a.Usage, walkUsage)
}

func (g *Guardrail) walk(c *recordCodec) {
	for _, s := range []*string{&g.ID, &g.Version, &g.Target} {
		c.text(s)
	}
	for _, f := range []*bool{&g.Output, &g.Pass, &g.Deny, &g.Replayed} {
		c.flag(f)
	}
	action := int64(g.Action)
	if c.int(&action); action < 0 || action > int64(gateway.ActionDeny) {
		c.err, action = errPacked, 0
	}
	g.Action = gateway.Action(action)
	c.span(&g.Start)
	c.span(&g.Duration)
	list(c, &g.Checks, (*CheckResult).walk)
}

func (r *CheckResult) walk(c *recordCodec) {
	c.text(&r.ID)
	c.text(&r.Error)
	c.text(&r.Explanation)
	c.flag(&r.Pass)
	c.span(&r.Duration)
}

func (s *Stage) walk(c *recordCodec) {
	c.text(&s.Name)
	c.span(&s.Start)
	c.span(&s.Incl)
	c.span(&s.Self)
	c.flag(&s.Failed)
}

func (p *Pair) walk(c *recordCodec) { c.text(&p.Key); c.text(&p.Value) }

func walkUsage(u *gateway.Usage, c *recordCodec) {
	for _, n := range []*int64{&u.Input, &u.Output, &u.CacheRead, &u.CacheWrite, &u.Reasoning} {
		c.int(n)
	}
}

func walkCache(f *gateway.CacheFact, c *recordCodec) {
	c.text((*string)(&f.Status))
	for _, s := range []*string{&f.Tier, &f.Namespace, &f.Origin, &f.Reason} {
		c.text(s)
	}
	walkFloat(&f.Similarity, c)
	walkFloat(&f.Threshold, c)
	c.flag(&f.Stored)
}

func walkFloat(v *float64, c *recordCodec) {
	n := int64(math.Float64bits(*v))
	c.int(&n)
	*v = math.Float64frombits(uint64(n))
}

func walkPrompt(p *gateway.PromptFact, c *recordCodec) {
	for _, s := range []*string{&p.ID, &p.Slug, &p.Label, &p.Variant, &p.Arm} {
		c.text(s)
	}
	c.small(&p.Version)
}

func walkHits(h *gateway.EntityHits, c *recordCodec) { c.text(&h.Entity); c.small(&h.Count) }
