package otlp

import (
	"go.opentelemetry.io/otel/sdk/instrumentation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
)

// spans converts the spans of records to the form that the SDK's exporters take. The SDK's own
// tracer cannot be used: the spans have ended, with ids and times of their own.
func spans(rs []*telemetry.Record) []sdktrace.ReadOnlySpan {
	var stubs tracetest.SpanStubs
	for _, r := range rs {
		res := resource.NewSchemaless(r.Resource()...)
		list := r.Spans()
		children := make(map[gateway.SpanID]int, len(list))
		for i := range list {
			children[list[i].Parent]++
		}
		for i := range list {
			s := &list[i]
			start := r.Time.Add(s.Start)
			stubs = append(stubs, tracetest.SpanStub{Name: s.Name, SpanContext: spanContext(r, s.ID), Parent: parentContext(r, s), SpanKind: s.Kind,
				StartTime: start, EndTime: start.Add(s.Duration), Attributes: s.Attributes, ChildSpanCount: children[s.ID],
				Status: sdktrace.Status{Code: s.Status, Description: s.Message}, Resource: res,
				InstrumentationScope: instrumentation.Scope{Name: telemetry.ScopeName}})
		}
	}
	return stubs.Snapshots()
}

func spanContext(r *telemetry.Record, id gateway.SpanID) trace.SpanContext {
	state, err := trace.ParseTraceState(r.Trace.State)
	if err != nil {
		state = trace.TraceState{} // the caller sent something else
	}
	return trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID(r.Trace.ID), SpanID: trace.SpanID(id),
		TraceFlags: trace.TraceFlags(r.Trace.Flags), TraceState: state})
}

// parentContext is remote for the caller's own span, and invalid for a root without a parent.
func parentContext(r *telemetry.Record, s *telemetry.Span) trace.SpanContext {
	if s.Parent.IsZero() {
		return trace.SpanContext{}
	}
	return spanContext(r, s.Parent).WithRemote(s.Parent == r.Trace.Parent)
}
