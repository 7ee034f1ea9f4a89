package recorder_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/audit"
	"github.com/sluicegate/sluice/telemetry/recorder"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

const chat = `{"model":"gpt-5","messages":[{"role":"user","content":"hi"}]}`

// TestStoreDownLosesNothing fails every Write for a while.
func TestStoreDownLosesNothing(t *testing.T) {
	sink := &telemetrytest.Sink{Fail: func(n int, _ *telemetry.Batch) error {
		if n < 4 {
			return errAway
		}
		return nil
	}}
	r := start(t, recorder.Config{Writer: sink})
	for range 40 {
		_ = answer(r, exchange(chat), nil, body("x"))
	}
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(sink.Rows()); n != 40 || r.Stats().WriteErrors != 3 || r.Stats().RowsWritten != 40 {
		t.Fatalf("%d rows, %+v", n, r.Stats())
	}
}

// TestPressure blocks the writer: bodies are dropped first, then the stage waits, then rows are
// dropped. Each is counted exactly.
func TestPressure(t *testing.T) {
	hold := make(chan struct{})
	sink := &telemetrytest.Sink{Fail: func(int, *telemetry.Batch) error { <-hold; return nil }}
	r := start(t, recorder.Config{Writer: sink, QueueRows: 10, QueueBytes: 500, Wait: 10 * time.Millisecond, Rows: 5})
	const n = 30
	for range n {
		_ = answer(r, exchange(chat), nil, body("x"))
	}
	close(hold)
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	s, shed := r.Stats(), 0
	for _, rec := range sink.Records() {
		if rec.Body == telemetry.BodyDropped {
			shed++
		} else if rec.Request == nil {
			t.Fatal("bodies are gone and not counted")
		}
	}
	if s.DroppedFull == 0 || s.BodiesDropped == 0 || uint64(shed) != s.BodiesDropped || uint64(len(sink.Rows()))+s.DroppedFull != n {
		t.Fatalf("%d rows, %d shed, %+v", len(sink.Rows()), shed, s)
	}
	if err := answer(r, exchange(chat), nil, body("x")); err != nil || r.Stats().DroppedClosed != 1 {
		t.Fatalf("%v, %+v", err, r.Stats())
	}
}

func TestCloseGivesUpInTime(t *testing.T) {
	sink := &telemetrytest.Sink{Fail: func(int, *telemetry.Batch) error { return errAway }}
	r := start(t, recorder.Config{Writer: sink})
	_ = answer(r, exchange(chat), nil, body("x"))
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if err := r.Close(ctx); err == nil || r.Stats().DroppedDrain != 1 {
		t.Fatalf("%v, %+v", err, r.Stats())
	}
}

func TestAuditIsDurableOrAnError(t *testing.T) {
	fail := true
	sink := &telemetrytest.Sink{Fail: func(n int, b *telemetry.Batch) error {
		if !b.Sync {
			return errors.New("an admin event is not synced")
		}
		if fail && n == 1 {
			return errAway
		}
		return nil
	}}
	r := start(t, recorder.Config{Writer: sink, Flush: time.Hour})
	ev := audit.Event{Workspace: "ws1", Member: "m1", Action: "api_key.create", Resource: "api_key", ResourceID: "k9", Client: canary}
	if err := r.Audit(t.Context(), ev); err == nil {
		t.Fatal("a failed write is no error")
	}
	if err := r.Audit(t.Context(), ev); err != nil {
		t.Fatal(err)
	}
	rows := sink.Audit()
	if len(rows) != 2 || strings.Contains(string(rows[1].Canonical), canary) {
		t.Fatalf("%d rows: %s", len(rows), rows[len(rows)-1].Canonical)
	}
	if _, seq := r.Head(); seq != 2 {
		t.Fatal(seq)
	}
}

// TestChainContinues restarts the recorder on one store.
func TestChainContinues(t *testing.T) {
	store := open(t)
	for range 3 {
		r := start(t, recorder.Config{Writer: store})
		for range 5 {
			_ = answer(r, exchange(chat), nil, body("x"))
		}
		if err := r.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	vs, err := audit.Verify(t.Context(), store, audit.VerifyOptions{})
	if err != nil || len(vs) != 1 || vs[0].Bad != 0 || vs[0].Rows != 15 {
		t.Fatalf("%+v, %v", vs, err)
	}
}

// TestPanicWhileBuilding keeps the row, without texts.
func TestPanicWhileBuilding(t *testing.T) {
	sink := &telemetrytest.Sink{}
	r := start(t, recorder.Config{Writer: sink, Cleanse: func(s string) string {
		if strings.Contains(s, "boom") {
			panic("detector")
		}
		return s
	}})
	ex := exchange(`{"model":"gpt-5","messages":[{"role":"user","content":"boom boom"}]}`)
	_ = answer(r, ex, &gateway.Error{Kind: gateway.Denied}, body("x"))
	_ = answer(r, exchange(chat), nil, body("x"))
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	rs := sink.Records()
	if len(rs) != 2 || rs[0].ID != ex.ID || rs[0].Status != 446 || rs[0].Request != nil || rs[0].Member != "m1" || r.Stats().BuildFailures != 1 {
		t.Fatalf("%+v\n%+v", *rs[0], r.Stats())
	}
}
