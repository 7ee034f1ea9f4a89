package clickhouse

import (
	"math"
	"strconv"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	oteltrace "go.opentelemetry.io/otel/trace"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
)

// request appends the row of an exchange.
func request(d driver.Batch, r *telemetry.Record, batch string) error {
	var u gateway.Usage
	if r.Usage != nil {
		u = *r.Usage
	}
	var ttft *uint64
	if r.FirstByte >= 0 {
		us := uint64(r.FirstByte.Microseconds())
		ttft = &us
	}
	var maxOutput *uint32
	if n, ok := r.MaxOutput(); ok {
		clamped := clampUint32(n)
		maxOutput = &clamped
	}
	var temperature *float64
	if t, ok := r.Parameter("temperature"); ok {
		temperature = &t
	}
	var kind, message string
	if r.Error != nil {
		kind, message = r.Error.Kind, r.Error.Message
	}
	var p gateway.PromptFact
	if r.Prompt != nil {
		p = *r.Prompt
	}
	var finish string
	var target, provider, model, failure []string
	var status []uint16
	var start, took []uint64
	for i := range r.Attempts {
		a := &r.Attempts[i]
		finish = a.Finish
		target, provider, model, status = append(target, a.Target), append(provider, a.Provider), append(model, a.Model), append(status, uint16(a.Status))
		f := ""
		if a.Error != nil {
			f = a.Error.Kind
		}
		failure, start, took = append(failure, f), append(start, micros(a.Start)), append(took, micros(a.Duration))
	}
	var gid, gversion, gphase, gaction []string
	var gpass []bool
	var gtook []uint64
	for i := range r.Guardrails {
		g := &r.Guardrails[i]
		phase := "input"
		if g.Output {
			phase = "output"
		}
		gid, gversion, gphase, gaction = append(gid, g.ID), append(gversion, g.Version), append(gphase, phase), append(gaction, g.Action.String())
		gpass, gtook = append(gpass, g.Pass), append(gtook, micros(g.Duration))
	}
	meta := make(map[string]string, len(r.Metadata))
	for _, m := range r.Metadata {
		meta[m.Key] = m.Value
	}
	hits := 0
	for _, h := range r.Redacted {
		hits += h.Count
	}
	return d.Append(r.Time, r.ID, r.Trace.ID.String(), r.Trace.Root.String(), r.Trace.Ref, r.Session, r.Workspace, r.WorkspaceName, r.Member, r.MemberName,
		r.Team, r.TeamName, r.APIKey, r.APIKeyName, r.Node, r.Route, r.Op, r.Stream, uint16(r.Status), r.Outcome.String(),
		kind, message, finish, r.Model, r.Served, r.Provider, r.VirtualKey,
		clampUint32(u.Input), clampUint32(u.Output), clampUint32(u.CacheRead), clampUint32(u.CacheWrite), clampUint32(u.Reasoning),
		r.Cost.Nano, r.Cost.Known, r.Cost.Saved, r.Cost.Price, string(r.Cost.State()), r.Cost.Charged, r.Cost.ChargedKnown, r.Cost.Rule, micros(r.Latency), ttft, micros(r.Upstream), micros(r.Gateway()),
		uint32(r.Chunks()), micros(r.LongestGap()), maxOutput, temperature,
		r.CacheStatus(), r.Cache.Tier, float32(r.Cache.Similarity), r.Cache.Origin,
		r.Config.Slug, uint32(r.Config.Version), r.Config.Source, r.Config.Mode, clampUint8(len(r.Attempts)), clampUint8(r.Retries()), r.Fallback(), r.Verdict().String(),
		target, provider, model, status, failure, start, took, gid, gversion, gphase, gpass, gaction, gtook,
		p.ID, p.Slug, uint32(p.Version), p.Variant, meta, uint32(hits), r.Body.String(), string(r.Pack(nil)), batch)
}

func micros(d time.Duration) uint64 { return uint64(max(d, 0).Microseconds()) }

func clampUint32(n int64) uint32 { return uint32(min(max(n, 0), math.MaxUint32)) }

func clampUint8(n int) uint8 { return uint8(min(n, math.MaxUint8)) }

// The names that the OpenTelemetry exporter writes and dashboards compare with.
var (
	kinds = map[oteltrace.SpanKind]string{oteltrace.SpanKindServer: "Server", oteltrace.SpanKindClient: "Client",
		oteltrace.SpanKindInternal: "Internal", oteltrace.SpanKindProducer: "Producer", oteltrace.SpanKindConsumer: "Consumer"}
	statuses = map[codes.Code]string{codes.Unset: "Unset", codes.Ok: "Ok", codes.Error: "Error"}
)

// trace appends one row per span.
func trace(d driver.Batch, r *telemetry.Record) error {
	resource := attributes(r.Resource())
	id := r.Trace.ID.String()
	noTimes, noTexts, noMaps := []time.Time{}, []string{}, []map[string]string{}
	for _, s := range r.Spans() {
		parent := ""
		if !s.Parent.IsZero() {
			parent = s.Parent.String()
		}
		err := d.Append(r.Time.Add(s.Start), id, s.ID.String(), parent, r.Trace.State, s.Name, kinds[s.Kind], resource["service.name"], resource,
			telemetry.ScopeName, "", attributes(s.Attributes), uint64(s.Duration), statuses[s.Status], s.Message, noTimes, noTexts, noMaps, noTexts, noTexts, noTexts, noMaps)
		if err != nil {
			return err
		}
	}
	return nil
}

// attributes converts attributes to a Map column.
func attributes(list []attribute.KeyValue) map[string]string {
	m := make(map[string]string, len(list))
	for _, a := range list {
		if a.Value.Type() == attribute.FLOAT64 {
			m[string(a.Key)] = strconv.FormatFloat(a.Value.AsFloat64(), 'g', -1, 64) // String would round
		} else {
			m[string(a.Key)] = a.Value.String()
		}
	}
	return m
}
