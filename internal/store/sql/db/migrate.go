package db

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// provider runs migrations. On PostgreSQL it does so under an advisory lock: replicas that start
// at the same time migrate one after the other.
func provider(dialect goose.Dialect, db *sql.DB) (*goose.Provider, error) {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	var options []goose.ProviderOption
	if dialect == goose.DialectPostgres {
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300)) // tries each second for 5 minutes
		if err != nil {
			return nil, err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	return goose.NewProvider(dialect, db, dir, options...)
}

// migrate applies the migrations that the database lacks. It refuses one that a newer Sluice
// has migrated, also if that happened while it waited for the lock.
func migrate(ctx context.Context, dialect goose.Dialect, db *sql.DB) error {
	p, err := provider(dialect, db)
	if err != nil {
		return err
	}
	if err := refuseNewer(ctx, p); err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return err
	}
	return refuseNewer(ctx, p)
}

func refuseNewer(ctx context.Context, p *goose.Provider) error {
	have, want, err := p.GetVersions(ctx)
	if err != nil {
		return err
	}
	if have > want {
		return fmt.Errorf("the database was written by a newer Sluice (migration %d, this one knows %d)", have, want)
	}
	return nil
}

// NewestSchema is the number of the last migration that this Sluice knows.
func NewestSchema() (newest int64) {
	files, _ := fs.Glob(migrations, "migrations/*.sql") // the pattern is well-formed
	for _, name := range files {
		if n, err := goose.NumericComponent(name); err == nil {
			newest = max(newest, n)
		}
	}
	return newest
}

// provider runs the migrations of this database.
func (d *DB) provider() (*goose.Provider, error) {
	if d.Postgres() {
		return provider(goose.DialectPostgres, d.now().DB.DB)
	}
	return provider(goose.DialectSQLite3, d.now().DB.DB)
}

// Schema is the number of the last migration.
func (d *DB) Schema(ctx context.Context) (int64, error) {
	p, err := d.provider()
	if err != nil {
		return 0, err
	}
	return p.GetDBVersion(ctx)
}

// TakeDown takes the migrations behind a schema back, newest first, and MigrateUp applies them again.
// Only a restore and tests do so, on a database that is empty.
func (d *DB) TakeDown(ctx context.Context, schema int64) error {
	p, err := d.provider()
	if err != nil {
		return err
	}
	_, err = p.DownTo(ctx, schema)
	return err
}

// MigrateUp applies the migrations that the database lacks.
func (d *DB) MigrateUp(ctx context.Context) error {
	p, err := d.provider()
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}
