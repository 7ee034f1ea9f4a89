package telemetry

import (
	"net"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/attribute"
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
	a.text(attrCostState, string(r.Cost.State()))
	if r.Cost.ChargedKnown {
		a.int(attrCharged, r.Cost.Charged)
	}
	a.text(attrPriceRule, r.Cost.Rule)
	promptCacheAttributes(&a, r.PromptCache)
	a.text(attrMode, r.Config.Mode)
	a.int(attrAttempts, int64(len(r.Attempts)))
	last := &r.Attempts[len(r.Attempts)-1]
	if r.Fallback() {
		a = append(a, attrFallback.Bool(true))
	}
	if last.Error == nil {
		a.text(attrResponseID, last.ResponseID)
		if last.Finish != "" {
			a = append(a, attrFinish.StringSlice([]string{last.Finish}))
		}
	}
	for _, p := range r.Parameters {
		key := attrRequest + attribute.Key(p.Key)
		if n, err := strconv.ParseInt(p.Value, 10, 64); err == nil && p.Key != "temperature" && p.Key != "top_p" {
			a.int(key, n)
		} else if v, err := strconv.ParseFloat(p.Value, 64); err == nil {
			a = append(a, key.Float64(v))
		}
	}
	if last.Chunks > 0 {
		a.int(attrChunks, int64(last.Chunks))
		a.int(attrLongestGap, last.LongestGap.Microseconds())
	}
	from, to := r.firstCall(), time.Duration(0)
	for i := range r.Attempts {
		to = max(to, r.Attempts[i].Start+r.Attempts[i].Duration)
	}
	for i := range r.Guardrails { // the answer is checked before it is one
		if g := &r.Guardrails[i]; g.ofAttempt() && !g.Replayed && g.Start >= 0 {
			to = max(to, g.Start+g.Duration)
		}
	}
	sp := Span{ID: r.derivedID(spanGeneration, 0), Parent: r.Trace.Root, Name: r.Op + " " + r.Model, Kind: trace.SpanKindInternal,
		Start: from, Duration: to - from, Self: max(to-from-r.Upstream-r.Waited, 0)}
	if r.Error != nil && !deniedBy(r.Error) {
		sp.Status, sp.Message = codes.Error, r.Error.Message
		a.text(attrError, r.Error.Kind)
	}
	sp.Attributes = a
	return sp
}

// firstCall returns when the first upstream call began, or the check of what it would send.
func (r *Record) firstCall() time.Duration {
	from := r.Attempts[0].Start
	for i := range r.Attempts {
		from = min(from, r.Attempts[i].Start)
	}
	for i := range r.Guardrails {
		if g := &r.Guardrails[i]; g.ofAttempt() && !g.Output && !g.Replayed && g.Start >= 0 {
			from = min(from, g.Start)
		}
	}
	return from
}

// deniedBy reports a guardrail's denial: it marks the guardrail alone, not the call that it judged.
func deniedBy(f *Failure) bool { return f.Kind == gateway.Denied.String() }

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

// appendAttemptSpans appends the upstream calls and the pauses between them.
func (r *Record) appendAttemptSpans(s []Span, parent gateway.SpanID) []Span {
	for i := range r.Attempts {
		s = append(s, r.attemptSpan(i, parent))
		if at := &r.Attempts[i]; at.Wait > 0 && i+1 < len(r.Attempts) {
			s = append(s, Span{ID: r.derivedID(spanPause, byte(i)), Parent: parent, Name: "pause", Kind: trace.SpanKindInternal,
				Start: at.Start + at.Duration, Duration: at.Wait, Self: at.Wait})
		}
	}
	return s
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
	if host, port, err := net.SplitHostPort(at.Host); err == nil {
		a.text(attrServer, host)
		if n, err := strconv.ParseInt(port, 10, 32); err == nil {
			a.int(attrServerPort, n)
		}
	} else {
		a.text(attrServer, at.Host)
	}
	a.text(attrVirtualKey, at.VirtualKey)
	a.text(attrCredential, at.Credential)
	a.text(attrFingerprint, at.CredentialFingerprint)
	a.text(attrTarget, at.Target)
	a.count(attrStatus, int64(at.Status))
	a.count(attrResend, int64(i))
	if r.Stream && at.FirstChunk > 0 {
		a = append(a, attrFirstChunk.Float64(at.FirstChunk.Seconds()))
	}
	if at.Finish != "" {
		a = append(a, attrFinish.StringSlice([]string{at.Finish}))
	}
	if at.Chunks > 0 {
		a.int(attrChunks, int64(at.Chunks))
		a.int(attrLongestGap, at.LongestGap.Microseconds())
	}
	id := at.Span
	if id.IsZero() {
		id = r.derivedID(spanAttempt, byte(i))
	}
	sp := Span{ID: id, Parent: parent, Name: "POST", Kind: trace.SpanKindClient, Start: at.Start, Duration: at.Duration, Self: at.Duration}
	if at.Error != nil && !deniedBy(at.Error) {
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

func promptCacheAttributes(a *attrs, p *gateway.PromptCacheFact) {
	if p == nil {
		return
	}
	a.text(attrPromptState, string(p.State))
	a.text(attrPromptSession, p.Session)
	if p.Previous == "" {
		return
	}
	a.text(attrPromptBefore, p.Previous)
	a.int(attrPromptKept, int64(p.Kept))
	a.int(attrPromptBytes, int64(p.Bytes))
	if p.State == gateway.PromptDeparted {
		a.int(attrPromptAt, int64(p.DepartedAt))
		a.text(attrPromptPath, p.Path)
		a.text(attrPromptBy, string(p.ChangedBy))
	}
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
