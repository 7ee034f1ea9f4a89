package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"
)

// engine is an open database.
type engine struct {
	*bun.DB
	connect *pgx.ConnConfig // of PostgreSQL, for a connection that listens
	copied  bool            // a copy of another database, which is away
}

// database is the engine that statements go to. While PostgreSQL is away that may be a copy; see
// Store.Become. An engine stays open until Close: statements may still run on it.
type database struct {
	current atomic.Pointer[engine]

	mu     sync.Mutex
	opened []*engine
}

func (d *database) use(e *engine) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.opened = append(d.opened, e)
	d.current.Store(e)
}

// now is the engine in use.
func (d *database) now() *engine { return d.current.Load() }

func (d *database) NewSelect() *bun.SelectQuery { return d.now().NewSelect() }
func (d *database) NewInsert() *bun.InsertQuery { return d.now().NewInsert() }
func (d *database) NewUpdate() *bun.UpdateQuery { return d.now().NewUpdate() }
func (d *database) NewDelete() *bun.DeleteQuery { return d.now().NewDelete() }
func (d *database) NewRaw(query string, args ...any) *bun.RawQuery {
	return d.now().NewRaw(query, args...)
}
func (d *database) Conn(ctx context.Context) (bun.Conn, error) { return d.now().Conn(ctx) }
func (d *database) Dialect() schema.Dialect                    { return d.now().Dialect() }
func (d *database) PingContext(ctx context.Context) error      { return d.now().PingContext(ctx) }

func (d *database) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return d.now().ExecContext(ctx, query, args...)
}

func (d *database) RunInTx(ctx context.Context, opts *sql.TxOptions, f func(context.Context, bun.Tx) error) error {
	return d.now().RunInTx(ctx, opts, f)
}

// Close ends the connections of all engines.
func (d *database) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	var errs []error
	for _, e := range d.opened {
		errs = append(errs, e.Close())
	}
	d.opened = nil
	return errors.Join(errs...)
}
