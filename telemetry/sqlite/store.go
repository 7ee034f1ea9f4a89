// Package sqlite keeps telemetry in one SQLite file. It is the embedded store.
//
// Each batch is one transaction in WAL mode with synchronous=FULL: when Write returns, the
// rows are on disk, so no spool stands before this store. There is one writing connection;
// questions are asked on others and never wait for it. A lock file keeps a second instance
// out, which would fork the audit chain.
package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"strings"
	"sync"

	_ "modernc.org/sqlite" // registers the driver

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/internal/lock"
)

// Store is a telemetry.Store in one file.
type Store struct {
	lock  *lock.File
	write *sql.DB // one connection
	read  *sql.DB

	mu         sync.Mutex // of Write and Prune
	exchange   [2]*sql.Stmt
	audit      [2]*sql.Stmt
	workspaces map[string]int64
	args       []any
	buf, plain []byte
}

var _ telemetry.Store = (*Store)(nil)

// Open opens or creates the file at path.
func Open(ctx context.Context, path string) (*Store, error) {
	const op = "sqlite.Open"
	l, err := lock.Take(path + ".lock")
	if err != nil {
		return nil, err
	}
	s := &Store{lock: l, workspaces: map[string]int64{}}
	if err := s.open(ctx, path); err != nil {
		s.Close()
		return nil, &gateway.Error{Op: op, Kind: gateway.Internal, Public: "The telemetry database " + path + " cannot be opened.", Err: err}
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) // SQLite would make it readable to all
	if err != nil {
		return err
	}
	f.Close()
	dsn := "file:" + strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path) +
		"?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=cache_size(-16000)&_txlock=immediate"
	if s.write, err = sql.Open("sqlite", dsn); err != nil {
		return err
	}
	s.write.SetMaxOpenConns(1)
	if err := s.migrate(ctx); err != nil {
		return err
	}
	if err := s.prepare(ctx); err != nil {
		return err
	}
	if s.read, err = sql.Open("sqlite", dsn+"&_pragma=query_only(1)"); err != nil {
		return err
	}
	s.read.SetMaxOpenConns(4)
	return s.read.PingContext(ctx)
}

func (s *Store) migrate(ctx context.Context) error {
	var at int
	if err := s.write.QueryRowContext(ctx, "PRAGMA user_version").Scan(&at); err != nil {
		return err
	}
	if at > len(migrations) {
		return fmt.Errorf("the file is of version %d, this program knows %d", at, len(migrations))
	}
	for ; at < len(migrations); at++ {
		tx, err := s.write.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		if _, err = tx.ExecContext(ctx, migrations[at]+fmt.Sprintf("PRAGMA user_version = %d;", at+1)); err == nil {
			err = tx.Commit()
		}
		if err != nil {
			_ = tx.Rollback() // the cause is err
			return fmt.Errorf("migration %d: %w", at+1, err)
		}
	}
	return nil
}

// Several rows in one INSERT save a third of what an insert costs. OR FAIL because a failure
// rolls the whole transaction back anyway; without it SQLite would write a journal for
// undoing the one statement.
const together = 8

func (s *Store) prepare(ctx context.Context) (err error) {
	for _, p := range []struct {
		dst     *[2]*sql.Stmt
		insert  string
		columns int
	}{
		{&s.exchange, "INSERT OR FAIL INTO exchanges (workspace, ts, id, trace, status, outcome, provider, model, facts, bodies) VALUES ", exchangeColumns},
		{&s.audit, "INSERT OR FAIL INTO audit (chain_id, seq, ts, workspace, prev_hash, hash, canonical) VALUES ", auditColumns},
	} {
		one := "(?" + strings.Repeat(", ?", p.columns-1) + ")"
		if p.dst[0], err = s.write.PrepareContext(ctx, p.insert+one); err != nil {
			return err
		}
		if p.dst[1], err = s.write.PrepareContext(ctx, p.insert+one+strings.Repeat(", "+one, together-1)); err != nil {
			return err
		}
	}
	rows, err := s.write.QueryContext(ctx, "SELECT n, id FROM workspaces")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var n int64
		var id string
		if err := rows.Scan(&n, &id); err != nil {
			return err
		}
		s.workspaces[id] = n
	}
	return rows.Err()
}

// Close gives everything back.
func (s *Store) Close() error {
	var first error
	for _, db := range []*sql.DB{s.read, s.write} {
		if db != nil {
			if err := db.Close(); err != nil && first == nil {
				first = err
			}
		}
	}
	if err := s.lock.Close(); err != nil && first == nil {
		first = err
	}
	return first
}
