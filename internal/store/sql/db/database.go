package db

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"
)

// engine is an open database.
type engine struct {
	*bun.DB
	connect *pgx.ConnConfig // of PostgreSQL, for a connection that listens
	copied  bool            // a copy of another database, which is away
}

// DB is the database that statements go to. While PostgreSQL is away that may be a copy; see
// Become. An engine stays open until Close: statements may still run on it.
type DB struct {
	origin  string // names this process in the feed of changes
	current atomic.Pointer[engine]

	mu     sync.Mutex
	opened []*engine
}

func newDB(e *engine) *DB {
	d := &DB{origin: rand.Text()}
	d.use(e)
	return d
}

func (d *DB) use(e *engine) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.opened = append(d.opened, e)
	d.current.Store(e)
}

// now is the engine in use.
func (d *DB) now() *engine { return d.current.Load() }

// NewSelect starts a query, as the methods below start other statements.
func (d *DB) NewSelect() *bun.SelectQuery { return d.now().NewSelect() }
func (d *DB) NewInsert() *bun.InsertQuery { return d.now().NewInsert() }
func (d *DB) NewUpdate() *bun.UpdateQuery { return d.now().NewUpdate() }
func (d *DB) NewDelete() *bun.DeleteQuery { return d.now().NewDelete() }
func (d *DB) NewRaw(query string, args ...any) *bun.RawQuery {
	return d.now().NewRaw(query, args...)
}

// Conn takes a connection out of the pool, for what must stay on one. Whoever takes it closes it.
func (d *DB) Conn(ctx context.Context) (bun.Conn, error) { return d.now().Conn(ctx) }

// Ping asks the database for an answer.
func (d *DB) Ping(ctx context.Context) error { return d.now().PingContext(ctx) }

// RunInTx runs f in a transaction, which commits if f returns nil. What is control data is written
// in Change instead.
func (d *DB) RunInTx(ctx context.Context, f func(context.Context, bun.Tx) error) error {
	return d.now().RunInTx(ctx, nil, f)
}

// RunInSnapshot runs f in a transaction that only reads, all of it as of one moment. SQLite's
// transactions always do.
func (d *DB) RunInSnapshot(ctx context.Context, f func(context.Context, bun.Tx) error) error {
	options := &sql.TxOptions{}
	if d.Postgres() {
		options = &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	return d.now().RunInTx(ctx, options, f)
}

// Close ends the connections of all engines.
func (d *DB) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	var errs []error
	for _, e := range d.opened {
		errs = append(errs, e.Close())
	}
	d.opened = nil
	return errors.Join(errs...)
}
