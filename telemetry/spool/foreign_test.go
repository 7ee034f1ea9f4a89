package spool

import (
	"bytes"
	"encoding/hex"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/foreignspan"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

// TestForeignSpansAreInTheFrame: with and without an id and other rows, before and behind frames of
// other kinds.
func TestForeignSpansAreInTheFrame(t *testing.T) {
	g := telemetrytest.NewGenerator(1, telemetrytest.Begin())
	spans := []*foreignspan.Span{telemetrytest.ForeignSpan("ws1", gateway.TraceIDFrom("x"), 0), telemetrytest.ForeignSpan("ws1", gateway.TraceIDFrom("x"), 1)}
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

// TestForeignFrameForm pins the bytes of a frame with a foreign span, as TestFrameForm does.
func TestForeignFrameForm(t *testing.T) {
	at := time.UnixMicro(1763820000123456).UTC()
	b := &telemetry.Batch{ID: "b1", Foreign: []*foreignspan.Span{{Received: at, Workspace: "ws1", Member: "m1", APIKey: "k1", Trace: gateway.TraceID{1}, ID: gateway.SpanID{2}, Parent: gateway.SpanID{3},
		State: "a=1", Name: "ask", Kind: trace.SpanKindClient, Start: at.Add(-time.Second), Duration: time.Second, Status: codes.Error, Message: "no", Service: "shop", ScopeName: "s", ScopeVersion: "1",
		Attributes: []byte(`{"a":1}`), Resource: []byte(`{"b":2}`), Scope: []byte(`{"c":3}`), Events: []byte(`[{"name":"e"}]`), Links: []byte(`[{}]`), Dropped: 4}}}
	text, err := os.ReadFile("testdata/frame_v1_foreign.hex")
	if err != nil {
		t.Fatal(err)
	}
	want, err := hex.DecodeString(strings.Join(strings.Fields(string(text)), ""))
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := appendFrame(nil, b, false); !bytes.Equal(got, want) {
		t.Errorf("frames are written as\n%x", got)
	}
	got := &telemetry.Batch{}
	if _, n := frames(want, got); n != len(want) || cmp.Diff(b, got) != "" {
		t.Errorf("%d of %d bytes are whole: %s", n, len(want), cmp.Diff(b, got))
	}
}
