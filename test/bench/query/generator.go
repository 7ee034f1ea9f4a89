// Package query measures how fast the stores of telemetry answer what lists, facets, graphs and
// sessions ask, over a month of generated exchanges. It opens the stores as the server does.
package query

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
)

// The shape of the generated month.
const (
	month    = 30 * 24 * time.Hour
	members  = 200
	keys     = 300
	users    = 2000
	models   = 24
	turns    = 30 // of a session
	workflow = 4  // one exchange in so many belongs to a session
)

// workspace is where all exchanges are.
const workspace = "01BENCHWORKSPACE0000000000"

// generator makes exchanges at equal distances, oldest first.
type generator struct {
	rnd   *rand.Rand
	begin time.Time
	every time.Duration
	n     int
}

func newGenerator(begin time.Time, rows int) *generator {
	return &generator{rnd: rand.New(rand.NewPCG(1, 2)), begin: begin.UTC().Truncate(time.Microsecond), every: (month / time.Duration(rows)).Truncate(time.Microsecond)}
}

// skewed picks a number below n; small ones are frequent.
func (g *generator) skewed(n int) int { return int(g.rnd.Float64() * g.rnd.Float64() * float64(n)) }

func (g *generator) fill(b []byte) {
	for i := range b {
		b[i] = byte(g.rnd.Uint32())
	}
}

// session names the sessions that the nth exchange may belong to: as many are open at once as there
// are turns.
func session(n int) string {
	n /= workflow
	return fmt.Sprintf("session-%d-%d", n/(turns*turns), n%turns)
}

// record makes the next exchange.
func (g *generator) record() *telemetry.Record {
	at := g.begin.Add(time.Duration(g.n) * g.every)
	var id ulid.ULID
	_ = id.SetTime(ulid.Timestamp(at)) // in range
	g.fill(id[6:])
	member, model := g.skewed(members), g.skewed(models)
	r := &telemetry.Record{ID: id.String(), Time: at, Node: "a", Workspace: workspace, WorkspaceName: "default", Method: "POST", Route: "/v1/chat/completions", Op: "chat", Status: 200, FirstByte: -1,
		Member: fmt.Sprintf("01MEMBER%018d", member), MemberName: fmt.Sprintf("member%d@example.com", member), Team: fmt.Sprintf("01TEAM%020d", member%12), TeamName: fmt.Sprint("team ", member%12),
		APIKey: fmt.Sprintf("01KEY%021d", (member*7+g.rnd.IntN(2))%keys), APIKeyName: fmt.Sprint("key ", member), UserAgent: "agent/1.0", Client: "10.0.0.1",
		Model: fmt.Sprint("model-", model), Served: fmt.Sprintf("model-%d-2026-08", model), Provider: fmt.Sprint("provider", model%6), VirtualKey: fmt.Sprint("vk_", model%6),
		Config: telemetry.Config{Source: "header", Slug: fmt.Sprint("config-", member%9), Version: 3, Mode: "fallback"}, Body: telemetry.BodyRedacted,
		Metadata: []telemetry.Pair{{Key: telemetry.UserKey, Value: fmt.Sprint("user-", g.skewed(users))}, {Key: "env", Value: []string{"prod", "test"}[g.rnd.IntN(2)]}},
		Usage:    &gateway.Usage{Input: int64(g.skewed(40_000)), Output: int64(g.skewed(2000))}, Latency: time.Duration(200+g.skewed(20_000)) * time.Millisecond}
	g.fill(r.Trace.ID[:])
	g.fill(r.Trace.Root[:])
	r.Trace.Ref = r.Trace.ID.String()
	r.Upstream = r.Latency - 2*time.Millisecond
	r.Cost = gateway.Cost{Nano: r.Usage.Input*3000 + r.Usage.Output*15000, Known: true, Price: "model@2026-08"}
	r.Cost.Charged, r.Cost.ChargedKnown = r.Cost.Nano, true
	if r.Stream = g.rnd.IntN(3) > 0; r.Stream {
		r.FirstByte = r.Latency / 5
	}
	if g.n%workflow == 0 {
		r.Session = session(g.n)
	}
	switch x := g.rnd.IntN(1000); {
	case x < 15:
		r.Status, r.Outcome, r.Error = 429, telemetry.OutcomeRateLimited, &telemetry.Failure{Kind: "rate_limited", Message: "Too many requests."}
	case x < 25:
		r.Status, r.Outcome, r.Error = 502, telemetry.OutcomeProviderError, &telemetry.Failure{Kind: "upstream", Message: "The provider failed."}
	case x < 225:
		r.Cache.Status, r.Cost.Saved = gateway.CacheHit, 1_000_000
	default:
		r.Cache.Status = gateway.CacheMiss
	}
	attempt := telemetry.Attempt{Target: "config.targets[0]", Provider: r.Provider, VirtualKey: r.VirtualKey, Model: r.Model, Served: r.Served, Host: "api.example.com", Finish: "stop",
		Start: time.Millisecond, Duration: r.Upstream, Status: 200, Usage: r.Usage}
	g.fill(attempt.Span[:])
	r.Attempts = []telemetry.Attempt{attempt}
	if g.rnd.IntN(10) == 0 {
		r.Guardrails = []telemetry.Guardrail{{ID: "no-secrets", Version: "1", Pass: true, Action: gateway.Action(g.rnd.IntN(2))}}
	}
	for i, name := range []string{"envelope", "authenticate", "configure", "redact", "prompt", "guard", "cache", "meter"} {
		r.Stages = append(r.Stages, telemetry.Stage{Name: name, Start: time.Duration(i) * 20 * time.Microsecond, Incl: r.Latency, Self: 20 * time.Microsecond})
	}
	r.Request = fmt.Appendf(nil, `{"model":%q,"messages":[{"role":"user","content":"%x and some more words that somebody wrote about a contract, a train and the weather"}]}`, r.Model, id[6:])
	r.Response = fmt.Appendf(nil, `{"choices":[{"message":{"role":"assistant","content":"%x is what the model answers to it, in a sentence or two"}}]}`, id[6:])
	g.n++
	return r
}
