package demo

import (
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
)

// failure is how a provider, or a guardrail, refuses a call.
type failure struct {
	status  int
	outcome telemetry.Outcome
	kind    gateway.Kind
	code    string
	message string
}

var (
	rateLimited = failure{429, telemetry.OutcomeRateLimited, gateway.RateLimited, "rate_limit_exceeded", "The provider takes no more calls this minute."}
	overloaded  = failure{503, telemetry.OutcomeProviderError, gateway.Upstream, "overloaded", "The provider is overloaded."}
	denied      = failure{gateway.StatusDenied, telemetry.OutcomeDenied, gateway.Denied, "guardrail_denied", "A guardrail denied the request."}
)

func (f failure) record(at string) *telemetry.Failure {
	return &telemetry.Failure{Kind: f.kind.String(), Type: f.code, Code: f.code, Target: at, Message: f.message}
}

// fail adds an attempt that failed.
func (h *hour) fail(r *telemetry.Record, m model, f failure) {
	a := h.attempt(r, m)
	a.Duration, a.Status, a.Error = time.Duration(h.between(60, 900))*time.Millisecond, f.status, f.record(a.Target)
	r.Attempts = append(r.Attempts, a)
	r.Upstream += a.Duration
	r.Provider, r.VirtualKey = a.Provider, a.VirtualKey
}

// end ends a call with a failure.
func (h *hour) end(r *telemetry.Record, f failure) {
	r.Status, r.Outcome, r.Error = f.status, f.outcome, f.record("")
	if n := len(r.Attempts); n > 0 {
		r.Error.Target = r.Attempts[n-1].Target
	}
	r.Cache.Stored = false
	r.Latency = r.Upstream + r.Waited + 2*gatewayTime
}

// refuse ends a call that a guardrail denies before a provider is asked.
func (h *hour) refuse(r *telemetry.Record) {
	g := h.verdict(false)
	g.Deny, g.Action = true, gateway.ActionDeny
	r.Guardrails = []telemetry.Guardrail{g}
	r.Cache = gateway.CacheFact{Status: gateway.CacheDisabled}
	h.end(r, denied)
}

// verdict is a guardrail's verdict on a request. One that does not pass flags it.
func (h *hour) verdict(pass bool) telemetry.Guardrail {
	g := telemetry.Guardrail{ID: "no-secrets", Version: "v1", Pass: pass, Action: gateway.ActionAllow, Start: 240 * time.Microsecond, Duration: time.Duration(h.between(20, 240)) * time.Microsecond}
	check := telemetry.CheckResult{ID: "default.regexMatch", Pass: pass, Explanation: "The text has no secret.", Duration: g.Duration}
	if !pass {
		g.Action, check.Explanation = gateway.ActionFlag, "The text looks like a secret."
	}
	g.Checks = []telemetry.CheckResult{check}
	return g
}
