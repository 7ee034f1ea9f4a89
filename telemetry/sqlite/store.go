// Package sqlite keeps telemetry in one SQLite file. It is the embedded store.
//
// Each batch is one transaction in WAL mode with synchronous=FULL: when Write returns, the rows
// are on disk. A file that somebody else has locked fails a Write after a second; package spool
// keeps the batch then. There is one writing connection. Questions
// are asked on others and never wait for it. A lock file keeps a second instance out, which
// would fork the audit chain.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/internal/lock"
)

// Store is a telemetry.Store in one file.
type Store struct {
	lock  *lock.File
	read  *sql.DB
	write *sql.DB // one connection
	dsn   string

	rebuilt bool // rebuild was tried; Prune alone uses it

	exchanges, bodies, audit, foreign inserter // on write

	writing    sync.Mutex // held during a transaction that uses dimensions or roller
	dimensions dimensions
	roller     roller

	classified atomic.Bool // no row of an older version is without the columns that dimensions fill

	stop       context.CancelFunc // ends the work in the background
	background sync.WaitGroup
	rolling    sync.WaitGroup

	mu         sync.Mutex       // guards workspaces
	workspaces map[string]int64 // the numbers of workspace ids in the table exchanges
}

var _ telemetry.Store = (*Store)(nil)

// lockWait is how long a Write waits for a lock that another process has.
const lockWait = time.Second

// Open opens the file at path, creates it if it is missing, and brings its tables up to date.
// A file that another instance has open is an error.
func Open(ctx context.Context, path string) (*Store, error) {
	const op = "sqlite.Open"
	l, err := lock.Take(path + ".lock")
	if err != nil {
		return nil, err
	}
	s := &Store{lock: l, workspaces: map[string]int64{}, dimensions: newDimensions()}
	if err := s.open(ctx, path); err != nil {
		s.Close()
		return nil, &gateway.Error{Op: op, Kind: gateway.Internal, Public: "The telemetry database " + path + " cannot be opened.", Err: err}
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	s.background.Go(func() { s.classify(background) })
	s.rolling.Go(func() { s.roll(background) })
	return s, nil
}

func (s *Store) open(ctx context.Context, path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) // SQLite would make it readable to all
	if err != nil {
		return err
	}
	f.Close()
	s.dsn = dataSource(path)
	if s.write, err = sql.Open("sqlite", s.dsn+"&_txlock=immediate"); err != nil {
		return err
	}
	s.write.SetMaxOpenConns(1)
	// A new file takes this page size and can give space back, if both are set before the journal
	// mode. Rows of 2 KB fill the default pages of 4 KB badly.
	if _, err := s.write.ExecContext(ctx, "PRAGMA page_size = 16384; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL"); err != nil {
		return err
	}
	if err := s.connectReader(path); err != nil {
		return err
	}
	if err := migrate(ctx, s.write); err != nil {
		return err
	}
	if _, err := s.write.ExecContext(ctx, fmt.Sprintf("PRAGMA busy_timeout = %d", lockWait.Milliseconds())); err != nil {
		return err
	}
	return s.prepare(ctx)
}

func dataSource(path string) string {
	return "file:" + strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path) +
		"?_pragma=busy_timeout(5000)&_pragma=synchronous(FULL)&_pragma=cache_size(-16000)"
}

func (s *Store) connectReader(path string) (err error) {
	if s.read, err = sql.Open("sqlite", dataSource(path)+"&_pragma=query_only(1)"); err == nil {
		s.read.SetMaxOpenConns(4)
	}
	return err
}

func (s *Store) prepare(ctx context.Context) (err error) {
	if s.exchanges, err = newInserter(ctx, s.write, "exchanges", exchangeColumns); err != nil {
		return err
	}
	if s.bodies, err = newInserter(ctx, s.write, "bodies", bodyColumns); err != nil {
		return err
	}
	if s.audit, err = newInserter(ctx, s.write, "audit", auditColumns); err != nil {
		return err
	}
	if s.foreign, err = newInserter(ctx, s.write, "foreign_spans", foreignColumns); err != nil {
		return err
	}
	if err := s.roller.load(ctx, s.read); err != nil {
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

// Close ends the work in the background, closes the connections and releases the lock.
func (s *Store) Close() error {
	if s.stop != nil {
		s.stop()
		s.background.Wait()
		s.rolling.Wait()
	}
	errs := []error{s.exchanges.close(), s.bodies.close(), s.audit.close(), s.foreign.close()}
	for _, db := range []*sql.DB{s.read, s.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	return errors.Join(errs...)
}
