package db

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/pressly/goose/v3"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

// Open opens the database file at path, creates it if it is missing, and applies the
// migrations it lacks. A file that a newer Sluice has migrated is an error.
func Open(ctx context.Context, path string) (*DB, error) {
	const op = "sqlstore.Open"
	if err := restrictFile(path); err != nil {
		return nil, fmt.Errorf("%s: %w", op, err)
	}
	raw, err := connectFile(path, "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", op, err)
	}
	if err := migrate(ctx, goose.DialectSQLite3, raw); err != nil {
		raw.Close()
		return nil, fmt.Errorf("%s: %s: %w", op, path, err)
	}
	return newDB(&engine{DB: bun.NewDB(raw, sqlitedialect.New())}), nil
}

// connectFile opens a database file whose connections have these pragmas.
func connectFile(path string, pragmas ...string) (*sql.DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	dsn := "file://" + (&url.URL{Path: abs}).EscapedPath() + "?_txlock=immediate&_pragma=busy_timeout(10000)"
	for _, p := range pragmas {
		dsn += "&_pragma=" + p
	}
	raw, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	raw.SetMaxOpenConns(4)
	raw.SetMaxIdleConns(4)
	return raw, nil
}

// restrictFile creates the file if it is missing, and makes it readable by its owner alone.
// SQLite gives its -wal and -shm files the same mode.
func restrictFile(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Chmod(path, 0o600)
}
