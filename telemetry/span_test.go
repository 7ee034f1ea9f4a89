package telemetry_test

import (
	"encoding/json"
	"testing"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

// TestSpansAreATree checks what every reader of a trace assumes, on generated exchanges.
func TestSpansAreATree(t *testing.T) {
	g := telemetrytest.NewGenerator(9, telemetrytest.Begin())
	for range 500 {
		r := g.Record()
		spans := r.Spans()
		seen := map[gateway.SpanID]*telemetry.Span{}
		clients, costs := 0, 0
		var children time.Duration
		for i := range spans {
			s := &spans[i]
			if seen[s.ID] != nil || s.ID.IsZero() {
				t.Fatalf("%s: the id %s is there twice", s.Name, s.ID)
			}
			seen[s.ID] = s
			if i == 0 {
				if s.Kind != trace.SpanKindServer || s.ID != r.Trace.Root || s.Duration != r.Latency || s.Name != "POST /v1/chat/completions" {
					t.Fatalf("%+v", s)
				}
			} else if p := seen[s.Parent]; p == nil || s.Start < p.Start || s.Start+s.Duration > p.Start+p.Duration {
				t.Fatalf("%s lies outside its parent, or before it", s.Name)
			}
			if s.Kind == trace.SpanKindClient {
				clients++
			}
			if i > 0 && s.Parent == r.Trace.Root {
				children += s.Duration
			}
			for _, a := range s.Attributes {
				if a.Key == "gen_ai.usage.input_tokens" || a.Key == "sluice.cost.nano_usd" {
					costs++
				}
			}
		}
		if children > r.Latency || spans[0].Self != r.Latency-children {
			t.Fatalf("the children of the root take %v of %v, itself %v", children, r.Latency, spans[0].Self)
		}
		if clients != len(r.Attempts) || costs > 2 {
			t.Fatalf("%d CLIENT spans for %d attempts, %d costs", clients, len(r.Attempts), costs)
		}
	}
}

func TestPackIsExact(t *testing.T) {
	g := telemetrytest.NewGenerator(10, telemetrytest.Begin())
	for range 300 {
		want := g.Record()
		packed := want.Pack(nil)
		got, err := telemetry.Unpack(packed)
		if err == nil {
			err = got.UnpackBodies(want.PackBodies(nil))
		}
		if d := telemetrytest.Same(want, got); d != "" || err != nil {
			t.Fatal(d, err)
		}
		if _, err := telemetry.Unpack(packed[:len(packed)/2]); err != nil {
			continue // a cut record is an error, or a shorter one: never a panic
		}
	}
}

func FuzzUnpack(f *testing.F) {
	g := telemetrytest.NewGenerator(11, telemetrytest.Begin())
	for range 5 {
		f.Add(g.Record().Pack(nil))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := telemetry.Unpack(b)
		if err == nil {
			r.Spans()
			r.JSON(true)
		}
	})
}

func TestJSON(t *testing.T) {
	g := telemetrytest.NewGenerator(12, telemetrytest.Begin())
	r := g.Record()
	r.Cost = gateway.Cost{Nano: 1_234_500_000, Known: true, Saved: 7}
	r.FirstByte, r.Latency = 1500*time.Microsecond, 2*time.Millisecond
	r.Request, r.Response = []byte(`{"a":1}`), []byte(`{"b":2}`)
	var list, full map[string]any
	if err := json.Unmarshal(r.JSON(false), &list); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(r.JSON(true), &full); err != nil {
		t.Fatal(err)
	}
	if list["cost_usd"] != 1.2345 || list["saved_usd"] != 7e-9 || list["ttft_ms"] != 1.5 || list["latency_ms"] != 2.0 || list["id"] != r.ID {
		t.Errorf("%s", r.JSON(false))
	}
	if list["spans"] != nil || list["request"] != nil || full["request"] == nil || len(full["spans"].([]any)) != len(r.Spans()) {
		t.Errorf("%s", r.JSON(true))
	}
	r.Cost = gateway.Cost{}
	if err := json.Unmarshal(r.JSON(false), &list); err != nil || list["cost_usd"] != nil || list["cost_known"] != false {
		t.Errorf("an unknown price is no cost of 0: %s", r.JSON(false))
	}
}
