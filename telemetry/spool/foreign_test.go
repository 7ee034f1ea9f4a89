package spool

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

// TestForeignSpansAreInTheFrame: with and without an id and other rows, before and behind frames of
// other kinds.
func TestForeignSpansAreInTheFrame(t *testing.T) {
	g := telemetrytest.NewGenerator(1, telemetrytest.Begin())
	spans := []*telemetry.ForeignSpan{telemetrytest.ForeignSpan("ws1", gateway.TraceIDFrom("x"), 0), telemetrytest.ForeignSpan("ws1", gateway.TraceIDFrom("x"), 1)}
	var segment []byte
	for _, b := range []*telemetry.Batch{
		{Rows: []*telemetry.Record{g.Record()}}, {Foreign: spans[:1]}, {ID: "named", Foreign: spans[1:], Rows: []*telemetry.Record{g.Record()}}, {ID: "last", Rows: []*telemetry.Record{g.Record()}},
	} {
		segment, _ = appendFrame(segment, b, false)
	}
	var got telemetry.Batch
	if n, whole := frames(segment, &got); n != 4 || whole != len(segment) || got.ID != "last" || len(got.Rows) != 3 {
		t.Fatal(n, whole, len(segment), got.ID, len(got.Rows))
	}
	if d := cmp.Diff(spans, got.Foreign, cmpopts.EquateEmpty()); d != "" {
		t.Fatal(d)
	}
}
