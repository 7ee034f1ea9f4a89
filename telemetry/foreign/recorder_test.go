package foreign

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T, cfg Config) *Recorder {
	cfg.Cleanse, cfg.Contents, cfg.Flush = cleanse, true, 1
	r := New(cfg)
	t.Cleanup(func() {
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return r
}

func kindOfError(err error) gateway.Kind {
	if e := gateway.AsError(err); e != nil {
		return e.Kind
	}
	return 0
}

// TestTakeReturnsWhatIsWritten: many at once, each answered once its spans are in the store.
func TestTakeReturnsWhatIsWritten(t *testing.T) {
	var sink telemetrytest.Sink
	r := start(t, Config{Writer: &sink})
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			id := fmt.Sprintf("%016x", i+1)
			body := strings.ReplaceAll(byHand, "EEE19B7EC3C1B174", id)
			share := r.Share("k1")
			defer share.Release()
			got, err := r.Take(t.Context(), Source{Workspace: "ws1"}, share, []byte(body), JSON)
			if err != nil || got != (Result{Stored: 1}) {
				t.Error(got, err)
			}
			for _, s := range sink.Foreign() {
				if s.ID.String() == id {
					return
				}
			}
			t.Error(id, "is answered and not stored")
		})
	}
	wg.Wait()
	if s := r.Stats(); s.Stored != 50 || s.BytesInFlight != 0 {
		t.Errorf("%+v", s)
	}
}

// TestFailedWriteIsTold: the exporter sends the request again, and then it is stored once.
func TestFailedWriteIsTold(t *testing.T) {
	sink := telemetrytest.Sink{Fail: func(n int, _ *telemetry.Batch) error {
		if n == 1 {
			return errors.New("disk full")
		}
		return nil
	}}
	r := start(t, Config{Writer: &sink})
	_, err := r.Take(t.Context(), Source{}, r.Share("k1"), []byte(byHand), JSON)
	if e := gateway.AsError(err); e == nil || e.Kind != gateway.Unavailable || e.RetryAfter == 0 || len(sink.Foreign()) != 0 {
		t.Fatal(err)
	}
	if _, err := r.Take(t.Context(), Source{}, r.Share("k1"), []byte(byHand), JSON); err != nil || len(sink.Foreign()) != 1 {
		t.Fatal(err, len(sink.Foreign()))
	}
}

// TestMemoryIsShared: an API key with too much in flight is told so, and so are all if all have.
// A request on its own passes, however large.
func TestMemoryIsShared(t *testing.T) {
	r := start(t, Config{Writer: &telemetrytest.Sink{}, KeyBytes: 100, AllBytes: 250})
	a, b, c, d := r.Share("k1"), r.Share("k1"), r.Share("k2"), r.Share("k3")
	for i, step := range []struct {
		share *Share
		n     int64
		want  gateway.Kind
	}{{a, 60, 0}, {b, 50, gateway.RateLimited}, {b, 40, 0}, {c, 120, 0}, {d, 31, gateway.Unavailable}, {d, 30, 0}, {c, 50, gateway.Unavailable}} {
		if err := step.share.Grow(step.n); kindOfError(err) != step.want {
			t.Errorf("%d: %v", i, err)
		}
	}
	for _, s := range []*Share{a, b, c, d} {
		s.Release()
	}
	if err := a.Grow(1000); err != nil || r.Stats().BytesInFlight != 1000 {
		t.Error(err, r.Stats().BytesInFlight)
	}
	a.Release()
	if len(r.memory.keys) != 0 {
		t.Error(r.memory.keys)
	}
}

// TestClosedRecorderTakesNothing, and what waited was written.
func TestClosedRecorderTakesNothing(t *testing.T) {
	var sink telemetrytest.Sink
	r := start(t, Config{Writer: &sink})
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err := r.Take(t.Context(), Source{}, r.Share("k1"), []byte(byHand), JSON)
	if kindOfError(err) != gateway.Unavailable {
		t.Fatal(err)
	}
}

// TestCallerMayAskForNoContents as with x-sluice-debug: false.
func TestCallerMayAskForNoContents(t *testing.T) {
	var sink telemetrytest.Sink
	r := start(t, Config{Writer: &sink})
	if _, err := r.Take(t.Context(), Source{NoContents: true}, r.Share("k1"), []byte(byHand), JSON); err != nil {
		t.Fatal(err)
	}
	if s := sink.Foreign()[0]; strings.Contains(string(s.Attributes), `"text"`) || s.Message != "" {
		t.Errorf("%s", s.JSON())
	}
}
