package recorder_test

import (
	"testing"
	"time"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/recorder"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

// TestFullQueueStallsOneCall: while the store takes nothing and the queue is full, one call waits
// for a place in vain, and those after it do not.
func TestFullQueueStallsOneCall(t *testing.T) {
	const wait, calls = 300 * time.Millisecond, 20
	away := make(chan struct{})
	sink := &telemetrytest.Sink{Fail: func(int, *telemetry.Batch) error {
		select {
		case <-away:
			return nil
		default:
			return errAway
		}
	}}
	r := start(t, recorder.Config{Writer: sink, QueueRows: 2, Wait: wait})
	began := time.Now()
	for range calls {
		_ = answer(r, exchange(chat), nil, body("x"))
	}
	if took := time.Since(began); took < wait || took > calls/2*wait {
		t.Errorf("%d calls took %v, a place is waited for %v", calls, took, wait)
	}
	dropped := r.Stats().DroppedFull
	if dropped == 0 {
		t.Error("nothing was dropped: the queue was never full")
	}
	close(away)
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := uint64(len(sink.Records())); n+dropped != calls {
		t.Errorf("%d calls are recorded and %d dropped of %d", n, dropped, calls)
	}
}
