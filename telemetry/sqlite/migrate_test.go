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

// TestOldFile opens files that counted their migrations in PRAGMA user_version. Each upgrades
// once; its rows are found beside new ones, rows of one trace that are far apart, too.
func TestOldFile(t *testing.T) {
	schemas, err := filepath.Glob("testdata/user_version_*.sql")
	if err != nil || len(schemas) != 2 {
		t.Fatal(schemas, err)
	}
	for _, schema := range schemas {
		t.Run(filepath.Base(schema), func(t *testing.T) {
			path := t.TempDir() + "/t.db"
			g := telemetrytest.NewGenerator(1, time.Now())
			old, late := g.Record(), g.Record()
			late.Workspace, late.Trace = old.Workspace, old.Trace
			writeOldFile(t, path, schema, old)

			for range 2 { // the second time there is nothing to do
				s, err := Open(t.Context(), path)
				if err != nil {
					t.Fatal(err)
				}
				var version int
				if err := s.read.QueryRow("SELECT max(version_id) FROM goose_db_version").Scan(&version); err != nil || version != 3 {
					t.Errorf("version %d, %v", version, err)
				}
				write(t, s, "late", late)
				found, err := s.Log(t.Context(), listing.AllWorkspaces(), old.Trace.Ref)
				if err != nil || len(found) != 2 || found[0].ID != old.ID || found[1].ID != late.ID {
					t.Errorf("%v, %v", found, err)
				}
				page, err := s.Logs(t.Context(), telemetry.Query{Scope: listing.AllWorkspaces(), Trace: old.Trace.Ref})
				if err != nil || len(page.Records) != 2 {
					t.Errorf("%v, %v", page, err)
				}
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
			}
		})
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
	_, err = db.Exec("INSERT INTO exchanges (n, workspace, ts, id, trace, status, outcome, provider, model, facts) VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?)",
		far, r.Time.UnixMicro(), r.ID, traceNumber(r.Trace.ID), r.Status, int64(r.Outcome), r.Provider, r.Model, r.Pack(nil))
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
