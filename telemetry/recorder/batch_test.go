package recorder_test

import (
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/recorder"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

// TestFullByBodies: large bodies do not gather until Flush, and the rest does.
func TestFullByBodies(t *testing.T) {
	sink := &telemetrytest.Sink{}
	r := start(t, recorder.Config{Writer: sink, Flush: time.Hour, BodyMax: 32 << 20})
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
}

// end records ex in a batch of its own.
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
