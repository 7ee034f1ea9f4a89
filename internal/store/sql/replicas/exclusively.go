package replicas

import (
	"context"
	"errors"

	"github.com/sluicegate/sluice/internal/store/sql/db"
)

// startLock is the advisory lock of Exclusively. The number has no meaning.
const startLock = 5_720_031_776

// Exclusively runs f while no other process on the same PostgreSQL database runs one. A SQLite
// file belongs to one process.
func (s *Store) Exclusively(ctx context.Context, f func(context.Context) error) error {
	if !s.db.Postgres() {
		return f(ctx)
	}
	const op = "sqlstore.Exclusively"
	c, err := s.db.Conn(ctx)
	if err != nil {
		return db.Error(op, "start", err)
	}
	defer c.Close()
	if _, err := c.ExecContext(ctx, "SELECT pg_advisory_lock(?)", startLock); err != nil {
		return db.Error(op, "start", err)
	}
	err = f(ctx)
	_, unlock := c.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock(?)", startLock)
	return errors.Join(err, db.Error(op, "start", unlock))
}
