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
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/internal/lock"
)

// Store is a telemetry.Store in one file.
type Store struct {
	lock *lock.File
	read *sql.DB

	mu         sync.Mutex // of what follows
	write      *conn
	exchange   inserts
	audit      inserts
	workspaces map[string]int64
	buf        []byte

	packing sync.Mutex // of what follows
	plain   []byte
}

var _ interface {
	telemetry.Store
	telemetry.Packer
} = (*Store)(nil)

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
		"?_pragma=busy_timeout(5000)&_pragma=synchronous(FULL)&_pragma=cache_size(-16000)"
	if s.write, err = connect(dsn); err != nil {
		return err
	}
	// The size counts for a new file only, and before the journal's mode: for each page that a
	// batch touches the journal has two writes, and rows of 2 KB fill a page of 4 KB badly.
	if _, err := s.write.exec(ctx, "PRAGMA page_size = 16384; PRAGMA journal_mode = WAL"); err != nil {
		return err
	}
	if s.read, err = sql.Open("sqlite", dsn+"&_pragma=query_only(1)"); err != nil {
		return err
	}
	s.read.SetMaxOpenConns(4)
	if err := s.migrate(ctx); err != nil {
		return err
	}
	return s.prepare(ctx)
}

func (s *Store) migrate(ctx context.Context) error {
	var at int
	if err := s.read.QueryRowContext(ctx, "PRAGMA user_version").Scan(&at); err != nil {
		return err
	}
	if at > len(migrations) {
		return fmt.Errorf("the file is of version %d, this program knows %d", at, len(migrations))
	}
	for ; at < len(migrations); at++ {
		err := s.write.transaction(ctx, func() error {
			_, err := s.write.exec(ctx, migrations[at]+fmt.Sprintf("PRAGMA user_version = %d;", at+1))
			return err
		})
		if err != nil {
			return fmt.Errorf("migration %d: %w", at+1, err)
		}
	}
	return nil
}

func (s *Store) prepare(ctx context.Context) (err error) {
	if s.exchange, err = s.write.inserts("exchanges", "workspace", "ts", "id", "trace", "status", "outcome", "provider", "model", "facts", "bodies"); err != nil {
		return err
	}
	if s.audit, err = s.write.inserts("audit", "chain_id", "seq", "ts", "workspace", "prev_hash", "hash", "canonical"); err != nil {
		return err
	}
	rows, err := s.read.QueryContext(ctx, "SELECT n, id FROM workspaces")
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
	var errs []error
	if s.read != nil {
		errs = append(errs, s.read.Close())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.write != nil {
		errs = append(errs, s.write.close())
	}
	return errors.Join(append(errs, s.lock.Close())...)
}
