package spool_test

import (
	"testing"
	"time"

	"github.com/sluicegate/sluice/telemetry/audit"
	"github.com/sluicegate/sluice/telemetry/spool"
	"github.com/sluicegate/sluice/telemetry/sqlite"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

// TestPendingRowsAreVerified: rows in the log belong to their chain.
func TestPendingRowsAreVerified(t *testing.T) {
	store, err := sqlite.Open(t.Context(), t.TempDir()+"/t.db")
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	s := open(t, spool.Config{Dir: t.TempDir(), Next: store})
	var head audit.Head
	g := telemetrytest.NewGenerator(8, telemetrytest.Begin())
	write(t, s, g, &head, 5)
	within(t, "the first rows", func() bool { return s.Stats().Bytes == 0 })
	pending := open(t, spool.Config{Dir: t.TempDir(), Next: &away{}, SegmentAge: time.Hour, SegmentBytes: 3000})
	write(t, pending, g, &head, 5)
	chains, err := pending.WithPending(store)
	if err != nil {
		t.Fatal(err)
	}
	verdicts, err := audit.Verify(t.Context(), chains, audit.VerifyOptions{Heads: map[string]audit.Head{"n": head}})
	if err != nil || len(verdicts) != 1 || verdicts[0].Bad != 0 || verdicts[0].Rows != 10 {
		t.Errorf("%+v, %v", verdicts, err)
	}
}
