package sqlite

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

// TestOldFile opens a file of every older version: its rows are found as before, beside new
// ones, and far apart ones of one trace together.
func TestOldFile(t *testing.T) {
	all := migrations
	for version := 1; version < len(all); version++ {
		path := t.TempDir() + "/t.db"
		g := telemetrytest.NewGenerator(1, time.Now())
		old, late := g.Record(), g.Record()
		late.Workspace, late.Trace = old.Workspace, old.Trace

		migrations = all[:version]
		s, err := Open(t.Context(), path)
		migrations = all
		if err != nil {
			t.Fatal(err)
		}
		write(t, s, "old", old)
		s.Close()

		if s, err = Open(t.Context(), path); err != nil {
			t.Fatal(err)
		}
		if _, err := s.write.exec(t.Context(), "UPDATE exchanges SET n = -100000"); err != nil {
			t.Fatal(err)
		}
		write(t, s, "late", late)
		found, err := s.Log(t.Context(), telemetry.Everywhere(), old.Trace.Ref)
		if err != nil || len(found) != 2 || found[0].ID != old.ID || found[1].ID != late.ID {
			t.Errorf("version %d: %v, %v", version, found, err)
		}
		page, err := s.Logs(t.Context(), telemetry.Query{Scope: telemetry.Everywhere(), Trace: old.Trace.Ref})
		if err != nil || len(page.Records) != 2 {
			t.Errorf("version %d: %v, %v", version, page, err)
		}
		s.Close()
	}
}

func write(t *testing.T, s *Store, batch string, r *telemetry.Record) {
	t.Helper()
	if err := s.Write(context.Background(), &telemetry.Batch{ID: batch, Rows: []*telemetry.Record{r}}); err != nil {
		t.Fatal(err)
	}
}

// TestTraceIsLookedUp: no search of a trace reads the whole file.
func TestTraceIsLookedUp(t *testing.T) {
	s, err := Open(t.Context(), t.TempDir()+"/t.db")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	rows, err := s.read.QueryContext(t.Context(), "EXPLAIN QUERY PLAN SELECT facts, bodies FROM exchanges WHERE "+ofTrace+" ORDER BY ts, id", 1)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var plan []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		plan = append(plan, detail)
	}
	if !slices.ContainsFunc(plan, func(s string) bool { return strings.Contains(s, "exchanges_by_run (<expr>=? AND trace=?)") }) {
		t.Errorf("%q", plan)
	}
}
