package demo

import (
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/feedback"
)

// ConfigSlug and ConfigDocument are the saved config that questions are sent with. Calls that are
// really made with it are answered by the built-in provider.
const (
	ConfigSlug     = "support"
	ConfigDocument = `{"strategy": {"mode": "fallback"}, "targets": [{"virtual_key": "openai-demo", "override_params": {"model": "echo"}}, {"virtual_key": "anthropic-demo", "override_params": {"model": "echo"}}], "retry": {"attempts": 2}, "redact": ["email"], "cache": {"mode": "semantic"}}`
)

// question makes a call with one question.
func (h *hour) question(at time.Time) {
	by, m, topic := h.caller(false), pick(h, chatModels), pick(h, topics)
	r := h.row(at, by, m, "/v1/chat/completions")
	r.Stream = h.chance(60)
	r.Config = telemetry.Config{Source: "header", Slug: ConfigSlug, Mode: string(gateway.ModeFallback), Version: 1}
	r.Metadata = append(r.Metadata, telemetry.Pair{Key: "feature", Value: topic.feature})
	r.Parameters = []telemetry.Pair{{Key: "temperature", Value: "0.2"}}
	r.Cache = gateway.CacheFact{Status: gateway.CacheSemanticMiss, Similarity: 0.5 + 0.4*h.random.Float64(), Threshold: 0.95, Stored: true}
	usage := gateway.Usage{Input: int64(h.between(180, 1900)), Output: int64(h.between(40, 620))}
	asked := topic.question
	if topic.address != "" {
		asked += " " + topic.address
		r.Redacted = []gateway.EntityHits{{Entity: "email", Count: 1}}
	}
	if topic.feature == "support" {
		topic.instruction, usage = h.prompted(r, topic.instruction, usage)
	}
	r.Request = requestBody(m.name, r.Stream, turn{"system", topic.instruction}, turn{"user", asked})
	r.Guardrails = []telemetry.Guardrail{h.verdict(true)}
	r.Response = h.outcome(r, m, topic, usage)
	if r.SentRequest = len(r.Attempts) > 0; r.SentRequest && (r.Provider == "anthropic" || r.Attempts[len(r.Attempts)-1].Model != m.name) {
		r.SentRequest = false
		r.Sent = requestBody(r.Attempts[len(r.Attempts)-1].Model, r.Stream, turn{"system", topic.instruction}, turn{"user", asked})
		if r.Provider == "anthropic" {
			r.Sent = messagesBody(r.Attempts[len(r.Attempts)-1].Model, r.Stream, topic.instruction, turn{"user", asked})
		}
	}
	stages(r)
	judged := 7
	if r.Prompt != nil {
		judged = 30
	}
	if h.keep(r) && r.Outcome == telemetry.OutcomeOK && h.chance(judged) {
		h.judge(r)
	}
}

// outcome decides how the call ends, and returns the answer.
func (h *hour) outcome(r *telemetry.Record, m model, topic topic, usage gateway.Usage) []byte {
	n := h.random.IntN(100)
	switch {
	case n < 2:
		h.refuse(r)
		return nil
	case n < 4:
		h.fail(r, m, rateLimited)
		h.end(r, rateLimited)
		return nil
	case n < 5:
		h.fail(r, m, overloaded)
		h.fail(r, substitute, overloaded)
		h.end(r, overloaded)
		return nil
	case n < 8:
		h.fail(r, m, overloaded)
		h.answer(r, substitute, usage, "stop")
	case n < 10:
		h.fail(r, m, rateLimited)
		r.Waited += pause
		r.Attempts[0].Wait = pause
		h.answer(r, m, usage, "stop")
	case n < 28:
		h.fromCache(r, m, usage)
	default:
		h.answer(r, m, usage, "stop")
	}
	if n >= 96 {
		g := h.verdict(false)
		g.Output = true
		r.Guardrails = append(r.Guardrails, g)
		r.Status = gateway.StatusFlagged
	}
	return responseBody(r.ID, r.Served, turn{"assistant", topic.answer}, usage)
}

// pause is how long a call waits before it asks the same provider again.
const pause = 400 * time.Millisecond

// fromCache answers without a provider, with what the answer cost when it was stored.
func (h *hour) fromCache(r *telemetry.Record, m model, usage gateway.Usage) {
	saved := h.cost(m, usage, r.Time)
	r.Cache = gateway.CacheFact{Status: gateway.CacheHit, Tier: "exact", Threshold: 0.95}
	if h.chance(45) {
		r.Cache.Status, r.Cache.Tier, r.Cache.Similarity = gateway.CacheSemanticHit, "semantic", 0.95+0.049*h.random.Float64()
	}
	r.Served, r.Usage, r.Latency = m.served, &usage, time.Duration(h.between(900, 9000))*time.Microsecond
	r.Cost = gateway.Cost{Known: true, ChargedKnown: true, Saved: saved.Nano, Price: saved.Price}
	if r.Stream {
		r.FirstByte = r.Latency / 2
	}
}

// judge gives feedback on a row, mostly good.
func (h *hour) judge(r *telemetry.Record) {
	f := feedback.Feedback{Workspace: r.Workspace, Member: r.Member, APIKey: r.APIKey, Trace: r.Trace.Ref, Value: 1, Weight: 1,
		Metadata: map[string]string{Mark: "true"}, CreatedAt: r.Time.Add(r.Latency)}
	bad := 22
	if r.Prompt != nil && r.Prompt.Variant == variantShort {
		bad = 9
	}
	if h.chance(bad) {
		f.Value = -1
		f.Metadata["reason"] = "did not answer the question"
	}
	h.feedback = append(h.feedback, f)
}
