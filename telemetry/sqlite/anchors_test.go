package sqlite_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/sqlite"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

// TestAnchors: who may write the file drops the triggers that protect the rows.
func TestAnchors(t *testing.T) {
	telemetrytest.Anchors(t, func(t *testing.T) (telemetry.Store, func(uint64)) {
		path := filepath.Join(t.TempDir(), "telemetry.db")
		s, err := sqlite.Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return s, func(from uint64) {
			db, err := sql.Open("sqlite", path)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			var triggers []string
			rows, err := db.Query("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'")
			if err != nil {
				t.Fatal(err)
			}
			for rows.Next() {
				var name string
				if err := rows.Scan(&name); err != nil {
					t.Fatal(err)
				}
				triggers = append(triggers, name)
			}
			rows.Close()
			for _, name := range triggers {
				if _, err := db.Exec("DROP TRIGGER " + name); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := db.Exec("DELETE FROM audit WHERE seq >= ?", from); err != nil {
				t.Fatal(err)
			}
		}
	})
}
