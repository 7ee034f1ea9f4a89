package recorder

import (
	"cmp"
	"slices"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
)

// attempts records the upstream calls, and what follows from them for the exchange.
func (b *builder) attempts(r *telemetry.Record, e *entry) {
	r.Waited = e.facts.Queued
	for i := range e.facts.Attempts {
		a := &e.facts.Attempts[i]
		r.Waited += a.Wait
		r.Attempts = append(r.Attempts, telemetry.Attempt{Target: a.Target, Provider: a.Provider, VirtualKey: a.VirtualKey,
			Credential: a.Credential, CredentialFingerprint: a.CredentialFingerprint,
			Model: b.cleanser.text(a.Model), Host: b.host(e, a), Served: b.cleanser.text(a.Served),
			ResponseID: b.cleanser.text(a.ResponseID), Finish: b.cleanser.text(a.Finish), Span: a.SpanID,
			Start: max(a.Start.Sub(e.ex.Start), 0), FirstChunk: a.FirstChunk, Duration: a.Duration,
			Wait: a.Wait, Chunks: a.Chunks, LongestGap: a.LongestGap,
			Status: a.Status, Retry: a.Retry, Error: b.failure(a.Err), Usage: a.Usage})
	}
	if len(r.Attempts) == 0 {
		if e.facts.Answer != nil && r.Cache.Status.Hit() {
			r.Served = b.cleanser.text(e.facts.Answer.Model)
		}
		return
	}
	a := answering(r.Attempts)
	r.Provider, r.VirtualKey, r.Served = a.Provider, a.VirtualKey, a.Served
	r.Upstream = busy(r.Attempts)
	if r.Usage == nil { // without an answer the failed attempts may still have cost something
		r.Usage = sumUsage(r.Attempts)
	}
}

// charges records what the attempts cost.
func charges(of []gateway.Charge) []telemetry.Charge {
	out := make([]telemetry.Charge, len(of))
	for i := range of {
		c := &of[i].Cost
		out[i] = telemetry.Charge{Target: of[i].Target, Price: c.Price, Rule: c.Rule, Lines: of[i].Lines, Nano: c.Nano, Known: c.Known,
			Charged: c.Charged, ChargedKnown: c.ChargedKnown}
	}
	return out
}

// answering returns the attempt that succeeded (of a race that may be any), else the last.
func answering(as []telemetry.Attempt) *telemetry.Attempt {
	for i := len(as) - 1; i >= 0; i-- {
		if as[i].Error == nil {
			return &as[i]
		}
	}
	return &as[len(as)-1]
}

// sumUsage adds up what attempts were charged for; nil if none reported any.
func sumUsage(as []telemetry.Attempt) *gateway.Usage {
	var sum *gateway.Usage
	for i := range as {
		u := as[i].Usage
		if u == nil {
			continue
		}
		if sum == nil {
			sum = &gateway.Usage{}
		}
		sum.Add(u)
	}
	return sum
}

// busy returns how long at least one attempt was running.
func busy(as []telemetry.Attempt) time.Duration {
	byStart := slices.Clone(as)
	slices.SortFunc(byStart, func(a, b telemetry.Attempt) int { return cmp.Compare(a.Start, b.Start) })
	var sum, end time.Duration
	for i := range byStart {
		a := &byStart[i]
		if to := a.Start + a.Duration; to > end {
			sum += to - max(a.Start, end)
			end = to
		}
	}
	return sum
}

// host keeps the address of an attempt as it is: it is infrastructure, and whoever reads a trace
// needs it. Only an address that the caller named is a caller's text and is cleansed.
func (b *builder) host(e *entry, a *gateway.Attempt) string {
	p := e.facts.Plan
	if p == nil {
		return b.cleanser.text(a.Host)
	}
	customHeader := e.ex.Envelope != nil && e.ex.Envelope.CustomHost != ""
	if t := targetAt(p.Root, a.Target); t != nil && (!t.CustomHost || !p.Inline() && !customHeader) {
		return a.Host
	}
	return b.cleanser.text(a.Host)
}

// targetAt returns the leaf below n with this path, nil if there is none.
func targetAt(n *gateway.Node, path string) *gateway.Target {
	if n == nil {
		return nil
	}
	if t := n.Target; t != nil && t.Path == path {
		return t
	}
	for _, c := range n.Nodes {
		if t := targetAt(c, path); t != nil {
			return t
		}
	}
	return nil
}
