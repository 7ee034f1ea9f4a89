// Package sqlstore is the control database: organisation, workspaces, members, keys, the
// ledger of budgets, configs, prompts and kept responses. It implements the store interfaces of
// identity, credential, billing, history, route and prompts on one SQLite database, with one
// query layer (bun) and one sequence of migrations (goose). Statements and column types are
// written so that PostgreSQL can take them, too.
//
// The package is not named sql like its folder, because its files use database/sql.
//
// Traffic does not reach the database: the services keep in memory what calls need, and
// write through. The exceptions are the ledger of API keys with a budget and kept responses,
// which write in batches.
//
// Every commit is on disk when it returns (WAL, synchronous=FULL). Only the owner can read
// the file. A Store owns its connections; Close ends them.
package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/sluicegate/sluice/gateway/billing"
	"github.com/sluicegate/sluice/gateway/credential"
	"github.com/sluicegate/sluice/gateway/history"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/route"
	"github.com/sluicegate/sluice/prompts"
)

// Store is an open control database. It implements every store interface of the parts.
type Store struct{ db *bun.DB }

var (
	_ identity.Store   = (*Store)(nil)
	_ credential.Store = (*Store)(nil)
	_ billing.Ledger   = (*Store)(nil)
	_ history.Store    = (*Store)(nil)
	_ route.Store      = (*Store)(nil)
	_ prompts.Store    = (*Store)(nil)
)

// Open opens the database file at path, creates it if it is missing, and applies the
// migrations it lacks. A file that a newer Sluice has migrated is an error.
func Open(ctx context.Context, path string) (*Store, error) {
	const op = "sqlstore.Open"
	if err := restrictFile(path); err != nil {
		return nil, fmt.Errorf("%s: %w", op, err)
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", op, err)
	}
	dsn := "file://" + (&url.URL{Path: abs}).EscapedPath() + "?_txlock=immediate&_pragma=busy_timeout(10000)" +
		"&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)"
	raw, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", op, err)
	}
	raw.SetMaxOpenConns(4)
	raw.SetMaxIdleConns(4)
	if err := migrate(ctx, raw); err != nil {
		raw.Close()
		return nil, fmt.Errorf("%s: %s: %w", op, path, err)
	}
	return &Store{db: bun.NewDB(raw, sqlitedialect.New())}, nil
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

// Close ends all connections.
func (s *Store) Close() error { return s.db.Close() }

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.db.PingContext(ctx) }
