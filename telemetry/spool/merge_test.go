package spool_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/audit"
	"github.com/sluicegate/sluice/telemetry/spool"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

// TestSlowStoreIsCaughtUp: segments arrive ten times as fast as the store takes inserts. Merged
// they get there all the same, each row once, also when answers are lost.
func TestSlowStoreIsCaughtUp(t *testing.T) {
	largest := 0
	sink := &telemetrytest.Sink{
		Fail: func(n int, b *telemetry.Batch) error {
			time.Sleep(50 * time.Millisecond)
			largest = max(largest, len(b.Rows))
			return nil
		},
		Lose: func(n int, _ *telemetry.Batch) error {
			if n == 2 {
				return errDown
			}
			return nil
		}}
	s := open(t, spool.Config{Dir: t.TempDir(), Next: sink, SegmentBytes: 1, InsertRows: 60})
	var head audit.Head
	g := telemetrytest.NewGenerator(21, telemetrytest.Begin())
	var rows []*telemetry.Record
	for range 100 {
		rows = append(rows, write(t, s, g, &head, 1)...)
		time.Sleep(5 * time.Millisecond)
	}
	begin := time.Now()
	within(t, "all rows", func() bool { return s.Stats().Bytes == 0 })
	if took := time.Since(begin); took > 4*time.Second {
		t.Errorf("the backlog took %v", took)
	}
	if d := telemetrytest.Same(rows, sink.Records()); d != "" {
		t.Error(d)
	}
	if n := len(sink.Audit()); n != 100 || largest < 10 || largest > 60 || s.Stats().Segments != 0 {
		t.Errorf("%d audit rows, inserts of up to %d rows, %+v", n, largest, s.Stats())
	}
}

// TestCrashWhileMerging leaves a merged segment beside those that it was made of.
func TestCrashWhileMerging(t *testing.T) {
	dir := t.TempDir()
	s := open(t, spool.Config{Dir: dir, Next: &away{}, Direct: true}) // each batch is a segment, and none is merged
	var head audit.Head
	rows := write(t, s, telemetrytest.NewGenerator(22, telemetrytest.Begin()), &head, 4)
	s.Close(timedOut(t))
	var merged []byte
	for i := range 3 {
		raw, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("%016x.seg", i)))
		if err != nil {
			t.Fatal(err)
		}
		merged = append(merged, raw...)
	}
	if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%016x-%016x.seg", 0, 2)), merged, 0o600); err != nil {
		t.Fatal(err)
	}
	sink := &telemetrytest.Sink{}
	s = open(t, spool.Config{Dir: dir, Next: sink})
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if d := telemetrytest.Same(rows, sink.Records()); d != "" {
		t.Error(d)
	}
}

func timedOut(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}
