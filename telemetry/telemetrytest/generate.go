// Package telemetrytest is the conformance suite that every telemetry.Store must pass, with a
// generator of records and a Writer in memory.
package telemetrytest

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
)

// Generator makes records that differ in everything that a query can select. The same seed makes
// the same records.
type Generator struct {
	rnd *rand.Rand
	now time.Time
	seq uint16
}

// NewGenerator returns a generator whose records begin at the given time, each a little later than
// the one before.
func NewGenerator(seed uint64, begin time.Time) *Generator {
	return &Generator{rnd: rand.New(rand.NewPCG(seed, seed^0x5a)), now: begin.UTC().Truncate(time.Microsecond)}
}

func pick[T any](g *Generator, of ...T) T { return of[g.rnd.IntN(len(of))] }

func (g *Generator) fill(b []byte) {
	for i := range b {
		b[i] = byte(g.rnd.Uint32())
	}
}

// Record makes the next record. Now and then two share a trace, or a microsecond.
func (g *Generator) Record() *telemetry.Record {
	if g.rnd.IntN(5) > 0 {
		g.now = g.now.Add(time.Duration(1+g.rnd.IntN(40_000)) * time.Microsecond)
	}
	g.seq++
	var id ulid.ULID
	_ = id.SetTime(ulid.Timestamp(g.now)) // in range
	g.fill(id[6:14])
	id[14], id[15] = byte(g.seq>>8), byte(g.seq)
	r := &telemetry.Record{ID: id.String(), Time: g.now, Node: pick(g, "a", "b"), FirstByte: -1,
		Workspace: pick(g, "ws1", "ws1", "ws2", "ws3", ""), Method: "POST", Route: "/v1/chat/completions", Op: pick(g, "chat", "chat", "embeddings"),
		Model: pick(g, "gpt-5", "claude-opus-4-7", "o'hara \"x\""), Provider: pick(g, "openai", "anthropic", ""), Status: pick(g, 200, 200, 246, 400, 429, 446, 502)}
	if g.rnd.IntN(3) == 0 {
		r.Trace.Ref = fmt.Sprintf("order-%d", g.rnd.IntN(12))
		r.Trace.ID = gateway.TraceIDFrom(r.Trace.Ref)
	} else {
		g.fill(r.Trace.ID[:])
		r.Trace.Ref = r.Trace.ID.String()
	}
	g.fill(r.Trace.Root[:])
	r.WorkspaceName, r.Member, r.MemberName = r.Workspace+" name", pick(g, "m1", "m2"), pick(g, "ann", "bob")
	if g.rnd.IntN(3) > 0 {
		r.Team, r.TeamName = pick(g, "t1", "t2"), "ml"
	}
	r.APIKey, r.APIKeyName, r.VirtualKey = pick(g, "k1", "k2", "k3"), "ci", pick(g, "vk_a", "vk_b")
	r.Config = telemetry.Config{Source: "header", Slug: pick(g, "", "prod", "test"), Mode: "fallback", Version: 2}
	r.Cache.Status = pick(g, gateway.CacheHit, gateway.CacheMiss, gateway.CacheSemanticHit, "")
	r.Cache.Similarity, r.Cache.Threshold = 0.97, 0.95
	if r.Session = pick(g, "", "s1", "s2"); r.Session != "" {
		r.SessionSource = pick(g, gateway.SessionHeader, gateway.SessionClaudeCode)
		r.Tools = []telemetry.ToolUse{{Name: "Bash", Calls: 1 + g.rnd.IntN(3)}, {Name: "Read", Calls: 1}}[:g.rnd.IntN(3)]
	}
	r.Metadata = []telemetry.Pair{{Key: "_user", Value: pick(g, "u1", "u2", "ü 'x'")}, {Key: "team", Value: pick(g, "red", "blue")}}[:g.rnd.IntN(3)]
	r.Latency, r.Upstream = time.Duration(g.rnd.IntN(3e6))*time.Microsecond+time.Millisecond, 800*time.Microsecond
	r.Waited = time.Duration(g.rnd.IntN(3)) * 50 * time.Microsecond
	r.Cost = gateway.Cost{Nano: g.rnd.Int64N(1e9), Known: g.rnd.IntN(4) > 0, Price: "openai/gpt-5@2026-08-01", ChargedKnown: g.rnd.IntN(6) > 0, Charged: g.rnd.Int64N(1e9), Rule: "resale", Assumed: g.rnd.IntN(8) == 0}
	r.Usage = &gateway.Usage{Input: g.rnd.Int64N(4000), Output: g.rnd.Int64N(900), CacheRead: 3, Reasoning: 1}
	if r.Stream = g.rnd.IntN(2) == 0; r.Stream {
		r.FirstByte = r.Latency / 3
	}
	if g.rnd.IntN(2) == 0 {
		r.Parameters = []telemetry.Pair{{Key: "max_tokens", Value: pick(g, "64", "4096")}, {Key: "temperature", Value: pick(g, "0", "0.7", "1e-1")}}[g.rnd.IntN(2):]
	}
	if r.Status >= 400 {
		r.Outcome = map[int]telemetry.Outcome{400: telemetry.OutcomeClientError, 429: telemetry.OutcomeRateLimited, 446: telemetry.OutcomeDenied, 502: telemetry.OutcomeProviderError}[r.Status]
		r.Error = &telemetry.Failure{Kind: r.Outcome.String(), Type: "x_error", Code: "some_code", Param: "messages[0]", Message: "It failed."}
	}
	if g.rnd.IntN(3) == 0 {
		r.Prompt = &gateway.PromptFact{ID: "p1", Slug: "support", Version: 3, Label: "production", Variant: pick(g, "a", "b"), Arm: "member"}
	}
	g.parts(r)
	if g.rnd.IntN(4) > 0 {
		r.Body, r.Request, r.Response = telemetry.BodyRedacted, []byte(fmt.Sprintf(`{"model":"gpt-5","n":%d}`, g.seq)), []byte(`{"choices":[]}`)
	}
	if len(r.Attempts) > 0 {
		r.Charges = []telemetry.Charge{{Target: r.Attempts[0].Target, Price: r.Cost.Price, Rule: r.Cost.Rule, Nano: r.Cost.Nano, Known: r.Cost.Known,
			Charged: r.Cost.Charged, ChargedKnown: r.Cost.ChargedKnown, Lines: []gateway.PriceLine{{Unit: "input", Count: r.Usage.Input, Price: 1_250_000_000, Per: 1_000_000}}}}
		if r.SentRequest = r.Body != telemetry.BodyNone && g.seq%2 == 0; r.Body != telemetry.BodyNone && !r.SentRequest {
			r.Sent = []byte(fmt.Sprintf(`{"model":"gpt-5-2026","n":%d}`, g.seq))
		}
	}
	return r
}

func (g *Generator) parts(r *telemetry.Record) {
	at := 40 * time.Microsecond
	for i, n := range []string{"envelope", "authenticate", "configure", "redact", "prompt", "guard", "cache", "meter"} {
		at := time.Duration(i) * 5 * time.Microsecond
		r.Stages = append(r.Stages, telemetry.Stage{Name: n, Start: at, Incl: r.Latency - at, Self: 5 * time.Microsecond})
	}
	for i := range g.rnd.IntN(3) {
		a := telemetry.Attempt{Target: fmt.Sprintf("config.targets[%d]", i), Provider: r.Provider, VirtualKey: r.VirtualKey, Model: r.Model,
			Host: "api.example.com", Start: at, Duration: 200 * time.Microsecond, Status: 200, Usage: r.Usage, Served: "gpt-5-2026", Finish: "stop"}
		g.fill(a.Span[:])
		if i == 0 && g.rnd.IntN(2) == 0 {
			a.Status, a.Error, a.Usage = 503, &telemetry.Failure{Kind: "upstream", Type: "upstream_error", Message: "Overloaded."}, nil
		}
		if r.Stream {
			a.Chunks, a.LongestGap = 1+g.rnd.IntN(300), time.Duration(g.rnd.IntN(9000))*time.Microsecond
		}
		r.Attempts = append(r.Attempts, a)
		at += 250 * time.Microsecond
	}
	if g.rnd.IntN(3) == 0 {
		r.Guardrails = append(r.Guardrails, telemetry.Guardrail{ID: "no-secrets", Version: "v1", Pass: r.Status != 446, Deny: true, Action: pick(g, gateway.ActionAllow, gateway.ActionFlag, gateway.ActionRedact, gateway.ActionDeny),
			Start: 26 * time.Microsecond, Duration: 3 * time.Microsecond,
			Checks: []telemetry.CheckResult{{ID: "default.contains", Pass: r.Status != 446, Explanation: "one word found", Duration: time.Microsecond}}})
		r.Redacted = []gateway.EntityHits{{Entity: "email", Count: 2}}
	}
}
