package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// shrinkStep is how many free pages one transaction gives back.
const shrinkStep = 500

// Modes of PRAGMA auto_vacuum.
const (
	neverShrinks = 0 // files of versions that did not set the mode
	incremental  = 2
)

// shrink gives free pages back.
func (s *Store) shrink(ctx context.Context) error {
	var mode int
	if err := s.write.QueryRowContext(ctx, "PRAGMA auto_vacuum").Scan(&mode); err != nil {
		return err
	}
	if mode == neverShrinks {
		return s.rebuild(ctx)
	}
	for before := int64(-1); ; {
		var free int64
		if err := s.write.QueryRowContext(ctx, "PRAGMA freelist_count").Scan(&free); err != nil || free == 0 || free == before {
			return err
		}
		before = free
		rows, err := s.write.QueryContext(ctx, fmt.Sprintf("PRAGMA incremental_vacuum(%d)", shrinkStep))
		if err != nil {
			return err
		}
		for rows.Next() { // each step of the statement frees a page
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return err
		}
	}
}

// rebuild makes a file that never shrinks one that does, once more than half of its pages are
// free: VACUUM copies the others twice, to a temporary file and to the journal, which together are
// then smaller than the file is. It is tried once per process. It has a connection of its own, so
// that a Write meanwhile fails after lockWait like one that finds the file locked, and does not
// wait for the whole of it.
func (s *Store) rebuild(ctx context.Context) error {
	var pages, free int64
	if err := s.write.QueryRowContext(ctx, "SELECT page_count, freelist_count FROM pragma_page_count, pragma_freelist_count").Scan(&pages, &free); err != nil {
		return err
	}
	if s.rebuilt || free <= pages/2 {
		return nil
	}
	s.rebuilt = true
	db, err := sql.Open("sqlite", s.dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, q := range []string{fmt.Sprintf("PRAGMA auto_vacuum = %d", incremental), "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"} {
		if _, err := db.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	return nil
}
