package db_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/internal/store/sql/db"
	"github.com/sluicegate/sluice/internal/store/sql/db/dbtest"
)

// A file that others could read is closed to them.
func TestOpenTightensMode(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sluice.db")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	garbage := filepath.Join(dir, "garbage.db")
	if err := os.WriteFile(garbage, []byte(strings.Repeat("no database ", 500)), 0o600); err != nil {
		t.Fatal(err)
	}
	newer := filepath.Join(dir, "newer.db")
	s, err := db.Open(t.Context(), newer)
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	raw, err := sql.Open("sqlite", newer)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := raw.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)"); err != nil {
		t.Fatal(err)
	}
	raw.Close()
	for path, says := range map[string]string{garbage: "not a database", newer: "newer Sluice", dir: "is a directory"} {
		if s, err := db.Open(t.Context(), path); err == nil {
			s.Close()
			t.Errorf("%s: opened", path)
		} else if !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want it to say %q", path, err, says)
		}
	}
}

// The down migrations take everything away that the up migrations made.
func TestMigrationDown(t *testing.T) {
	d := dbtest.Open(t)
	if err := d.TakeDown(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	var tables []string
	if err := d.NewRaw("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'goose_db_version'").Scan(t.Context(), &tables); err != nil {
		t.Fatal(err)
	}
	if len(tables) != 0 {
		t.Errorf("left: %v", tables)
	}
	if err := d.MigrateUp(t.Context()); err != nil {
		t.Fatal(err)
	}
}
