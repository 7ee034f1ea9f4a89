package sqlite

import (
	"context"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// pruneStep is how many rows one transaction deletes, so that writes never wait for long.
const pruneStep = 2000

// Prune deletes old rows, and ids of batches that can no longer be repeated. The file gets
// smaller by what they took.
func (s *Store) Prune(ctx context.Context, rows, audit time.Time) (deleted int64, err error) {
	defer func() {
		if err == nil {
			err = s.shrink(ctx)
		}
		if err != nil {
			err = &gateway.Error{Op: "sqlite.Prune", Kind: gateway.Unavailable, Public: "Old telemetry cannot be deleted.", Err: err}
		}
	}()
	if !rows.IsZero() {
		if err := s.forgetBefore(ctx, rows.UnixMicro()); err != nil {
			return 0, err
		}
		for _, ws := range s.workspaceNumbers() {
			n, err := s.deleteInSteps(ctx, "DELETE FROM exchanges WHERE n IN (SELECT n FROM exchanges WHERE workspace = ? AND ts < ? LIMIT ?)", ws, rows.UnixMicro(), pruneStep)
			deleted += n
			if err != nil {
				return deleted, err
			}
		}
		if err := s.pruneDimensions(ctx); err != nil {
			return deleted, err
		}
		if _, err := s.deleteInSteps(ctx, "DELETE FROM foreign_spans WHERE n IN (SELECT n FROM foreign_spans WHERE received < ? LIMIT ?)", rows.UnixMicro(), pruneStep); err != nil {
			return deleted, err
		}
	}
	// A batch is repeated within seconds, or never.
	if _, err := s.deleteInSteps(ctx, "DELETE FROM batches WHERE id IN (SELECT id FROM batches WHERE at < ? LIMIT ?)", time.Now().Add(-24*time.Hour).UnixMicro(), pruneStep); err != nil {
		return deleted, err
	}
	if audit.IsZero() {
		return deleted, nil
	}
	// The trigger audit_no_delete permits what lies before audit_retention.
	if _, err := s.write.ExecContext(ctx, "INSERT INTO audit_retention (n, before) VALUES (1, ?) ON CONFLICT (n) DO UPDATE SET before = max(before, excluded.before)", audit.UnixMicro()); err != nil {
		return deleted, err
	}
	_, err = s.deleteInSteps(ctx, "DELETE FROM audit WHERE (chain_id, seq) IN (SELECT chain_id, seq FROM audit WHERE ts < ? ORDER BY chain_id, seq LIMIT ?)", audit.UnixMicro(), pruneStep)
	return deleted, err
}

// pruneDimensions deletes combinations that no row names any more.
func (s *Store) pruneDimensions(ctx context.Context) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	defer s.dimensions.forget()
	for _, d := range s.dimensions.all() {
		unused := "DELETE FROM " + d.table + " WHERE NOT EXISTS (SELECT 1 FROM exchanges INDEXED BY exchanges_by_" + d.column + " WHERE " + d.column + " = " + d.table + ".n)"
		if d == s.dimensions.caller {
			unused += " AND NOT EXISTS (SELECT 1 FROM audit INDEXED BY audit_by_caller WHERE caller = callers.n)"
		}
		if _, err := s.write.ExecContext(ctx, unused); err != nil {
			return err
		}
	}
	return nil
}

// deleteInSteps repeats a DELETE with a LIMIT of pruneStep until it finds fewer rows.
func (s *Store) deleteInSteps(ctx context.Context, query string, args ...any) (deleted int64, err error) {
	for {
		res, err := s.write.ExecContext(ctx, query, args...)
		if err != nil {
			return deleted, err
		}
		n, err := res.RowsAffected()
		deleted += n
		if err != nil || n < pruneStep {
			return deleted, err
		}
	}
}
