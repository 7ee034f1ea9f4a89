package otlp

import (
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
)

// snapshot is an ended span as the SDK's exporters take it. The embedded interface is nil:
// it is there for the SDK's private method only, every other one is ours.
type snapshot struct {
	sdktrace.ReadOnlySpan
	record   *telemetry.Record
	span     *telemetry.Span
	children int
	resource *resource.Resource
}

func snapshots(rs []*telemetry.Record) []sdktrace.ReadOnlySpan {
	var out []sdktrace.ReadOnlySpan
	for _, r := range rs {
		var kv []attribute.KeyValue
		for k, v := range telemetry.Resource(r) {
			kv = append(kv, attribute.String(k, v))
		}
		res := resource.NewSchemaless(kv...)
		spans := r.Spans()
		count := make(map[gateway.SpanID]int, len(spans))
		for i := range spans {
			count[spans[i].Parent]++
		}
		for i := range spans {
			out = append(out, &snapshot{record: r, span: &spans[i], children: count[spans[i].ID], resource: res})
		}
	}
	return out
}

func (s *snapshot) context(id gateway.SpanID, remote bool) trace.SpanContext {
	state, err := trace.ParseTraceState(s.record.Trace.State)
	if err != nil {
		state = trace.TraceState{}
	}
	return trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID(s.record.Trace.ID), SpanID: trace.SpanID(id),
		TraceFlags: trace.TraceFlags(s.record.Trace.Flags), TraceState: state, Remote: remote})
}

func (s *snapshot) Name() string                   { return s.span.Name }
func (s *snapshot) SpanContext() trace.SpanContext { return s.context(s.span.ID, false) }
func (s *snapshot) Parent() trace.SpanContext {
	if s.span.Parent.IsZero() {
		return trace.SpanContext{}
	}
	return s.context(s.span.Parent, s.span.Parent == s.record.Trace.Parent)
}
func (s *snapshot) SpanKind() trace.SpanKind         { return s.span.Kind }
func (s *snapshot) StartTime() time.Time             { return s.record.Time.Add(s.span.Start) }
func (s *snapshot) EndTime() time.Time               { return s.StartTime().Add(s.span.Duration) }
func (s *snapshot) Attributes() []attribute.KeyValue { return s.span.Attributes }
func (s *snapshot) Links() []sdktrace.Link           { return nil }
func (s *snapshot) Events() []sdktrace.Event         { return nil }
func (s *snapshot) Resource() *resource.Resource     { return s.resource }
func (s *snapshot) DroppedAttributes() int           { return 0 }
func (s *snapshot) DroppedLinks() int                { return 0 }
func (s *snapshot) DroppedEvents() int               { return 0 }
func (s *snapshot) ChildSpanCount() int              { return s.children }
func (s *snapshot) InstrumentationScope() instrumentation.Scope {
	return instrumentation.Scope{Name: telemetry.ScopeName}
}
func (s *snapshot) InstrumentationLibrary() instrumentation.Library { //nolint:staticcheck // the interface asks for it
	return s.InstrumentationScope()
}
func (s *snapshot) Status() sdktrace.Status {
	return sdktrace.Status{Code: s.span.Status, Description: s.span.Message}
}
