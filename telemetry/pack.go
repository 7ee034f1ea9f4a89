package telemetry

import (
	"math"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// packedVersion is the first byte of the packed form. It changes only if a field moves; adding a
// field at the end of a walk does not change it.
const packedVersion = 1

// Pack appends the packed form of the record, without its bodies, to dst.
func (r *Record) Pack(dst []byte) []byte {
	c := recordCodec{buf: append(dst, packedVersion)}
	r.walk(&c)
	return c.buf
}

// Unpack decodes what Pack wrote, with this or any earlier version of Sluice.
func Unpack(b []byte) (*Record, error) {
	const op = "telemetry.Unpack"
	if len(b) == 0 || b[0] != packedVersion {
		return nil, &gateway.Error{Op: op, Kind: gateway.Internal, Public: "A recorded row cannot be read.", Err: errDamaged}
	}
	r, c := &Record{}, recordCodec{buf: b[1:], reading: true}
	if r.walk(&c); c.err != nil {
		return nil, &gateway.Error{Op: op, Kind: gateway.Internal, Public: "A recorded row cannot be read.", Err: c.err}
	}
	return r, nil
}

// PackBodies appends the packed form of the bodies to dst.
func (r *Record) PackBodies(dst []byte) []byte {
	c := recordCodec{buf: dst}
	r.walkBodies(&c)
	return c.buf
}

// UnpackBodies decodes what PackBodies wrote, into r.
func (r *Record) UnpackBodies(b []byte) error {
	c := recordCodec{buf: b, reading: true}
	r.walkBodies(&c)
	return c.err
}

func (r *Record) walkBodies(c *recordCodec) {
	for _, body := range r.Bodies() {
		c.bytes(body)
	}
}

// walk packs or unpacks all fields but the bodies. The order of the calls is the format.
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
	c.smallInt(&r.Status)
	c.int(&outcome)
	c.int(&body)
	r.Trace.Flags, r.Outcome, r.Body = byte(flags), Outcome(outcome), BodyState(body)
	optional(c, &r.Error, (*Failure).walk)
	optional(c, &r.Usage, walkUsage)
	c.int(&r.Cost.Nano)
	c.flag(&r.Cost.Known)
	c.int(&r.Cost.Saved)
	c.text(&r.Cost.Price)
	c.duration(&r.Latency)
	c.duration(&r.FirstByte)
	c.duration(&r.Upstream)
	walkCache(&r.Cache, c)
	c.text(&r.Config.Source)
	c.text(&r.Config.Slug)
	c.text(&r.Config.Mode)
	c.smallInt(&r.Config.Version)
	optional(c, &r.Prompt, walkPrompt)
	list(c, &r.Attempts, (*Attempt).walk)
	list(c, &r.Guardrails, (*Guardrail).walk)
	list(c, &r.Stages, (*Stage).walk)
	list(c, &r.Metadata, (*Pair).walk)
	list(c, &r.Redacted, walkHits)
	c.duration(&r.Waited)
	c.text((*string)(&r.Cost.Basis))
	c.flag(&r.Cost.OverBound)
	list(c, &r.Unedited, walkHits)
	list(c, &r.Parameters, (*Pair).walk)
	optional(c, &r.PromptCache, walkPromptCache)
	r.walkCharged(c)
	c.text(&r.Team)
	c.text(&r.TeamName)
	c.text(&r.Session)
	c.text((*string)(&r.SessionSource))
	list(c, &r.Tools, (*ToolUse).walk)
	list(c, &r.Charges, (*Charge).walk)
	c.flag(&r.SentRequest)
	c.flag(&r.Cost.Partial)
	c.duration(&r.Cache.MaxAge)
}

// walkCharged packs how the price differs from the cost, so that rows from before there were price
// rules have the cost as their price.
func (r *Record) walkCharged(c *recordCodec) {
	more, known := r.Cost.Charged-r.Cost.Nano, r.Cost.ChargedKnown != r.Cost.Known
	if c.reading {
		more, known = 0, false
	}
	c.int(&more)
	c.flag(&known)
	r.Cost.Charged, r.Cost.ChargedKnown = r.Cost.Nano+more, r.Cost.Known != known
	c.flag(&r.Cost.Assumed)
	c.text(&r.Cost.Rule)
}

// walkRef leaves out a reference that equals the trace id.
func (r *Record) walkRef(c *recordCodec) {
	own := r.Trace.Ref == r.Trace.ID.String()
	switch c.flag(&own); {
	case !own:
		c.text(&r.Trace.Ref)
	case c.reading:
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
	c.duration(&a.Start)
	c.duration(&a.FirstChunk)
	c.duration(&a.Duration)
	c.smallInt(&a.Status)
	c.smallInt(&a.Retry)
	optional(c, &a.Error, (*Failure).walk)
	optional(c, &a.Usage, walkUsage)
	c.duration(&a.Wait)
	c.smallInt(&a.Chunks)
	c.duration(&a.LongestGap)
	c.text(&a.Credential)
	c.text(&a.CredentialFingerprint)
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
		c.err, action = errDamaged, 0
	}
	g.Action = gateway.Action(action)
	c.duration(&g.Start)
	c.duration(&g.Duration)
	list(c, &g.Checks, (*CheckResult).walk)
}

func (r *CheckResult) walk(c *recordCodec) {
	c.text(&r.ID)
	c.text(&r.Error)
	c.text(&r.Explanation)
	c.flag(&r.Pass)
	c.duration(&r.Duration)
}

func (s *Stage) walk(c *recordCodec) {
	c.text(&s.Name)
	c.duration(&s.Start)
	c.duration(&s.Incl)
	c.duration(&s.Self)
	c.flag(&s.Failed)
}

func (p *Pair) walk(c *recordCodec) { c.text(&p.Key); c.text(&p.Value) }

func (t *ToolUse) walk(c *recordCodec) { c.text(&t.Name); c.smallInt(&t.Calls) }

func walkUsage(u *gateway.Usage, c *recordCodec) {
	const first = 5 // rows have had these units from the beginning
	for _, unit := range gateway.Units[:first] {
		c.int(u.Count(unit))
	}
	if more := *u; !c.reading {
		if more.Input, more.Output, more.CacheRead, more.CacheWrite, more.Reasoning = 0, 0, 0, 0, 0; more == (gateway.Usage{}) {
			return
		}
	}
	c.text(&u.Terms.Tier)
	c.text(&u.Terms.Region)
	for _, unit := range gateway.Units[first:] {
		c.int(u.Count(unit))
	}
	if c.reading || u.Terms.Size != "" || u.Terms.Quality != "" {
		c.text(&u.Terms.Size)
		c.text(&u.Terms.Quality)
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
	c.smallInt(&p.Version)
}

func walkPromptCache(p *gateway.PromptCacheFact, c *recordCodec) {
	for _, s := range []*string{(*string)(&p.State), &p.Session, (*string)(&p.Source), &p.Previous, &p.Path, (*string)(&p.ChangedBy)} {
		c.text(s)
	}
	c.smallInt(&p.DepartedAt)
	c.smallInt(&p.Kept)
	c.smallInt(&p.Bytes)
}

func walkHits(h *gateway.EntityHits, c *recordCodec) { c.text(&h.Entity); c.smallInt(&h.Count) }
