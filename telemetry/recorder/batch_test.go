package recorder_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/recorder"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

// TestFullByBodies: large bodies are written at once, others gather until Flush.
func TestFullByBodies(t *testing.T) {
	sink := &telemetrytest.Sink{}
	r := start(t, recorder.Config{Writer: sink, Flush: time.Hour, BodyMax: 32 << 20})
	large := exchange(`{"model":"m","messages":[{"role":"user","content":"` + strings.Repeat("y", 9<<20) + `"}]}`)
	large.Facts.RedactedRequest = large.Request
	end(t, r, sink, large)
	r.Ended(exchange(chat), nil)
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if calls, _ := sink.Calls(); calls != 2 || len(sink.Records()) != 2 {
		t.Errorf("%d rows in %d batches", len(sink.Records()), calls)
	}
}

// TestGathers: exchanges that end during a write are written together, after Flush.
func TestGathers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // on a slow machine the flush could come between the calls
		busy, hold := make(chan struct{}), make(chan struct{})
		sink := &telemetrytest.Sink{Fail: func(n int, _ *telemetry.Batch) error {
			if n == 1 {
				close(busy)
				<-hold
			}
			return nil
		}}
		r := start(t, recorder.Config{Writer: sink, Flush: 200 * time.Millisecond})
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
	})
}

// end records ex and waits until it is written.
func end(t *testing.T, r *recorder.Recorder, sink *telemetrytest.Sink, ex *gateway.Exchange) {
	t.Helper()
	before := len(sink.Records())
	r.Ended(ex, nil)
	for deadline := time.Now().Add(3 * time.Second); len(sink.Records()) == before; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it was not written")
		}
	}
}

// TestRecordsMayBeKept: what a Writer or an Exporter keeps of one batch is not changed by the
// next. Exporters get no bodies.
func TestRecordsMayBeKept(t *testing.T) {
	sink, exported := &telemetrytest.Sink{}, &keepingExporter{}
	r := start(t, recorder.Config{Writer: sink, Exporters: []telemetry.Exporter{exported}, Flush: time.Millisecond})
	for _, text := range []string{"first", "second", "third"} {
		ex := exchange(`{"model":"` + text + `"}`)
		ex.Facts.RedactedRequest = ex.Request
		end(t, r, sink, ex)
	}
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i, text := range []string{"first", "second", "third"} {
		if rec := sink.Records()[i]; rec.Model != text || string(rec.Request) != `{"model":"`+text+`"}` {
			t.Errorf("row %d: %+v", i, rec)
		}
		if rec := exported.rows[i]; rec.Model != text || rec.Request != nil || rec.Body != telemetry.BodyRedacted {
			t.Errorf("exported row %d: %+v", i, rec)
		}
	}
}

type keepingExporter struct{ rows []*telemetry.Record }

func (e *keepingExporter) Export(rs []*telemetry.Record) { e.rows = append(e.rows, rs...) }
