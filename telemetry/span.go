package telemetry

import (
	"encoding/binary"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/sluicegate/sluice/gateway"
)

// Span is one timed part of an exchange. Start counts from the Record's Time.
type Span struct {
	ID, Parent            gateway.SpanID
	Name                  string
	Kind                  trace.SpanKind
	Start, Duration, Self time.Duration
	Status                codes.Code
	Message               string
	Attributes            []attribute.KeyValue
}

// Spans derives the exchange's tree of spans:
//
//	SERVER request
//	├─ INTERNAL one per stage: its own work on the way in; below "guard" the verdicts on the request
//	├─ INTERNAL generation, if a model was called; below it the verdicts on the answer
//	│  ├─ CLIENT one per attempt
//	│  └─ INTERNAL one per pause between attempts
//	└─ INTERNAL a second one for a stage with much work on the way out
//
// Siblings do not overlap, except verdicts: the children of the root never sum to more than the
// root. Tokens and cost are on the generation only, so that sums over spans are right. The root
// comes first, a parent before its children, and every child lies within its parent.
func (r *Record) Spans() []Span {
	s := make([]Span, 0, 2+2*len(r.Stages)+len(r.Guardrails)+2*len(r.Attempts))
	s = append(s, r.rootSpan())
	stages := r.stageSpans()
	s = append(s, stages...)
	guard, logical := r.Trace.Root, r.Trace.Root
	for i := range stages {
		if stages[i].Name == "guard" {
			guard = stages[i].ID
		}
	}
	end := r.entered()
	if len(r.Attempts) > 0 {
		sp := r.generationSpan()
		logical, end = sp.ID, sp.Start+sp.Duration
		s = append(s, sp)
		s = r.appendAttemptSpans(s, logical)
	}
	s = append(s, r.exitSpans(end)...)
	for i := range r.Guardrails {
		g := &r.Guardrails[i]
		if g.Replayed || g.Start < 0 {
			continue
		}
		parent := guard
		if g.ofAttempt() {
			parent = logical
		}
		s = append(s, r.guardrailSpan(g, parent, byte(i)))
	}
	clampToParents(s)
	s[0].Self = s[0].Duration
	for i := range s[1:] {
		if c := &s[1+i]; c.Parent == s[0].ID {
			s[0].Self = max(s[0].Self-c.Duration, 0)
		}
	}
	return s
}

// clampToParents cuts children to their parents: clocks of different observers never agree to the
// microsecond, and readers of a trace take a child outside its parent for an error.
func clampToParents(s []Span) {
	at := make(map[gateway.SpanID]int, len(s))
	for i := range s {
		at[s[i].ID] = i
	}
	for i := 1; i < len(s); i++ {
		p, ok := at[s[i].Parent]
		if !ok || p >= i {
			continue
		}
		from, to := s[p].Start, s[p].Start+s[p].Duration
		end := min(s[i].Start+s[i].Duration, to)
		s[i].Start = min(max(s[i].Start, from), to)
		s[i].Duration = max(end-s[i].Start, 0)
		s[i].Self = min(s[i].Self, s[i].Duration)
	}
}

// Kinds of spans whose ids are derived.
const (
	spanStage byte = iota + 1
	spanGeneration
	spanGuardrail
	spanAttempt
	spanExit
	spanPause
)

// derivedID returns the id of the n-th span of a kind. It follows from the root's id, so that it is
// the same for every reader. The mixing is splitmix64's finalizer, a bijection: ids below one root
// never collide.
func (r *Record) derivedID(kind, n byte) gateway.SpanID {
	x := binary.BigEndian.Uint64(r.Trace.Root[:]) + uint64(kind)<<8 + uint64(n) + 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	x ^= x >> 31
	if x == 0 {
		x = 1
	}
	var id gateway.SpanID
	binary.BigEndian.PutUint64(id[:], x)
	return id
}

func (r *Record) rootSpan() Span {
	var a attrs
	a.text(attrMethod, r.Method)
	a.text(attrRoute, r.Route)
	a.int(attrStatus, int64(r.Status))
	a.text(attrClient, r.Client)
	a.text(attrUserAgent, r.UserAgent)
	a.text(attrRequestID, r.ID)
	if r.Trace.Ref != r.Trace.ID.String() {
		a.text(attrTraceRef, r.Trace.Ref)
	}
	a.text(attrSpanRef, r.Trace.SpanRef)
	a.text(attrSpanName, r.Trace.Name)
	a.text(attrWorkspace, r.Workspace)
	a.text(attrWorkspaceName, r.WorkspaceName)
	a.text(attrMember, r.Member)
	a.text(attrMemberName, r.MemberName)
	a.text(attrTeam, r.Team)
	a.text(attrTeamName, r.TeamName)
	a.text(attrAPIKey, r.APIKey)
	a.text(attrOutcome, r.Outcome.String())
	a.text(attrConfig, r.Config.Slug)
	a.text(attrConfigSource, r.Config.Source)
	a.count(attrConfigVersion, int64(r.Config.Version))
	a.text(attrCacheStatus, r.CacheStatus())
	for _, h := range r.Redacted {
		a.count(attrRedacted+attribute.Key(h.Entity), int64(h.Count))
	}
	for _, h := range r.Unedited {
		a.count(attrUnedited+attribute.Key(h.Entity), int64(h.Count))
	}
	for _, m := range r.Metadata {
		a.text(attrMetadata+attribute.Key(m.Key), m.Value)
	}
	sp := Span{ID: r.Trace.Root, Parent: r.Trace.Parent, Name: r.Method + " " + r.Route, Kind: trace.SpanKindServer, Duration: r.Latency}
	brokenOff := r.Error != nil && r.Status < 400 // after the answer had begun
	if r.Status >= 500 || r.Outcome == OutcomeCancelled || brokenOff {
		sp.Status = codes.Error
	}
	if r.Error != nil {
		a.text(attrError, r.Error.Kind)
		a.text(attrErrorMessage, r.Error.Message)
		if sp.Status == codes.Error {
			sp.Message = r.Error.Message
		}
	}
	sp.Attributes = a
	return sp
}

// attrs collects attributes.
type attrs []attribute.KeyValue

// text adds v unless it is empty.
func (a *attrs) text(k attribute.Key, v string) {
	if v != "" {
		*a = append(*a, k.String(v))
	}
}

func (a *attrs) int(k attribute.Key, v int64) { *a = append(*a, k.Int64(v)) }

// count adds v unless it is zero.
func (a *attrs) count(k attribute.Key, v int64) {
	if v != 0 {
		a.int(k, v)
	}
}

// ScopeName is the instrumentation scope of all spans.
const ScopeName = "github.com/sluicegate/sluice/telemetry"

// Resource returns the resource attributes of r's spans: the service and its instance.
func (r *Record) Resource() []attribute.KeyValue {
	return []attribute.KeyValue{attrServiceName.String(serviceName), attrInstance.String(r.Node)}
}
