package demo

import (
	"encoding/binary"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
)

// row begins the row of a call with its place, its caller and its mark.
func (h *hour) row(at time.Time, by Caller, m model, route string) *telemetry.Record {
	r := &telemetry.Record{Time: at.Truncate(time.Microsecond), Workspace: h.Cast.Workspace, WorkspaceName: Workspace,
		Member: by.Member, MemberName: by.Name, Team: by.TeamID, TeamName: by.Team, APIKey: by.APIKeyID, APIKeyName: by.APIKey,
		Method: "POST", Route: route, Op: string(gateway.OpChat), Client: "192.0.2.10", UserAgent: "demo-application/1.0",
		Status: 200, FirstByte: -1, Model: m.name, Provider: m.provider, VirtualKey: VirtualKey(m.provider),
		Cache: gateway.CacheFact{Status: gateway.CacheDisabled}, Metadata: []telemetry.Pair{{Key: Mark, Value: "true"}}}
	var id ulid.ULID
	_ = id.SetTime(ulid.Timestamp(r.Time)) // in range for 8000 years
	h.fill(id[6:])
	r.ID = id.String()
	h.fill(r.Trace.ID[:])
	r.Trace.Ref = r.Trace.ID.String()
	h.fill(r.Trace.Root[:])
	return r
}

func (h *hour) fill(b []byte) {
	var word [8]byte
	for len(b) > 0 {
		binary.BigEndian.PutUint64(word[:], h.random.Uint64())
		b = b[copy(b, word[:]):]
	}
}

// answer adds the attempt that answers, with what it used and costs. The attempt begins after
// those that the row has.
func (h *hour) answer(r *telemetry.Record, m model, usage gateway.Usage, finish string) {
	first, total := h.answerTime(m, usage.Output)
	a := h.attempt(r, m)
	a.Served, a.Finish, a.Duration, a.Status, a.Usage = m.served, finish, total, 200, &usage
	if r.Stream {
		a.FirstChunk, a.Chunks, a.LongestGap = first, int(usage.Output)+2, 3*m.token
		r.FirstByte = a.Start + first
	}
	r.Attempts = append(r.Attempts, a)
	r.Upstream += total
	r.Latency = r.Upstream + r.Waited + gatewayTime + gatewayTime/2
	r.Served, r.Provider, r.VirtualKey, r.Usage = m.served, m.provider, VirtualKey(m.provider), &usage
	r.Cost = h.cost(m, usage, r.Time)
	if price, ok := h.Price(m.provider, m.name, r.Time); ok {
		lines, _ := price.Lines(usage)
		r.Charges = []telemetry.Charge{{Target: a.Target, Price: price.Version, Lines: lines, Nano: r.Cost.Nano, Known: true, Charged: r.Cost.Charged, ChargedKnown: true}}
	}
}

// cost is what a call costs by the price of its model.
func (h *hour) cost(m model, usage gateway.Usage, at time.Time) (c gateway.Cost) {
	price, ok := h.Price(m.provider, m.name, at)
	if !ok {
		return c
	}
	c.Nano, c.Known, c.Price, c.Basis = price.Cost(usage), true, price.Version, gateway.CostReported
	c.Charged, c.ChargedKnown = c.Nano, true
	return c
}

// gatewayTime is the time that Sluice itself takes before a provider is called.
const gatewayTime = 480 * time.Microsecond

// attempt begins the next attempt of a call: again at its first target, or at another one.
func (h *hour) attempt(r *telemetry.Record, m model) telemetry.Attempt {
	a := telemetry.Attempt{Target: "config.targets[0]", Provider: m.provider, VirtualKey: VirtualKey(m.provider), Credential: "default", Model: m.name,
		Host: "demo.invalid", Start: r.Upstream + r.Waited + gatewayTime, Retry: len(r.Attempts)}
	if len(r.Attempts) > 0 && r.Attempts[0].Model != m.name {
		a.Target, a.Retry = "config.targets[1]", 0
	}
	h.fill(a.Span[:])
	return a
}

// stages adds the time of each stage; the last has the attempts.
func stages(r *telemetry.Record) {
	const step = 60 * time.Microsecond
	names := []string{"envelope", "authenticate", "configure", "redact", "guard", "cache", "meter"}
	for i, name := range names {
		at := time.Duration(i) * step
		s := telemetry.Stage{Name: name, Start: at, Incl: max(r.Latency-at, 0), Self: step, Failed: r.Error != nil}
		if i == len(names)-1 {
			s.Self = s.Incl
		}
		r.Stages = append(r.Stages, s)
	}
}
