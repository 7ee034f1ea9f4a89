// Package dbtest opens empty control databases for the tests of the rooms. A test of a store runs on
// both databases: [OnBoth] hands it what opens one, [Twice] one that is open twice, as if two processes had it.
package dbtest

import (
	"path/filepath"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/store/postgrestest"
	"github.com/sluicegate/sluice/internal/store/sql/db"
)

// Open opens an empty SQLite file.
func Open(t testing.TB) *db.DB {
	t.Helper()
	return openFile(t, filepath.Join(t.TempDir(), "sluice.db"))
}

func openFile(t testing.TB, path string) *db.DB {
	t.Helper()
	return opened(t)(db.Open(t.Context(), path))
}

// OpenTwice opens one empty SQLite file twice, as two processes would.
func OpenTwice(t testing.TB) (one, two *db.DB) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sluice.db")
	return openFile(t, path), openFile(t, path)
}

// OpenPostgres opens an empty PostgreSQL database.
func OpenPostgres(t testing.TB) *db.DB {
	t.Helper()
	return Replicas(t, 1)[0]
}

// OpenPostgresTwice opens one empty PostgreSQL database twice.
func OpenPostgresTwice(t testing.TB) (one, two *db.DB) {
	t.Helper()
	d := Replicas(t, 2)
	return d[0], d[1]
}

// Replicas opens one empty PostgreSQL database several times.
func Replicas(t testing.TB, n int) []*db.DB {
	t.Helper()
	dsn := gateway.NewSecret(postgrestest.Database(t))
	out := make([]*db.DB, n)
	for i := range out {
		out[i] = opened(t)(db.OpenPostgres(t.Context(), dsn))
	}
	return out
}

// opened closes a database after the test.
func opened(t testing.TB) func(*db.DB, error) *db.DB {
	t.Helper()
	return func(d *db.DB, err error) *db.DB {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { d.Close() })
		return d
	}
}

// OnBoth runs a test on each database. open makes an empty one.
func OnBoth(t *testing.T, test func(t *testing.T, open func(testing.TB) *db.DB)) {
	t.Run("sqlite", func(t *testing.T) { test(t, Open) })
	t.Run("postgres", func(t *testing.T) { test(t, OpenPostgres) })
}

// Twice runs a test on each database, opened twice.
func Twice(t *testing.T, test func(t *testing.T, one, two *db.DB)) {
	t.Run("sqlite", func(t *testing.T) { one, two := OpenTwice(t); test(t, one, two) })
	t.Run("postgres", func(t *testing.T) { one, two := OpenPostgresTwice(t); test(t, one, two) })
}
