package sqlstore

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/goldentest"
)

// filled opens a database with a row in each table.
func filled(t *testing.T, s *Store) *Store {
	t.Helper()
	in, err := txtar.ParseFile("testdata/upgrade/00005.txtar")
	if err != nil {
		t.Fatal(err)
	}
	check(t, "TakeDown", s.db.TakeDown(t.Context(), 5))
	_, err = s.db.NewRaw(string(goldentest.Section(in, "rows.sql"))).Exec(t.Context())
	check(t, "Exec", err)
	check(t, "MigrateUp", s.db.MigrateUp(t.Context()))
	return s
}

// A backup of either database can be restored into either, and then says the same.
func TestBackup(t *testing.T) {
	stores := map[string]func(testing.TB) *Store{"sqlite": open, "postgres": openPostgres}
	for from, openFrom := range stores {
		for to, openTo := range stores {
			t.Run(from+" to "+to, func(t *testing.T) {
				source, target := filled(t, openFrom(t)), openTo(t)
				var backup bytes.Buffer
				if err := source.Backup(t.Context(), &backup); err != nil {
					t.Fatal(err)
				}
				if err := target.Restore(t.Context(), bytes.NewReader(backup.Bytes())); err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(readAll(t, source), readAll(t, target)); d != "" {
					t.Errorf("(-backed up +restored):\n%s", d)
				}
				err := target.Restore(t.Context(), bytes.NewReader(backup.Bytes()))
				if e := gateway.AsError(err); e == nil || e.Kind != gateway.Conflict {
					t.Errorf("into a database that is not empty: %v", err)
				}
			})
		}
	}
}

// A backup that is cut off, damaged or of a newer Sluice leaves nothing behind.
func TestRestoreRefuses(t *testing.T) {
	var backup bytes.Buffer
	if err := filled(t, open(t)).Backup(t.Context(), &backup); err != nil {
		t.Fatal(err)
	}
	text := backup.String()
	lines := strings.SplitAfter(text, "\n")
	onBoth(t, func(t *testing.T, open func(testing.TB) *Store) {
		s := open(t)
		for name, bad := range map[string]string{
			"empty":            "",
			"no backup":        `{"model":"gpt"}`,
			"cut off":          text[:len(text)/2],
			"without its end":  strings.Join(lines[:len(lines)-2], ""),
			"a row is missing": strings.Join(slices.Delete(slices.Clone(lines), 1, 2), ""),
			"another table":    strings.Replace(text, `"table":"api_keys"`, `"table":"goose_db_version"`, 1),
			"another column":   strings.Replace(text, `"masked":`, `"mask\"ed":`, 1),
			"newer":            strings.Replace(text, `"schema":`, `"schema":9`, 1),
		} {
			err := s.Restore(t.Context(), strings.NewReader(bad))
			if err == nil {
				t.Fatalf("%s: restored", name)
			}
			if _, err := s.Organisation(t.Context()); gateway.AsError(err).Kind != gateway.NotFound {
				t.Errorf("%s: left an organisation behind: %v", name, err)
			}
		}
		if err := s.Restore(t.Context(), strings.NewReader(text)); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
}

// Every table is part of a backup, or named as one that is not.
func TestBackupHoldsEveryTable(t *testing.T) {
	s := open(t)
	var tables []string
	if err := s.db.NewRaw("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").Scan(t.Context(), &tables); err != nil {
		t.Fatal(err)
	}
	known := slices.Concat(backedUp, notBackedUp)
	slices.Sort(tables)
	slices.Sort(known)
	if d := cmp.Diff(tables, known); d != "" {
		t.Errorf("tables and the lists in backup.go differ (-tables +lists):\n%s", d)
	}
}
