package telemetry

import (
	"time"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/sluicegate/sluice/gateway"
)

// generationSpan is the logical call of a model, over all attempts. It has the tokens and the cost.
func (r *Record) generationSpan() Span {
	var a attrs
	a.text(attrOperation, r.Op)
	a.text(attrProvider, providerName(r.Provider))
	a.text(attrRequestModel, r.Model)
	a.text(attrResponseModel, r.Served)
	a.text(attrVirtualKey, r.VirtualKey)
	if r.Stream {
		a = append(a, attrStream.Bool(true))
	}
	if r.FirstByte >= 0 {
		a = append(a, attrFirstChunk.Float64(r.FirstByte.Seconds()))
	}
	usageAttributes(&a, r.Usage)
	a = append(a, attrCostKnown.Bool(r.Cost.Known))
	a.text(attrCostBasis, string(r.Cost.Basis))
	if r.Cost.Known {
		a.int(attrCost, r.Cost.Nano)
	}
	a.text(attrPrice, r.Cost.Price)
	a.text(attrMode, r.Config.Mode)
	a.int(attrAttempts, int64(len(r.Attempts)))
	first, last := &r.Attempts[0], &r.Attempts[len(r.Attempts)-1]
	if r.Fallback() {
		a = append(a, attrFallback.Bool(true))
	}
	if last.Error == nil {
		a.text(attrResponseID, last.ResponseID)
		if last.Finish != "" {
			a = append(a, attrFinish.StringSlice([]string{last.Finish}))
		}
	}
	from, to := first.Start, time.Duration(0)
	for i := range r.Attempts {
		from = min(from, r.Attempts[i].Start)
		to = max(to, r.Attempts[i].Start+r.Attempts[i].Duration)
	}
	for i := range r.Guardrails { // the answer is checked before it is one
		if g := &r.Guardrails[i]; g.Output && !g.Replayed && g.Start >= 0 {
			to = max(to, g.Start+g.Duration)
		}
	}
	sp := Span{ID: r.derivedID(spanGeneration, 0), Parent: r.Trace.Root, Name: r.Op + " " + r.Model, Kind: trace.SpanKindInternal,
		Start: from, Duration: to - from, Self: max(to-from-r.Upstream, 0)}
	if r.Error != nil {
		sp.Status, sp.Message = codes.Error, r.Error.Message
		a.text(attrError, r.Error.Kind)
	}
	sp.Attributes = a
	return sp
}

// Fallback reports whether another target than the first one was called.
func (r *Record) Fallback() bool {
	for i := range r.Attempts {
		if r.Attempts[i].Target != r.Attempts[0].Target {
			return true
		}
	}
	return false
}

// Retries counts the calls of a target after its first call.
func (r *Record) Retries() int {
	n := 0
	for i := range r.Attempts {
		if r.Attempts[i].Retry > 0 {
			n++
		}
	}
	return n
}

// attemptSpan is one upstream call.
func (r *Record) attemptSpan(i int, parent gateway.SpanID) Span {
	at := &r.Attempts[i]
	var a attrs
	a.text(attrMethod, "POST")
	a.text(attrProvider, providerName(at.Provider))
	a.text(attrRequestModel, at.Model)
	a.text(attrResponseModel, at.Served)
	a.text(attrResponseID, at.ResponseID)
	a.text(attrServer, at.Host)
	a.text(attrVirtualKey, at.VirtualKey)
	a.text(attrTarget, at.Target)
	a.count(attrStatus, int64(at.Status))
	a.count(attrResend, int64(i))
	if at.FirstChunk > 0 {
		a = append(a, attrFirstChunk.Float64(at.FirstChunk.Seconds()))
	}
	if at.Finish != "" {
		a = append(a, attrFinish.StringSlice([]string{at.Finish}))
	}
	id := at.Span
	if id.IsZero() {
		id = r.derivedID(spanAttempt, byte(i))
	}
	sp := Span{ID: id, Parent: parent, Name: "POST", Kind: trace.SpanKindClient, Start: at.Start, Duration: at.Duration, Self: at.Duration}
	if at.Error != nil {
		kind := at.Error.Code
		if kind == "" {
			kind = at.Error.Kind
		}
		a.text(attrError, kind)
		a.text(attrErrorMessage, at.Error.Message)
		sp.Status, sp.Message = codes.Error, at.Error.Message
	}
	sp.Attributes = a
	return sp
}

func usageAttributes(a *attrs, u *gateway.Usage) {
	if u == nil {
		return
	}
	a.int(attrInput, u.Input)
	a.int(attrOutput, u.Output)
	a.count(attrCacheRead, u.CacheRead)
	a.count(attrCacheCreation, u.CacheWrite)
	a.count(attrReasoning, u.Reasoning)
}
