package recorder_test

import (
	"context"
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/audit"
	"github.com/sluicegate/sluice/telemetry/listing"
	"github.com/sluicegate/sluice/telemetry/recorder"
	"github.com/sluicegate/sluice/telemetry/spool"
	"github.com/sluicegate/sluice/telemetry/sqlite"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

// embedded opens the SQLite store with its spool, as the server does.
func embedded(t *testing.T, dir string) (*sqlite.Store, *spool.Spool) {
	t.Helper()
	store, err := sqlite.Open(t.Context(), dir+"/telemetry.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	log, err := spool.Open(spool.Config{Dir: dir + "/spool", Next: store, Direct: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		log.Close(ctx)
	})
	return store, log
}

// lockDatabase keeps everybody else from writing the file until release is called. It waits for
// the store's own first writes.
func lockDatabase(t *testing.T, path string) (release func()) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate&_pragma=busy_timeout(30000)")
	if err != nil {
		t.Fatal(err)
	}
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	return func() { tx.Rollback(); db.Close() }
}

// TestLockedStoreLosesNothing locks the database under load: exchanges and admin events go to the
// spool without a stall, and are all in the store, in one whole chain, after the lock is gone.
func TestLockedStoreLosesNothing(t *testing.T) {
	dir := t.TempDir()
	store, log := embedded(t, dir)
	r := start(t, recorder.Config{Writer: log, QueueRows: 300, Rows: 50})
	release := lockDatabase(t, dir+"/telemetry.db")
	const rounds, perRound = 20, 50
	for range rounds {
		begin := time.Now()
		for range perRound {
			_ = answer(r, exchange(chat), nil, body("x"))
		}
		if err := r.Audit(t.Context(), audit.Event{Workspace: "ws1", Action: "config.create"}); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begin); took > 5*time.Second {
			t.Fatalf("%d calls and an admin action took %v", perRound, took)
		}
	}
	if log.Stats().Spilled == 0 || r.Stats().WriteErrors != 0 {
		t.Fatalf("%+v, %+v", log.Stats(), r.Stats())
	}
	release()
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := log.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := r.Stats()
	if s.DroppedFull+s.DroppedClosed+s.DroppedDrain != 0 || s.RowsWritten != rounds*perRound {
		t.Errorf("%+v", s)
	}
	vs, err := audit.Verify(t.Context(), store, audit.VerifyOptions{})
	if err != nil || len(vs) != 1 || vs[0].Bad != 0 || vs[0].Rows != rounds*(perRound+1) {
		t.Errorf("%+v, %v", vs, err)
	}
	p, err := store.Logs(t.Context(), telemetry.Query{Scope: listing.AllWorkspaces(), Limit: 1000})
	if err != nil || len(p.Records) != 1000 {
		t.Errorf("%d rows, %v", len(p.Records), err)
	}
}

// TestLossIsToldInTheChain blocks every way to disk until rows are dropped: only one call waits
// for a place, and the chain tells how many exchanges it lacks.
func TestLossIsToldInTheChain(t *testing.T) {
	hold := make(chan struct{})
	sink := &telemetrytest.Sink{Fail: func(int, *telemetry.Batch) error { <-hold; return nil }}
	r := start(t, recorder.Config{Writer: sink, QueueRows: 5, Rows: 5, Wait: 200 * time.Millisecond})
	begin := time.Now()
	for range 30 {
		_ = answer(r, exchange(chat), nil, body("x"))
	}
	if took := time.Since(begin); took > 3*time.Second {
		t.Errorf("30 calls took %v", took)
	}
	close(hold)
	if err := r.Audit(t.Context(), audit.Event{Action: "config.create"}); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	lost := ""
	for _, row := range sink.Audit() {
		if e, err := row.Event(); err == nil && e.Action == "audit.lost" {
			lost += e.Detail["events"] + " "
		}
	}
	if dropped := r.Stats().DroppedFull; dropped < 15 || lost != fmt.Sprint(dropped, " ") {
		t.Errorf("%d dropped, the chain tells of %q", dropped, lost)
	}
}

// TestExportersAreFedFirst: metrics count what ended while nothing can be written, and the
// recorder says that it cannot write.
func TestExportersAreFedFirst(t *testing.T) {
	fail := make(chan struct{})
	sink := &telemetrytest.Sink{Fail: func(int, *telemetry.Batch) error {
		select {
		case <-fail:
			return nil
		default:
			return errAway
		}
	}}
	exported := make(chan int, 10)
	r := start(t, recorder.Config{Writer: sink, Exporters: []telemetry.Exporter{countingExporter(exported)}})
	_ = answer(r, exchange(chat), nil, body("x"))
	select {
	case n := <-exported:
		if n != 1 {
			t.Errorf("%d rows exported", n)
		}
	case <-time.After(3 * time.Second):
		t.Error("nothing is exported while writes fail")
	}
	for end := time.Now().Add(3 * time.Second); r.Ready() == nil; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("failing writes are not told")
		}
	}
	close(fail)
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r.Ready() != nil || len(exported) != 0 || len(sink.Records()) != 1 {
		t.Errorf("%v, exported %d more times, %d rows", r.Ready(), len(exported), len(sink.Records()))
	}
}

type countingExporter chan int

func (c countingExporter) Export(rs []*telemetry.Record) { c <- len(rs) }

// TestAdminEventsDoNotQueue: an admin event that arrives while the store fails learns of it after
// one more attempt, and does not wait until the store is back.
func TestAdminEventsDoNotQueue(t *testing.T) {
	sink := &telemetrytest.Sink{Fail: func(int, *telemetry.Batch) error { return errAway }}
	r := start(t, recorder.Config{Writer: sink})
	_ = answer(r, exchange(chat), nil, body("x"))
	time.Sleep(500 * time.Millisecond) // pauses are long by now
	begin := time.Now()
	if err := r.Audit(t.Context(), audit.Event{Action: "config.create"}); err == nil {
		t.Error("an event was written nowhere")
	}
	if took := time.Since(begin); took > 2*time.Second {
		t.Errorf("it took %v", took)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r.Close(ctx)
}
