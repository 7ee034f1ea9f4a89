package telemetry

import (
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/sluicegate/sluice/gateway"
)

// ofAttempt reports whether g judged an answer, or the request as one target gets it.
func (g *Guardrail) ofAttempt() bool { return g.Output || g.Target != "" }

func (r *Record) guardrailSpan(g *Guardrail, parent gateway.SpanID, n byte) Span {
	phase := "input"
	if g.Output {
		phase = "output"
	}
	var a attrs
	a.text(attrGuardrail, g.ID)
	a.text(attrGuardVersion, g.Version)
	a.text(attrGuardPhase, phase)
	a = append(a, attrGuardPass.Bool(g.Pass))
	a.text(attrGuardAction, g.Action.String())
	a.text(attrTarget, g.Target)
	sp := Span{ID: r.derivedID(spanGuardrail, n), Parent: parent, Name: "guardrail " + g.ID, Kind: trace.SpanKindInternal, Start: g.Start, Duration: g.Duration, Self: g.Duration}
	if g.Deny && !g.Pass {
		sp.Status, sp.Message = codes.Error, "denied"
	}
	for i := range g.Checks {
		if e := g.Checks[i].Error; e != "" {
			a.text(attrGuardError, e)
			sp.Status, sp.Message = codes.Error, e
			break
		}
	}
	sp.Attributes = a
	return sp
}
