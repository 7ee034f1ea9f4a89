package app

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

// sharedControl reports whether other processes may use the control store, too.
func sharedControl(cfg config.Config) bool { return cfg.Control.Store == "postgres" }

// controlFile is where a control store in SQLite is.
func controlFile(cfg config.Config) string { return filepath.Join(cfg.DataDir, "sluice.db") }

// openControlStore opens the control store that the server's file names, and migrates it.
func openControlStore(ctx context.Context, cfg config.Config) (*sqlstore.Store, error) {
	if sharedControl(cfg) {
		return sqlstore.OpenPostgres(ctx, cfg.Control.DSN)
	}
	return sqlstore.Open(ctx, controlFile(cfg))
}

// withControl runs f on the control store.
func withControl(ctx context.Context, cfg config.Config, f func(*sqlstore.Store) error) error {
	store, err := openControlStore(ctx, cfg)
	if err != nil {
		return err
	}
	return errors.Join(f(store), store.Close())
}

// Backup writes the control data, as of one moment. A server may run meanwhile.
func Backup(ctx context.Context, cfg config.Config, w io.Writer) error {
	if _, err := os.Stat(controlFile(cfg)); err != nil && !sharedControl(cfg) {
		return gateway.InvalidField("app.Backup", "data_dir", "There is no control database in "+cfg.DataDir+".")
	}
	return withControl(ctx, cfg, func(s *sqlstore.Store) error { return s.Backup(ctx, w) })
}

// Restore puts a backup into a control store that is empty.
func Restore(ctx context.Context, cfg config.Config, r io.Reader) error {
	return withControl(ctx, cfg, func(s *sqlstore.Store) error { return s.Restore(ctx, r) })
}

// Migrate brings the control store up to date, as the start of a server does, and returns the
// number of its last migration.
func Migrate(ctx context.Context, cfg config.Config) (schema int64, err error) {
	err = withControl(ctx, cfg, func(s *sqlstore.Store) error {
		schema, err = s.Schema(ctx)
		return err
	})
	return schema, err
}
