package recorder

import (
	"slices"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
)

// envelopeStage is the name of the recorder's own stage.
const envelopeStage = "envelope"

// builder makes a record of an entry.
type builder struct {
	node     string
	content  Content
	bodyMax  int
	cleanser cleanser
}

func (b *builder) record(e *entry) *telemetry.Record {
	ex, f := e.ex, &e.facts
	r := &telemetry.Record{ID: ex.ID, Time: ex.Start.UTC().Truncate(time.Microsecond), Node: b.node, Trace: b.trace(ex.Trace),
		Op: string(e.op), Stream: e.stream, Model: b.cleanser.text(e.model),
		Status: status(f), Outcome: telemetry.OutcomeOf(f.Err), Error: b.failure(f.Err),
		Usage: f.Usage, Cost: f.Cost, Latency: f.End.Sub(ex.Start), FirstByte: -1, Cache: f.Cache, Redacted: f.Redacted, Unedited: f.Unedited, Parameters: parameters(e)}
	if p := f.PromptCache; p != nil {
		c := *p
		c.Path = b.cleanser.text(c.Path)
		if c.Source != gateway.SessionOpening { // that is a hash: nothing to cleanse
			c.Session = b.cleanser.pseudonymise(c.Session)
		}
		r.PromptCache = &c
	}
	r.Cache.Reason = b.cleanser.text(r.Cache.Reason)
	if r.Stream && !f.FirstByte.IsZero() {
		r.FirstByte = max(f.FirstByte.Sub(ex.Start), 0)
	}
	setPrincipal(r, f.Principal)
	b.envelope(r, ex.Envelope, f.DroppedFields(), f.LeftOut, b.passedQuery(ex))
	b.session(r, ex)
	b.tools(r, f.Answer)
	b.attempts(r, e)
	if len(f.Charges) > 0 {
		r.Charges = charges(f.Charges)
	}
	b.plan(r, f.Plan)
	b.verdicts(r, e)
	r.Stages = stages(f.Timing, r.Latency)
	if p := f.Prompt; p != nil {
		c := *p
		c.Arm, c.Rendered = b.cleanser.text(c.Arm), nil
		r.Prompt = &c
	}
	b.bodies(r, e)
	return r
}

// bareRecord holds ids and numbers only: no text that would need cleansing.
func (b *builder) bareRecord(e *entry) *telemetry.Record {
	t := e.ex.Trace
	t.Ref, t.SpanRef, t.Name, t.State = t.ID.String(), "", "", ""
	r := &telemetry.Record{ID: e.ex.ID, Time: e.ex.Start.UTC().Truncate(time.Microsecond), Node: b.node, Trace: t,
		Status: status(&e.facts), Outcome: telemetry.OutcomeOf(e.facts.Err), FirstByte: -1,
		Latency: e.facts.End.Sub(e.ex.Start), Cost: e.facts.Cost, Usage: e.facts.Usage}
	setPrincipal(r, e.facts.Principal)
	return r
}

// trace keeps the references that the caller sent, cleansed.
func (b *builder) trace(t gateway.Trace) gateway.Trace {
	if id := t.ID.String(); t.Ref == "" || t.Ref == id {
		t.Ref = id // hex digits: nothing to cleanse
	} else {
		t.Ref = b.cleanser.text(t.Ref)
	}
	t.SpanRef, t.Name, t.State = b.cleanser.text(t.SpanRef), b.cleanser.text(t.Name), b.cleanser.text(t.State)
	return t
}

func setPrincipal(r *telemetry.Record, p *gateway.Principal) {
	if p == nil {
		return
	}
	r.Workspace, r.WorkspaceName = p.Workspace, p.WorkspaceRef
	r.Member, r.MemberName = p.Member, p.MemberRef
	r.Team, r.TeamName = p.Team, p.TeamRef
	r.APIKey, r.APIKeyName = p.APIKey, p.APIKeyName
}

// circuitKey is the entry of the metadata that names the targets which the router left out.
const circuitKey = "_circuit_open"

// envelope records what stood around the body, which of its fields were dropped and which targets left out, and
// the query of a call that was passed on.
func (b *builder) envelope(r *telemetry.Record, env *gateway.Envelope, dropped, leftOut []string, query string) {
	if env == nil {
		return
	}
	r.Method, r.Route = env.Method, b.cleanser.text(env.Route)
	r.Client, r.UserAgent = b.cleanser.pseudonymise(env.ClientIP), b.cleanser.text(env.UserAgent)
	for k, v := range env.Metadata {
		if k == queryKey && query != "" || k == circuitKey && len(leftOut) > 0 {
			continue
		}
		r.Metadata = append(r.Metadata, telemetry.Pair{Key: b.cleanser.text(k), Value: b.cleanser.pseudonymise(v)})
	}
	if env.User != "" && env.Metadata["_user"] == "" {
		r.Metadata = append(r.Metadata, telemetry.Pair{Key: "_user", Value: b.cleanser.pseudonymise(env.User)})
	}
	if query != "" {
		r.Metadata = append(r.Metadata, telemetry.Pair{Key: queryKey, Value: query})
	}
	if len(dropped) > 0 {
		r.Metadata = append(r.Metadata, telemetry.Pair{Key: "_dropped", Value: strings.Join(dropped, ", ")})
	}
	if len(leftOut) > 0 {
		r.Metadata = append(r.Metadata, telemetry.Pair{Key: circuitKey, Value: strings.Join(leftOut, ", ")})
	}
	slices.SortFunc(r.Metadata, func(a, b telemetry.Pair) int {
		if c := strings.Compare(a.Key, b.Key); c != 0 {
			return c
		}
		return strings.Compare(a.Value, b.Value)
	})
	// Of keys that cleansing made equal the first value stays, so that all stores find the same.
	r.Metadata = slices.CompactFunc(r.Metadata, func(a, b telemetry.Pair) bool { return a.Key == b.Key })
}

func (b *builder) failure(e *gateway.Error) *telemetry.Failure {
	if e == nil {
		return nil
	}
	return &telemetry.Failure{Kind: e.Kind.String(), Type: b.cleanser.text(e.WireType()), Code: b.cleanser.text(e.Code),
		Param: b.cleanser.text(e.Param), Target: e.Target, Message: b.cleanser.text(e.Public)}
}

// status is what the caller got. The record may be made before httpapi has sent it.
func status(f *gateway.Facts) int {
	switch {
	case f.Status != 0:
		return f.Status
	case f.Err != nil:
		return f.Err.HTTPStatus()
	}
	for _, v := range slices.Concat(f.Input, f.Output) {
		if !v.Pass {
			return gateway.StatusFlagged
		}
	}
	return 200
}

func (b *builder) plan(r *telemetry.Record, p *gateway.Plan) {
	if p == nil {
		return
	}
	r.Config = telemetry.Config{Source: p.Source, Slug: b.cleanser.text(p.Slug), Version: p.Version}
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

func (b *builder) verdicts(r *telemetry.Record, e *entry) {
	for _, v := range slices.Concat(e.facts.Input, e.facts.Output) {
		g := telemetry.Guardrail{ID: b.cleanser.text(v.Guardrail), Version: v.Version, Target: v.Target, Output: v.Output, Pass: v.Pass,
			Deny: v.Deny, Replayed: v.Replayed, Action: v.Action, Start: v.At.Sub(e.ex.Start), Duration: v.Duration}
		if v.Replayed || g.Start < 0 {
			g.Start = -1
		}
		for _, c := range v.Checks {
			g.Checks = append(g.Checks, telemetry.CheckResult{ID: c.ID, Pass: c.Pass, Duration: c.Duration,
				Error: b.cleanser.text(c.Error), Explanation: b.cleanser.text(c.Explanation)})
		}
		r.Guardrails = append(r.Guardrails, g)
	}
}

// stages computes self times. The outermost stage is this package's own. It is still running
// when its exchange is recorded, so its time is the total. timing is changed.
func stages(timing []gateway.StageTime, total time.Duration) []telemetry.Stage {
	if len(timing) == 0 {
		return nil
	}
	timing[0].Incl = max(total-timing[0].Start, 0)
	gateway.Settle(timing)
	out := make([]telemetry.Stage, 0, len(timing))
	for i := range timing {
		if t := &timing[i]; t.Entered {
			out = append(out, telemetry.Stage{Name: t.Name, Start: t.Start, Incl: t.Incl, Self: t.Self, Failed: t.Failed})
		}
	}
	return out
}
