package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/sluicegate/sluice/internal/store/sql/db"
)

// notCopied are the tables of a backup that a copy leaves out: they grow with the traffic, and no row
// of another table refers to them.
var notCopied = []string{"reservations", "wallet_credits", "ledger_entries", "alert_announcements", "alert_deliveries", "responses", "response_items"}

// Copy writes, as a backup does, what calls need while the database is away: keys, virtual keys,
// configs, prompts, limits, roles.
func (s *Store) Copy(ctx context.Context, w io.Writer) error {
	return s.dump(ctx, w, slices.DeleteFunc(slices.Clone(backedUp), func(table string) bool { return slices.Contains(notCopied, table) }))
}

// OpenCopy opens what Copy wrote, as a database file at path. It replaces one that a process left
// there; who closes the store calls RemoveCopy.
func OpenCopy(ctx context.Context, path string, r io.Reader) (*Store, error) {
	if err := RemoveCopy(path); err != nil {
		return nil, err
	}
	s, err := onto(db.OpenCopy(ctx, path))
	if err != nil {
		return nil, err
	}
	if err := s.Restore(ctx, r); err != nil {
		return nil, errors.Join(err, s.Close(), RemoveCopy(path))
	}
	return s, nil
}

// RemoveCopy deletes the file of a copy.
func RemoveCopy(path string) error {
	var errs []error
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// Freeze lets every further write to the copy at path fail as if the database did not answer.
func (s *Store) Freeze(path string) error {
	if err := s.db.Freeze(path); err != nil {
		return fmt.Errorf("sqlstore.Freeze: %w", err)
	}
	return nil
}

// Become lets s use the database of other from now on. s owns it then.
func (s *Store) Become(other *Store) { s.db.Become(other.db) }

// Copied reports whether the store is a copy of one that is away.
func (s *Store) Copied() bool { return s.db.Copied() }
