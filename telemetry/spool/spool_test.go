package spool_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/audit"
	"github.com/sluicegate/sluice/telemetry/spool"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errDown = errors.New("down")

func open(t *testing.T, set spool.Config) *spool.Spool {
	t.Helper()
	if set.SegmentAge == 0 {
		set.SegmentAge = 10 * time.Millisecond
	}
	s, err := spool.Open(set)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		defer cancel()
		s.Close(ctx)
	})
	return s
}

func write(t *testing.T, s telemetry.Writer, g *telemetrytest.Generator, h *audit.Head, batches int) (rows []*telemetry.Record) {
	t.Helper()
	for range batches {
		b := &telemetry.Batch{ID: fmt.Sprint("b", h.Seq), Rows: []*telemetry.Record{g.Record(), g.Record()}, Audit: []audit.Row{telemetrytest.Link(h, "n", int(h.Seq))}}
		if err := s.Write(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, b.Rows...)
	}
	return rows
}

func within(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("not in time: " + what)
		}
	}
}

func TestEverythingArrivesOnce(t *testing.T) {
	sink := &telemetrytest.Sink{}
	s := open(t, spool.Config{Dir: t.TempDir(), Next: sink})
	rows := write(t, s, telemetrytest.NewGenerator(1, telemetrytest.Begin()), &audit.Head{}, 50)
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if d := telemetrytest.Same(rows, sink.Records()); d != "" {
		t.Fatal(d)
	}
	if n := len(sink.Audit()); n != 50 {
		t.Fatalf("%d audit rows", n)
	}
	if st := s.Stats(); st.Bytes != 0 || st.Segments != 0 {
		t.Fatalf("%+v", st)
	}
}

// TestLostAnswers fails every other hand-over, half of them after the store had the batch.
func TestLostAnswers(t *testing.T) {
	sink := &telemetrytest.Sink{
		Fail: func(n int, _ *telemetry.Batch) error {
			if n%4 == 1 {
				return errDown
			}
			return nil
		},
		Lose: func(n int, _ *telemetry.Batch) error {
			if n%4 == 3 {
				return errDown
			}
			return nil
		}}
	s := open(t, spool.Config{Dir: t.TempDir(), Next: sink, SegmentBytes: 4000})
	rows := write(t, s, telemetrytest.NewGenerator(2, telemetrytest.Begin()), &audit.Head{}, 30)
	within(t, "all rows", func() bool { return s.Stats().Bytes == 0 })
	got := sink.Rows()
	for _, r := range rows {
		if got[r.ID] != 1 {
			t.Fatalf("%s was stored %d times", r.ID, got[r.ID])
		}
	}
	if _, repeated := sink.Calls(); repeated == 0 {
		t.Fatal("no answer was lost")
	}
}

// TestTornTail cuts the last segment at every byte: whole batches stay, nothing else does.
func TestTornTail(t *testing.T) {
	dir := t.TempDir()
	down := &telemetrytest.Sink{Fail: func(int, *telemetry.Batch) error { return errDown }}
	s := open(t, spool.Config{Dir: dir, Next: down, SegmentAge: time.Hour})
	var head audit.Head
	write(t, s, telemetrytest.NewGenerator(3, telemetrytest.Begin()), &head, 1)
	first := s.Stats().Bytes
	write(t, s, telemetrytest.NewGenerator(4, telemetrytest.Begin()), &head, 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s.Close(ctx)
	files, _ := filepath.Glob(dir + "/*.seg")
	raw, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	for cut := 0; cut <= len(raw); cut += 7 {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(files[0])), raw[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		sink := &telemetrytest.Sink{}
		s := open(t, spool.Config{Dir: dir, Next: sink})
		h, err := s.Head(t.Context(), "n")
		if err != nil {
			t.Fatal(err)
		}
		s.Close(t.Context())
		want := 0
		if int64(cut) >= first {
			want = 1
		}
		if cut == len(raw) {
			want = 2
		}
		if len(sink.Audit()) != want || len(sink.Rows()) != 2*want || h.Seq != uint64(want) {
			t.Fatalf("cut at %d of %d (first batch ends at %d): %d batches, head %d", cut, len(raw), first, len(sink.Audit()), h.Seq)
		}
	}
}

func TestChainGoesOnWhileTheStoreIsAway(t *testing.T) {
	dir := t.TempDir()
	up := &telemetrytest.Sink{}
	s := open(t, spool.Config{Dir: dir, Next: up})
	var head audit.Head
	write(t, s, telemetrytest.NewGenerator(5, telemetrytest.Begin()), &head, 3)
	s.Close(t.Context())
	s = open(t, spool.Config{Dir: dir, Next: &away{}})
	got, err := s.Head(t.Context(), "n")
	if err != nil || got.Seq != head.Seq || got.Hash != head.Hash {
		t.Fatalf("%+v, %v, want %+v", got, err, head)
	}
	if _, err := s.Head(t.Context(), "unknown"); err == nil {
		t.Fatal("a chain that only the store knows has a head")
	}
}

type away struct{}

func (away) Write(context.Context, *telemetry.Batch) error { return errDown }
func (away) Head(context.Context, string) (audit.Head, error) {
	return audit.Head{}, errDown
}

func TestBounds(t *testing.T) {
	s := open(t, spool.Config{Dir: t.TempDir(), Next: &away{}, BodiesBytes: 3000, MaxBytes: 9000})
	g, shed := telemetrytest.NewGenerator(6, telemetrytest.Begin()), false
	for i := 0; ; i++ {
		err := s.Write(t.Context(), &telemetry.Batch{ID: fmt.Sprint(i), Rows: []*telemetry.Record{g.Record()}})
		st := s.Stats()
		shed = shed || st.BodiesDropped > 0
		if st.BodiesDropped > 0 && st.Bytes < 3000 {
			t.Fatalf("shed at %d bytes", st.Bytes)
		}
		var e *gateway.Error
		if errors.As(err, &e) && e.Kind == gateway.Unavailable {
			if !shed || st.Bytes < 9000 || st.Bytes > 12000 {
				t.Fatalf("refused at %+v", st)
			}
			break
		}
		if err != nil || i > 100 {
			t.Fatal(i, err)
		}
	}
	if _, err := spool.Open(spool.Config{Dir: t.TempDir() + "/\x00", Next: &away{}}); err == nil {
		t.Fatal("an impossible directory was opened")
	}
}

func TestSecondInstanceIsRefused(t *testing.T) {
	dir := t.TempDir()
	open(t, spool.Config{Dir: dir, Next: &away{}})
	var e *gateway.Error
	if _, err := spool.Open(spool.Config{Dir: dir, Next: &away{}}); !errors.As(err, &e) || e.Kind != gateway.Conflict {
		t.Fatal(err)
	}
}

// TestStoreWorksAgain: where neither store nor log could be written, and the store then takes the batch
// itself, it counts as working.
func TestStoreWorksAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "spool")
	sink := &telemetrytest.Sink{Fail: func(n int, _ *telemetry.Batch) error {
		if n == 1 {
			return errDown
		}
		return nil
	}}
	s := open(t, spool.Config{Dir: dir, Next: sink, Direct: true})
	b := &telemetry.Batch{ID: "b", Rows: []*telemetry.Record{telemetrytest.NewGenerator(5, telemetrytest.Begin()).Record()}}
	if err := os.Rename(dir, dir+".gone"); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(t.Context(), b); err == nil || s.Stats().FailingSeconds == 0 {
		t.Fatalf("nothing failed: %v", err)
	}
	if err := os.Rename(dir+".gone", dir); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(t.Context(), b); err != nil || s.Stats().FailingSeconds != 0 || len(sink.Rows()) != 1 {
		t.Errorf("%v, %+v", err, s.Stats())
	}
}
