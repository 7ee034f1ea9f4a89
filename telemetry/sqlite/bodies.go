package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"github.com/klauspost/compress/s2"

	"github.com/sluicegate/sluice/telemetry"
)

// unpackBodies gives a record the bodies of its row; empty = it has none.
func unpackBodies(r *telemetry.Record, packed []byte) error {
	if len(packed) == 0 {
		return nil
	}
	plain, err := s2.Decode(nil, packed)
	if err != nil {
		return err
	}
	return r.UnpackBodies(plain)
}

// addBodies reads the bodies of a page.
func (s *Store) addBodies(ctx context.Context, page []*telemetry.Record) error {
	find, err := s.read.PrepareContext(ctx, "SELECT coalesce(packed, bodies) FROM exchanges INDEXED BY exchanges_by_time LEFT JOIN bodies USING (n) WHERE workspace = ? AND ts = ? AND id = ?")
	if err != nil {
		return err
	}
	defer find.Close()
	for _, r := range page {
		workspace, _ := s.workspace(r.Workspace) // it has this row
		var packed []byte
		err := find.QueryRowContext(ctx, workspace, r.Time.UnixMicro(), r.ID).Scan(&packed)
		if errors.Is(err, sql.ErrNoRows) { // deleted meanwhile
			continue
		}
		if err != nil {
			return err
		}
		if err := unpackBodies(r, packed); err != nil {
			return err
		}
	}
	return nil
}
