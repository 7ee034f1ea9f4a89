package telemetry_test

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

// careless keeps what it was given, which no Writer may.
type careless struct {
	telemetrytest.Sink
	kept []*telemetry.Record
}

func (c *careless) Write(ctx context.Context, b *telemetry.Batch) error {
	c.kept = append(c.kept, b.Rows...)
	return c.Sink.Write(ctx, b)
}

// TestMemoryOfBatches: a batch is written in the memory of the one before, and holds nothing of
// it: rows with much in them leave no trace in a bare one, nor in the records themselves.
func TestMemoryOfBatches(t *testing.T) {
	bare := exchange(chat)
	alone := &telemetrytest.Sink{}
	first := recorder(t, telemetry.Settings{Writer: alone})
	end(t, first, alone, bare)
	_ = first.Close(t.Context())

	sink := &careless{}
	r := recorder(t, telemetry.Settings{Writer: sink})
	for range 3 {
		full := typical()
		full.Facts.Prompt = &gateway.PromptFact{Slug: "p", Rendered: full.Request}
		full.Facts.Asked = &gateway.Request{Raw: []byte(`{}`), Prompt: &gateway.PromptCall{Variables: []byte(`{"to":"` + canary + `"}`)}}
		full.Facts.Input = []gateway.Verdict{{Guardrail: "g", Checks: []gateway.CheckResult{{ID: "c"}}}}
		full.Facts.Err, full.Facts.Redacted = &gateway.Error{Public: "no"}, []gateway.EntityHits{{Entity: "email", Count: 1}}
		end(t, r, &sink.Sink, full)
	}
	bare.Facts = &gateway.Facts{}
	end(t, r, &sink.Sink, bare)
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, want := sink.Records()[3], alone.Records()[0]
	got.Latency, want.Latency = 0, 0
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v\n%+v", got, want)
	}
	full := sink.Records()[0]
	if cap(full.Request) == 0 || len(full.Attempts) != 1 || len(full.Guardrails) != 1 || len(full.Stages) == 0 || len(full.Metadata) == 0 {
		t.Errorf("the full row is %+v", full)
	}
	if sink.kept[0] != sink.kept[3] {
		t.Error("a record was not used again")
	}
	for _, k := range sink.kept {
		for _, a := range k.Attempts[:cap(k.Attempts)] {
			if !reflect.ValueOf(a).IsZero() {
				t.Errorf("an attempt is still there: %+v", a)
			}
		}
		k.Attempts, k.Guardrails, k.Stages, k.Metadata = nil, nil, nil, nil
		if !reflect.ValueOf(*k).IsZero() {
			t.Errorf("a record is still there: %+v", k)
		}
	}
}

// TestTextsDoNotGrow: nobody gets more of the shared memory than was written for him.
func TestTextsDoNotGrow(t *testing.T) {
	loose := &tight{t: t}
	r := recorder(t, telemetry.Settings{Writer: loose})
	for range 5 {
		ex := exchange(`{"model":"m","messages":[{"role":"user","content":"` + canary + `"}]}`)
		ex.Request.Prompt = &gateway.PromptCall{Variables: []byte(`{"to":"you"}`)}
		_ = answer(r, ex, nil, body(canary))
	}
	_ = r.Close(t.Context())
	if loose.rows != 5 {
		t.Errorf("%d rows", loose.rows)
	}
}

type tight struct {
	telemetrytest.Sink
	t    *testing.T
	rows int
}

func (w *tight) Write(_ context.Context, b *telemetry.Batch) error {
	for i, r := range b.Rows {
		w.rows++
		for _, text := range [][]byte{r.Request, r.Response, b.Audit[i].Canonical} {
			if len(text) == 0 || cap(text) != len(text) {
				w.t.Errorf("%d bytes of %d: %s", len(text), cap(text), text)
			}
		}
	}
	return nil
}

// TestFullByBodies: large bodies do not gather until Flush, and the rest does.
func TestFullByBodies(t *testing.T) {
	sink := &telemetrytest.Sink{}
	r := recorder(t, telemetry.Settings{Writer: sink, Flush: time.Hour, BodyMax: 32 << 20})
	large := exchange(`{"model":"m","messages":[{"role":"user","content":"` + strings.Repeat("y", 9<<20) + `"}]}`)
	large.Facts.Asked = large.Request
	end(t, r, sink, large)
	r.Ended(exchange(chat), nil)
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if calls, _ := sink.Calls(); calls != 2 || len(sink.Records()) != 2 {
		t.Errorf("%d rows in %d batches", len(sink.Records()), calls)
	}
}

// TestGathers: what ends while a batch is written is not written at once, but with what comes
// until Flush.
func TestGathers(t *testing.T) {
	busy, hold := make(chan struct{}), make(chan struct{})
	sink := &telemetrytest.Sink{Fail: func(n int, _ *telemetry.Batch) error {
		if n == 1 {
			close(busy)
			<-hold
		}
		return nil
	}}
	r := recorder(t, telemetry.Settings{Writer: sink, Flush: 200 * time.Millisecond})
	r.Ended(exchange(chat), nil)
	<-busy
	r.Ended(exchange(chat), nil)
	close(hold)
	time.Sleep(50 * time.Millisecond)
	r.Ended(exchange(chat), nil)
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if calls, _ := sink.Calls(); calls != 2 || len(sink.Records()) != 3 {
		t.Errorf("%d rows in %d batches", len(sink.Records()), calls)
	}
}

// end records ex in a batch of its own.
func end(t *testing.T, r *telemetry.Recorder, sink *telemetrytest.Sink, ex *gateway.Exchange) {
	t.Helper()
	before := len(sink.Records())
	r.Ended(ex, nil)
	for deadline := time.Now().Add(3 * time.Second); len(sink.Records()) == before; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it was not written")
		}
	}
}

// TestPacked: a Packer gets each row while it has its bodies, and with the batch what it made of
// it; what it kept of the bodies is another's soon.
func TestPacked(t *testing.T) {
	sink := &packer{}
	seen := &exporter{}
	r := recorder(t, telemetry.Settings{Writer: sink, Exporters: []telemetry.Exporter{seen}})
	for _, to := range []string{"a", "bb", canary} {
		ex := exchange(`{"model":"m"}`)
		ex.Request.Prompt = &gateway.PromptCall{Variables: []byte(`{"to":"` + to + `"}`)}
		_ = answer(r, ex, nil, body(to))
	}
	if err := r.Audit(t.Context(), telemetry.Event{Action: "none"}); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []string{`{"model":"m","variables":{"to":"a"}}`, `{"model":"m","variables":{"to":"bb"}}`, `{"model":"m","variables":{"to":"[EMAIL]"}}`}
	if !reflect.DeepEqual(sink.packed, want) {
		t.Errorf("%q", sink.packed)
	}
	for _, rec := range append(sink.Records(), seen.rows...) {
		if rec.Request != nil || rec.Response != nil || rec.Body != telemetry.BodyRedacted {
			t.Errorf("%+v", rec)
		}
	}
	if len(seen.rows) != 3 {
		t.Errorf("%d rows exported", len(seen.rows))
	}
}

type packer struct {
	telemetrytest.Sink
	packed []string
}

func (p *packer) PackRow(dst []byte, r *telemetry.Record) []byte { return append(dst, r.Request...) }

func (p *packer) Write(ctx context.Context, b *telemetry.Batch) error {
	for _, row := range b.Packed {
		p.packed = append(p.packed, string(row))
	}
	return p.Sink.Write(ctx, b)
}

type exporter struct{ rows []*telemetry.Record }

func (e *exporter) Export(rs []*telemetry.Record) {
	for _, r := range rs {
		e.rows = append(e.rows, r.Clone())
	}
}
