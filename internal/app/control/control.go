// Package control opens the control store, and keeps a process going while that is away.
//
// The store is a file in the data directory, or a PostgreSQL that several processes share. A process that
// shares it keeps a [Copy] of its data, from which another start can serve calls while PostgreSQL does not
// answer, and a [Health] that tells for how long it may.
package control

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/config"
	sqlstore "github.com/sluicegate/sluice/internal/store/sql"
)

// Shared reports whether other processes may use the control store, too.
func Shared(cfg config.Config) bool { return cfg.Control.Store == "postgres" }

// File is where a control store in SQLite is.
func File(cfg config.Config) string { return filepath.Join(cfg.DataDir, "sluice.db") }

// Open opens the control store that the server's file names, and migrates it.
func Open(ctx context.Context, cfg config.Config) (*sqlstore.Store, error) {
	if Shared(cfg) {
		return sqlstore.OpenPostgres(ctx, cfg.Control.DSN)
	}
	return sqlstore.Open(ctx, File(cfg))
}

// With runs f on the control store.
func With(ctx context.Context, cfg config.Config, f func(*sqlstore.Store) error) error {
	store, err := Open(ctx, cfg)
	if err != nil {
		return err
	}
	return errors.Join(f(store), store.Close())
}

// Backup writes the control data, as of one moment. A server may run meanwhile.
func Backup(ctx context.Context, cfg config.Config, w io.Writer) error {
	if _, err := os.Stat(File(cfg)); err != nil && !Shared(cfg) {
		return gateway.InvalidField("control.Backup", "data_dir", "There is no control database in "+cfg.DataDir+".")
	}
	return With(ctx, cfg, func(s *sqlstore.Store) error { return s.Backup(ctx, w) })
}

// Restore puts a backup into a control store that is empty.
func Restore(ctx context.Context, cfg config.Config, r io.Reader) error {
	return With(ctx, cfg, func(s *sqlstore.Store) error { return s.Restore(ctx, r) })
}

// Migrate brings the control store up to date, as the start of a server does, and returns the
// number of its last migration.
func Migrate(ctx context.Context, cfg config.Config) (schema int64, err error) {
	err = With(ctx, cfg, func(s *sqlstore.Store) error {
		schema, err = s.Schema(ctx)
		return err
	})
	return schema, err
}
