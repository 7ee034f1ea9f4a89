package telemetry

import (
	"time"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// stageSpans returns a span for each stage but the outermost, which the root stands for: from the
// entry to the stage until it calls the next one. If the exchange failed, the innermost stage
// that returned the error is marked, unless an upstream call or a guardrail on an answer is.
func (r *Record) stageSpans() []Span {
	failed := -1
	for i := range r.Stages {
		if r.Stages[i].Failed {
			failed = i
		}
	}
	if failed >= 0 && r.Stages[failed].Name == "router" && len(r.Attempts) > 0 {
		failed = -1
	}
	var out []Span
	for i := range r.Stages {
		if r.Stages[i].Name == "envelope" {
			continue
		}
		sp := r.stageSpan(i)
		if i == failed && r.Error != nil {
			sp.Status, sp.Message = codes.Error, r.Error.Message
		}
		out = append(out, sp)
	}
	return out
}

func (r *Record) stageSpan(i int) Span {
	st := &r.Stages[i]
	a := attrs{attrSelf.Int64(st.Self.Microseconds())}
	switch st.Name {
	case "cache":
		r.cacheAttributes(&a)
	case "prompt":
		if p := r.Prompt; p != nil {
			a.text(attrPromptName, p.Slug)
			a.count(attrPromptVersion, int64(p.Version))
			a.text(attrPromptLabel, p.Label)
			a.text(attrVariant, p.Variant)
		}
	}
	in := r.wayIn(i)
	return Span{ID: r.derivedID(spanStage, byte(i)), Parent: r.Trace.Root, Name: st.Name, Kind: trace.SpanKindInternal,
		Start: st.Start, Duration: in, Self: in, Attributes: a}
}

// wayIn returns how long stage i worked before it called the next one, or in all if it called none.
func (r *Record) wayIn(i int) time.Duration {
	st := &r.Stages[i]
	switch {
	case i+1 < len(r.Stages):
		return max(r.Stages[i+1].Start-st.Start, 0)
	case len(r.Attempts) > 0:
		return max(r.firstCall()-st.Start, 0)
	default:
		return max(min(st.Self, r.Latency-st.Start), 0)
	}
}

// entered returns when the innermost stage had done its work on the way in.
func (r *Record) entered() time.Duration {
	if len(r.Stages) == 0 {
		return 0
	}
	last := len(r.Stages) - 1
	return r.Stages[last].Start + r.wayIn(last)
}

// minExit is how long a stage must have worked on the way out to get a second span.
const minExit = time.Millisecond

// exitSpans returns the second spans of stages, from the innermost outwards. They stand behind
// the generation, which ends at end. In a stream the work is spread over the answer, and what
// does not fit behind it has no span; the attribute sluice.self_us counts it.
func (r *Record) exitSpans(end time.Duration) []Span {
	var out []Span
	for i := len(r.Stages) - 1; i >= 0; i-- {
		st := &r.Stages[i]
		work := st.Self - r.wayIn(i)
		if st.Name == "envelope" || st.Name == "router" || work < minExit || end+work > r.Latency {
			continue
		}
		out = append(out, Span{ID: r.derivedID(spanExit, byte(i)), Parent: r.Trace.Root, Name: st.Name + " answer", Kind: trace.SpanKindInternal,
			Start: end, Duration: work, Self: work})
		end += work
	}
	return out
}

func (r *Record) cacheAttributes(a *attrs) {
	c := &r.Cache
	a.text(attrCacheStatus, r.CacheStatus())
	a.text(attrCacheTier, c.Tier)
	if c.Similarity != 0 {
		*a = append(*a, attrCacheScore.Float64(c.Similarity), attrCacheLimit.Float64(c.Threshold))
	}
	a.text(attrCacheOrigin, c.Origin)
	a.text(attrCacheReason, c.Reason)
	if c.Stored {
		*a = append(*a, attrCacheStored.Bool(true))
	}
	if c.Status.Hit() {
		a.count(attrCostSaved, r.Cost.Saved)
	}
}
