package telemetrytest

import (
	"fmt"
	"testing"
	"time"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/foreignspan"
	"github.com/sluicegate/sluice/telemetry/listing"
)

// ForeignSpan returns the n-th span of a trace. It was received n seconds after Begin.
func ForeignSpan(workspace string, id gateway.TraceID, n int) *foreignspan.Span {
	s := &foreignspan.Span{Received: Begin().Add(time.Duration(n) * time.Second), Workspace: workspace, Member: "m1", APIKey: "k1", Trace: id,
		ID: gateway.SpanIDFrom(fmt.Sprintf("span %d", n)), Name: fmt.Sprintf("step %d ü 'x'", n), Kind: trace.SpanKind(n % 6),
		Start: Begin().Add(time.Duration(-n)*time.Minute + 123456789), Duration: time.Duration(n)*time.Millisecond + 7, Status: codes.Code(n % 3), Service: "app"}
	if n > 0 {
		s.Parent = gateway.SpanIDFrom("span 0")
	}
	if n%2 == 0 {
		s.State, s.Message, s.ScopeName, s.ScopeVersion = "a=1", "It failed.", "scope", "1.2"
		s.Attributes = fmt.Appendf(nil, `{"gen_ai.request.model":"gpt-5","gen_ai.usage.input_tokens":%d,"list":["a",1,true]}`, n)
		s.Resource, s.Scope = []byte(`{"service.name":"app"}`), []byte(`{"k":1.5}`)
		s.Events = []byte(`[{"time":"2026-01-01T00:00:00Z","name":"exception","attributes":{"exception.type":"E"}}]`)
		s.Links = []byte(`[{"trace_id":"0af7651916cd43dd8448eb211c80319c","span_id":"b7ad6b7169203331"}]`)
		s.Dropped = n
	}
	return s
}

func foreign(t *testing.T, s telemetry.Store) {
	one, two := gateway.TraceIDFrom("one"), gateway.TraceIDFrom("two")
	near := one // shares its first eight bytes
	near[15]++
	b := &telemetry.Batch{ID: "foreign", Foreign: []*foreignspan.Span{ForeignSpan("ws1", two, 1), ForeignSpan("ws1", near, 1), ForeignSpan("ws2", one, 1)}}
	var want []*foreignspan.Span
	for n := range 6 {
		f := ForeignSpan("ws1", one, n)
		b.Foreign, want = append(b.Foreign, f), append([]*foreignspan.Span{f}, want...) // later spans began earlier
	}
	for range 2 { // a repeated batch changes nothing
		if err := s.Write(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	expect := func(scope listing.Scope, id gateway.TraceID, want ...*foreignspan.Span) {
		t.Helper()
		got, err := s.ForeignTrace(t.Context(), scope, id)
		if err != nil || got.Cut {
			t.Fatal(got.Cut, err)
		}
		if d := Same(want, got.Spans); d != "" {
			t.Fatal(d)
		}
	}
	expect(listing.Workspace("ws1"), one, want...)
	expect(listing.Workspace("ws2"), one, b.Foreign[2])
	expect(listing.Workspace("ws2"), two)
	expect(listing.Workspace("nobody's"), one)
	expect(listing.AllWorkspaces(), near, b.Foreign[1])
	if all, err := s.ForeignTrace(t.Context(), listing.AllWorkspaces(), one); err != nil || len(all.Spans) != 7 {
		t.Fatal(len(all.Spans), err)
	}
	if _, err := s.ForeignTrace(t.Context(), listing.Scope{}, one); err == nil {
		t.Fatal("no scope sees a span")
	}

	// A reporter that repeats a request reports the same spans again.
	again := *want[0]
	again.Received, again.Name = again.Received.Add(time.Minute), "again"
	if err := s.Write(t.Context(), &telemetry.Batch{ID: "again", Foreign: []*foreignspan.Span{&again}}); err != nil {
		t.Fatal(err)
	}
	want[0] = &again
	expect(listing.Workspace("ws1"), one, want...)

	// Retention counts from the receipt.
	if _, err := s.Prune(t.Context(), want[3].Received, time.Time{}); err != nil { // the third that was received
		t.Fatal(err)
	}
	expect(listing.Workspace("ws1"), one, want[:4]...)
	expect(listing.Workspace("ws1"), two)
}
