package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
)

// migrations are applied in order, once each. A released file is never edited.
//
//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the file's tables up to date.
func migrate(ctx context.Context, db *sql.DB) error {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	return migrateTo(ctx, db, dir)
}

func migrateTo(ctx context.Context, db *sql.DB, dir fs.FS) error {
	if err := adoptUserVersion(ctx, db); err != nil {
		return fmt.Errorf("adopt the version of an older program: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, dir)
	if err != nil {
		return err
	}
	have, want, err := p.GetVersions(ctx)
	if err != nil {
		return err
	}
	if have > want {
		return fmt.Errorf("the file was written by a newer Sluice (migration %d, this one knows %d)", have, want)
	}
	_, err = p.Up(ctx)
	return err
}

// adoptUserVersion creates goose's version table in a file that counted its migrations in
// PRAGMA user_version, as Sluice did before it used goose.
func adoptUserVersion(ctx context.Context, db *sql.DB) error {
	var version int64
	var adopted bool
	err := db.QueryRowContext(ctx, "SELECT user_version, EXISTS (SELECT 1 FROM sqlite_master WHERE name = ?) FROM pragma_user_version", goose.DefaultTablename).Scan(&version, &adopted)
	if err != nil || adopted || version == 0 {
		return err
	}
	store, err := database.NewStore(goose.DialectSQLite3, goose.DefaultTablename)
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // fails after a commit
	if err := store.CreateVersionTable(ctx, tx); err != nil {
		return err
	}
	for v := range version + 1 { // goose counts from an empty version 0
		if err := store.Insert(ctx, tx, database.InsertRequest{Version: v}); err != nil {
			return err
		}
	}
	return tx.Commit()
}
