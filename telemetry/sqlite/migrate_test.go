package sqlite

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/listing"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

// TestOldFile opens files of every schema that was released. Each upgrades once; its rows are found
// beside new ones by every filter, rows of one trace that are far apart, too.
func TestOldFile(t *testing.T) {
	schemas, err := filepath.Glob("testdata/*.sql")
	if err != nil || len(schemas) != 4 {
		t.Fatal(schemas, err)
	}
	for _, schema := range schemas {
		t.Run(filepath.Base(schema), func(t *testing.T) {
			path := t.TempDir() + "/t.db"
			g := telemetrytest.NewGenerator(1, time.Now())
			old := g.Record()
			for old.Prompt == nil || old.Config.Slug == "" || len(old.Metadata) == 0 || len(old.Request) == 0 || old.Session == "" {
				old = g.Record()
			}
			late := g.Record()
			late.Workspace, late.Trace, late.Time = old.Workspace, old.Trace, old.Time.Add(time.Millisecond)
			writeOldFile(t, path, schema, old)

			for range 2 { // the second time there is nothing to do
				s, err := Open(t.Context(), path)
				if err != nil {
					t.Fatal(err)
				}
				var version int
				if err := s.read.QueryRow("SELECT max(version_id) FROM goose_db_version").Scan(&version); err != nil || version != 9 {
					t.Errorf("version %d, %v", version, err)
				}
				write(t, s, "late", late)
				found, err := s.Log(t.Context(), listing.AllWorkspaces(), old.Trace.Ref)
				if err != nil || len(found) != 2 || telemetrytest.Same(found[0], old) != "" || found[1].ID != late.ID {
					t.Errorf("%v, %v", found, err)
				}
				page, err := s.Logs(t.Context(), telemetry.Query{Scope: listing.AllWorkspaces(), Trace: old.Trace.Ref})
				if err != nil || len(page.Records) != 2 {
					t.Errorf("%v, %v", page, err)
				}
				findByEachFilter(t, s, old)
				sumUp(t, s, old)
				s.background.Wait() // the row has its new columns now
				findByEachFilter(t, s, old)
				sumUp(t, s, old)
				if err := s.read.QueryRow("SELECT count(*) FROM exchanges WHERE bodies IS NOT NULL OR latency_us IS NULL").Scan(&version); err != nil || version != 0 {
					t.Errorf("%d rows have not moved, %v", version, err)
				}
				if moved, err := s.Log(t.Context(), listing.AllWorkspaces(), old.ID); err != nil || telemetrytest.Same(moved, []*telemetry.Record{old}) != "" {
					t.Errorf("%v, %v", moved, err)
				}
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// findByEachFilter lists with one filter after the other that r matches.
func findByEachFilter(t *testing.T, s *Store, r *telemetry.Record) {
	t.Helper()
	for _, q := range filters(r) {
		q.Scope = listing.AllWorkspaces()
		page, err := s.Logs(t.Context(), q)
		if err != nil || !slices.ContainsFunc(page.Records, func(found *telemetry.Record) bool { return found.ID == r.ID }) {
			t.Errorf("%+v: %d records, %v", q, len(page.Records), err)
		}
	}
}

// sumUp compares what r alone used.
func sumUp(t *testing.T, s *Store, r *telemetry.Record) {
	t.Helper()
	q := telemetry.UsageQuery{Scope: listing.AllWorkspaces(), Since: r.Time, Until: r.Time.Add(time.Microsecond), Member: r.Member, GroupBy: telemetry.UsageKeys()}
	sum := telemetry.NewUsageSum(&q)
	sum.Record(r)
	want, err := sum.Rows()
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Usage(t.Context(), q)
	if d := telemetrytest.Same(want, got); d != "" || err != nil {
		t.Error(d, err)
	}
}

// TestNewerFile: a file that a newer program migrated is refused.
func TestNewerFile(t *testing.T) {
	path := t.TempDir() + "/t.db"
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.write.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)"); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if _, err := Open(t.Context(), path); err == nil || !strings.Contains(err.Error(), "newer Sluice") {
		t.Fatal(err)
	}
}

// writeOldFile makes a file as an older program left it, with one row.
func writeOldFile(t *testing.T, path, schema string, r *telemetry.Record) {
	t.Helper()
	text, err := os.ReadFile(schema)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("PRAGMA page_size = 16384; PRAGMA journal_mode = WAL;" + string(text)); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("INSERT INTO workspaces (n, id) VALUES (1, ?)", r.Workspace); err != nil {
		t.Fatal(err)
	}
	const far = -100000 // many runs of the index exchanges_by_run away from new rows
	_, err = db.Exec("INSERT INTO exchanges (n, workspace, ts, id, trace, status, outcome, provider, model, facts, bodies) VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		far, r.Time.UnixMicro(), r.ID, traceNumber(r.Trace.ID), r.Status, int64(r.Outcome), r.Provider, r.Model, r.Pack(nil), (&compressor{}).bodies(r))
	if err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, s *Store, batch string, r *telemetry.Record) {
	t.Helper()
	if err := s.Write(context.Background(), &telemetry.Batch{ID: batch, Rows: []*telemetry.Record{r}}); err != nil {
		t.Fatal(err)
	}
}
