package telemetry

import (
	"math"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry/internal/packed"
)

// Pack appends the packed form of the record, without its bodies, to dst.
func (r *Record) Pack(dst []byte) []byte {
	c := packed.Codec{Buf: append(dst, packed.Version)}
	r.walk(&c)
	return c.Buf
}

// Unpack decodes what Pack wrote, with this or any earlier version of Sluice.
func Unpack(b []byte) (*Record, error) {
	const op = "telemetry.Unpack"
	if len(b) == 0 || b[0] != packed.Version {
		return nil, &gateway.Error{Op: op, Kind: gateway.Internal, Public: "A recorded row cannot be read.", Err: packed.ErrDamaged}
	}
	r, c := &Record{}, packed.Codec{Buf: b[1:], Reading: true}
	if r.walk(&c); c.Err != nil {
		return nil, &gateway.Error{Op: op, Kind: gateway.Internal, Public: "A recorded row cannot be read.", Err: c.Err}
	}
	return r, nil
}

// PackBodies appends the packed form of the bodies to dst.
func (r *Record) PackBodies(dst []byte) []byte {
	c := packed.Codec{Buf: dst}
	r.walkBodies(&c)
	return c.Buf
}

// UnpackBodies decodes what PackBodies wrote, into r.
func (r *Record) UnpackBodies(b []byte) error {
	c := packed.Codec{Buf: b, Reading: true}
	r.walkBodies(&c)
	return c.Err
}

func (r *Record) walkBodies(c *packed.Codec) {
	for _, body := range r.Bodies() {
		c.Bytes(body)
	}
}

// walk packs or unpacks all fields but the bodies. The order of the calls is the format.
func (r *Record) walk(c *packed.Codec) {
	at := r.Time.UnixMicro()
	c.Int(&at)
	r.Time = time.UnixMicro(at).UTC()
	c.Fixed(r.Trace.ID[:])
	c.Fixed(r.Trace.Root[:])
	c.Fixed(r.Trace.Parent[:])
	r.walkRef(c)
	for _, s := range []*string{&r.ID, &r.Node, &r.Trace.SpanRef, &r.Trace.Name, &r.Trace.State,
		&r.Workspace, &r.WorkspaceName, &r.Member, &r.MemberName, &r.APIKey, &r.APIKeyName,
		&r.Method, &r.Route, &r.Op, &r.Client, &r.UserAgent,
		&r.Model, &r.Served, &r.Provider, &r.VirtualKey} {
		c.Text(s)
	}
	flags, outcome, body := int64(r.Trace.Flags), int64(r.Outcome), int64(r.Body)
	c.Int(&flags)
	c.Flag(&r.Stream)
	c.SmallInt(&r.Status)
	c.Int(&outcome)
	c.Int(&body)
	r.Trace.Flags, r.Outcome, r.Body = byte(flags), Outcome(outcome), BodyState(body)
	packed.Optional(c, &r.Error, (*Failure).walk)
	packed.Optional(c, &r.Usage, walkUsage)
	c.Int(&r.Cost.Nano)
	c.Flag(&r.Cost.Known)
	c.Int(&r.Cost.Saved)
	c.Text(&r.Cost.Price)
	c.Duration(&r.Latency)
	c.Duration(&r.FirstByte)
	c.Duration(&r.Upstream)
	walkCache(&r.Cache, c)
	c.Text(&r.Config.Source)
	c.Text(&r.Config.Slug)
	c.Text(&r.Config.Mode)
	c.SmallInt(&r.Config.Version)
	packed.Optional(c, &r.Prompt, walkPrompt)
	packed.List(c, &r.Attempts, (*Attempt).walk)
	packed.List(c, &r.Guardrails, (*Guardrail).walk)
	packed.List(c, &r.Stages, (*Stage).walk)
	packed.List(c, &r.Metadata, (*Pair).walk)
	packed.List(c, &r.Redacted, walkHits)
	c.Duration(&r.Waited)
	c.Text((*string)(&r.Cost.Basis))
	c.Flag(&r.Cost.OverBound)
	packed.List(c, &r.Unedited, walkHits)
	packed.List(c, &r.Parameters, (*Pair).walk)
	packed.Optional(c, &r.PromptCache, walkPromptCache)
	r.walkCharged(c)
	c.Text(&r.Team)
	c.Text(&r.TeamName)
	c.Text(&r.Session)
	c.Text((*string)(&r.SessionSource))
	packed.List(c, &r.Tools, (*ToolUse).walk)
	packed.List(c, &r.Charges, (*Charge).walk)
	c.Flag(&r.SentRequest)
	c.Flag(&r.Cost.Partial)
	c.Duration(&r.Cache.MaxAge)
}

// walkCharged packs how the price differs from the cost, so that rows from before there were price
// rules have the cost as their price.
func (r *Record) walkCharged(c *packed.Codec) {
	more, known := r.Cost.Charged-r.Cost.Nano, r.Cost.ChargedKnown != r.Cost.Known
	if c.Reading {
		more, known = 0, false
	}
	c.Int(&more)
	c.Flag(&known)
	r.Cost.Charged, r.Cost.ChargedKnown = r.Cost.Nano+more, r.Cost.Known != known
	c.Flag(&r.Cost.Assumed)
	c.Text(&r.Cost.Rule)
}

// walkRef leaves out a reference that equals the trace id.
func (r *Record) walkRef(c *packed.Codec) {
	own := r.Trace.Ref == r.Trace.ID.String()
	switch c.Flag(&own); {
	case !own:
		c.Text(&r.Trace.Ref)
	case c.Reading:
		r.Trace.Ref = r.Trace.ID.String()
	}
}

func (f *Failure) walk(c *packed.Codec) {
	for _, s := range []*string{&f.Kind, &f.Type, &f.Code, &f.Param, &f.Target, &f.Message} {
		c.Text(s)
	}
}

func (a *Attempt) walk(c *packed.Codec) {
	for _, s := range []*string{&a.Target, &a.Provider, &a.VirtualKey, &a.Model, &a.Host, &a.Served, &a.ResponseID, &a.Finish} {
		c.Text(s)
	}
	c.Fixed(a.Span[:])
	c.Duration(&a.Start)
	c.Duration(&a.FirstChunk)
	c.Duration(&a.Duration)
	c.SmallInt(&a.Status)
	c.SmallInt(&a.Retry)
	packed.Optional(c, &a.Error, (*Failure).walk)
	packed.Optional(c, &a.Usage, walkUsage)
	c.Duration(&a.Wait)
	c.SmallInt(&a.Chunks)
	c.Duration(&a.LongestGap)
	c.Text(&a.Credential)
	c.Text(&a.CredentialFingerprint)
}

func (g *Guardrail) walk(c *packed.Codec) {
	for _, s := range []*string{&g.ID, &g.Version, &g.Target} {
		c.Text(s)
	}
	for _, f := range []*bool{&g.Output, &g.Pass, &g.Deny, &g.Replayed} {
		c.Flag(f)
	}
	action := int64(g.Action)
	if c.Int(&action); action < 0 || action > int64(gateway.ActionDeny) {
		c.Err, action = packed.ErrDamaged, 0
	}
	g.Action = gateway.Action(action)
	c.Duration(&g.Start)
	c.Duration(&g.Duration)
	packed.List(c, &g.Checks, (*CheckResult).walk)
}

func (r *CheckResult) walk(c *packed.Codec) {
	c.Text(&r.ID)
	c.Text(&r.Error)
	c.Text(&r.Explanation)
	c.Flag(&r.Pass)
	c.Duration(&r.Duration)
}

func (s *Stage) walk(c *packed.Codec) {
	c.Text(&s.Name)
	c.Duration(&s.Start)
	c.Duration(&s.Incl)
	c.Duration(&s.Self)
	c.Flag(&s.Failed)
}

func (p *Pair) walk(c *packed.Codec) { c.Text(&p.Key); c.Text(&p.Value) }

func (t *ToolUse) walk(c *packed.Codec) { c.Text(&t.Name); c.SmallInt(&t.Calls) }

func walkUsage(u *gateway.Usage, c *packed.Codec) {
	const first = 5 // rows have had these units from the beginning
	for _, unit := range gateway.Units[:first] {
		c.Int(u.Count(unit))
	}
	if more := *u; !c.Reading {
		if more.Input, more.Output, more.CacheRead, more.CacheWrite, more.Reasoning = 0, 0, 0, 0, 0; more == (gateway.Usage{}) {
			return
		}
	}
	c.Text(&u.Terms.Tier)
	c.Text(&u.Terms.Region)
	for _, unit := range gateway.Units[first:] {
		c.Int(u.Count(unit))
	}
	if c.Reading || u.Terms.Size != "" || u.Terms.Quality != "" {
		c.Text(&u.Terms.Size)
		c.Text(&u.Terms.Quality)
	}
}

func walkCache(f *gateway.CacheFact, c *packed.Codec) {
	c.Text((*string)(&f.Status))
	for _, s := range []*string{&f.Tier, &f.Namespace, &f.Origin, &f.Reason} {
		c.Text(s)
	}
	walkFloat(&f.Similarity, c)
	walkFloat(&f.Threshold, c)
	c.Flag(&f.Stored)
}

func walkFloat(v *float64, c *packed.Codec) {
	n := int64(math.Float64bits(*v))
	c.Int(&n)
	*v = math.Float64frombits(uint64(n))
}

func walkPrompt(p *gateway.PromptFact, c *packed.Codec) {
	for _, s := range []*string{&p.ID, &p.Slug, &p.Label, &p.Variant, &p.Arm} {
		c.Text(s)
	}
	c.SmallInt(&p.Version)
}

func walkPromptCache(p *gateway.PromptCacheFact, c *packed.Codec) {
	for _, s := range []*string{(*string)(&p.State), &p.Session, (*string)(&p.Source), &p.Previous, &p.Path, (*string)(&p.ChangedBy)} {
		c.Text(s)
	}
	c.SmallInt(&p.DepartedAt)
	c.SmallInt(&p.Kept)
	c.SmallInt(&p.Bytes)
}

func walkHits(h *gateway.EntityHits, c *packed.Codec) { c.Text(&h.Entity); c.SmallInt(&h.Count) }
