package clickhouse

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
)

// migrations are applied in order, once each. A released file is never edited.
//
//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the tables of opt's database up to date. Several instances may do so at the
// same time, because every statement of the migrations can be repeated.
func migrate(ctx context.Context, opt *clickhouse.Options) error {
	db := clickhouse.OpenDB(opt)
	defer db.Close()
	if err := adoptSchemaMigrations(ctx, db); err != nil {
		return fmt.Errorf("adopt the version of an older program: %w", err)
	}
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectClickHouse, db, dir)
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

// adoptSchemaMigrations creates goose's version table in a database that noted its migrations in
// schema_migrations, as Sluice did before it used goose.
func adoptSchemaMigrations(ctx context.Context, db *sql.DB) error {
	var adopted, old bool
	err := db.QueryRowContext(ctx, "SELECT countIf(name = ?) > 0, countIf(name = 'schema_migrations') > 0 FROM system.tables WHERE database = currentDatabase()",
		goose.DefaultTablename).Scan(&adopted, &old)
	if err != nil || adopted || !old {
		return err
	}
	var version int64
	if err := db.QueryRowContext(ctx, "SELECT toInt64(max(version)) FROM schema_migrations").Scan(&version); err != nil {
		return err
	}
	store, err := database.NewStore(goose.DialectClickHouse, goose.DefaultTablename)
	if err != nil {
		return err
	}
	if err := store.CreateVersionTable(ctx, db); err != nil {
		return err
	}
	for v := range version + 1 { // goose counts from an empty version 0
		if err := store.Insert(ctx, db, database.InsertRequest{Version: v}); err != nil {
			return err
		}
	}
	return nil
}
