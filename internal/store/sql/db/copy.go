package db

import (
	"context"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
)

// OpenCopy opens a database file, as Open does, that is to be a copy of a database that is away.
func OpenCopy(ctx context.Context, path string) (*DB, error) {
	d, err := Open(ctx, path)
	if err != nil {
		return nil, err
	}
	d.now().copied = true
	return d, nil
}

// Freeze lets every further write to the copy at path fail as if the database did not answer.
func (d *DB) Freeze(path string) error {
	raw, err := connectFile(path, "query_only(1)")
	if err != nil {
		return err
	}
	d.use(&engine{DB: bun.NewDB(raw, sqlitedialect.New()), copied: true})
	return nil
}

// Become lets d use the database of other from now on. d owns it then.
func (d *DB) Become(other *DB) { d.use(other.now()) }

// Copied reports whether the database is a copy of one that is away.
func (d *DB) Copied() bool { return d.now().copied }
