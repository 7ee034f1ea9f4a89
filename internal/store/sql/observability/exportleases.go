package observability

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/internal/store/sql/db"
	"github.com/sluicegate/sluice/telemetry/export"
)

// claimLock is the advisory lock of ClaimExport: what a workspace runs is counted by one process
// at a time. The number has no meaning.
const claimLock = 5_720_031_778

// ClaimExport implements export.Store. A copy that stands in for the database has no jobs to give.
func (s *Store) ClaimExport(ctx context.Context, node string, perWorkspace int, lease time.Duration) (j export.Job, ok bool, err error) {
	const op = "sqlstore.ClaimExport"
	if s.db.Copied() {
		return j, false, nil
	}
	var row logExportRow
	err = s.db.RunInTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		if s.db.Postgres() {
			if _, err := tx.NewRaw("SELECT pg_advisory_xact_lock(?)", claimLock).Exec(ctx); err != nil {
				return err
			}
		}
		clock := s.db.Clock()
		return tx.NewRaw(`UPDATE log_exports SET status = ?, node = ?, tries = tries + 1, row_count = 0, byte_count = 0, started_at = `+clock+`, lease_until = `+clock+` + ?
			WHERE id = (SELECT id FROM log_exports AS waiting WHERE (status = ? OR status = ? AND lease_until <= `+clock+`)
				AND (SELECT count(*) FROM log_exports AS running WHERE running.workspace_id = waiting.workspace_id AND running.status = ? AND running.lease_until > `+clock+`) < ?
				ORDER BY created_at, `+s.db.ByBytes("id")+` LIMIT 1)
			RETURNING *`, export.InProgress, node, int64(lease), export.Queued, export.InProgress, export.InProgress, perWorkspace).Scan(ctx, &row)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return j, false, nil
	}
	if err == nil {
		j, err = row.job()
	}
	return j, err == nil, db.Error(op, "export", err)
}

// ExtendExport implements export.Store.
func (s *Store) ExtendExport(ctx context.Context, id, node string, rows, bytes int64, lease time.Duration) (has bool, err error) {
	res, err := s.db.NewUpdate().Model((*logExportRow)(nil)).Set("row_count = ?", rows).Set("byte_count = ?", bytes).Set("lease_until = ? + ?", bun.Safe(s.db.Clock()), int64(lease)).
		Where("id = ?", id).Where("node = ?", node).Where("status = ?", export.InProgress).Exec(ctx)
	return changed("sqlstore.ExtendExport", res, err)
}

// EndExport implements export.Store.
func (s *Store) EndExport(ctx context.Context, j export.Job) (had bool, err error) {
	row := logExportRowOf(j)
	res, err := s.db.NewUpdate().Model(&row).WherePK().Where("node = ?", j.Node).Where("status = ?", export.InProgress).Exec(ctx)
	return changed("sqlstore.EndExport", res, err)
}

// changed reports whether an update has found a job.
func changed(op string, res sql.Result, err error) (bool, error) {
	if err != nil {
		return false, db.Error(op, "export", err)
	}
	n, err := res.RowsAffected()
	return n > 0, db.Error(op, "export", err)
}

// ReleaseExports implements export.Store.
func (s *Store) ReleaseExports(ctx context.Context, node string) error {
	_, err := s.db.NewUpdate().Model((*logExportRow)(nil)).Set("lease_until = 0").Where("node = ?", node).Where("status = ?", export.InProgress).Exec(ctx)
	return db.Error("sqlstore.ReleaseExports", "export", err)
}
