// Package sqlstore is the control database: organisation, workspaces, members, keys,
// budgets, configs and prompts, in SQLite. It implements the stores of keys, route and
// prompts on one database, through one query layer (bun) and one sequence of migrations,
// written so that PostgreSQL can take the same statements.
//
// Traffic does not come here: the services hold in memory what calls need and read again
// after a write. The exception is the ledger of API keys with a budget, whose writes come
// in batches.
//
// Every commit is on disk when it returns (WAL, synchronous=FULL). The file is readable
// by its owner alone. A Store owns its connections; Close ends them.
package sqlstore

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/pressly/goose/v3"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"modernc.org/sqlite"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/keys"
	"github.com/sluicegate/sluice/gateway/route"
	"github.com/sluicegate/sluice/prompts"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Store is an open control database. It is all three stores in one.
type Store struct{ db *bun.DB }

var (
	_ keys.Store    = (*Store)(nil)
	_ route.Store   = (*Store)(nil)
	_ prompts.Store = (*Store)(nil)
)

// Open opens the file at path, creates it if it is not there, and brings its tables up
// to date.
func Open(ctx context.Context, path string) (*Store, error) {
	const op = "sqlstore.Open"
	if err := private(path); err != nil {
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

// private makes the file one that only its owner reads. SQLite gives its -wal and -shm
// files the same mode.
func private(path string) error {
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

func provider(db *sql.DB) (*goose.Provider, error) {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectSQLite3, db, dir)
}

func migrate(ctx context.Context, db *sql.DB) error {
	p, err := provider(db)
	if err != nil {
		return err
	}
	have, want, err := p.GetVersions(ctx)
	if err != nil {
		return err
	}
	if have > want {
		return fmt.Errorf("the database was written by a newer Sluice (migration %d, this one knows %d)", have, want)
	}
	_, err = p.Up(ctx)
	return err
}

// Close ends all connections.
func (s *Store) Close() error { return s.db.Close() }

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.db.PingContext(ctx) }

// The result codes of https://www.sqlite.org/rescode.html that mean something to us.
const (
	constraintForeignKey = 787
	constraintPrimaryKey = 1555
	constraintUnique     = 2067
)

// wrong turns what the database said into an error of ours. what names the thing.
func wrong(op, what string, err error) error {
	var known *gateway.Error
	var lite *sqlite.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return known
	case errors.Is(err, sql.ErrNoRows):
		return &gateway.Error{Op: op, Kind: gateway.NotFound, Public: "There is no such " + what + "."}
	case errors.As(err, &lite):
		switch lite.Code() {
		case constraintUnique, constraintPrimaryKey:
			return &gateway.Error{Op: op, Kind: gateway.Conflict, Public: "There is already such a " + what + ".", Err: err}
		case constraintForeignKey:
			return &gateway.Error{Op: op, Kind: gateway.NotFound, Public: "What this " + what + " refers to does not exist.", Err: err}
		}
	}
	return &gateway.Error{Op: op, Kind: gateway.Internal, Public: "The control database failed at the " + what + ".", Err: err}
}

// gone is NotFound when a delete found nothing.
func gone(op, what string, res sql.Result, err error) error {
	if err != nil {
		return wrong(op, what, err)
	}
	if n, err := res.RowsAffected(); err == nil && n == 0 {
		return wrong(op, what, sql.ErrNoRows)
	}
	return nil
}
