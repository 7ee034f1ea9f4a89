package spending

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway/billing/alert"
	"github.com/sluicegate/sluice/gateway/replica"
	"github.com/sluicegate/sluice/internal/store/sql/db"
)

type alertTargetRow struct {
	bun.BaseModel `bun:"table:alert_targets"`

	ID        string `bun:"id,pk"`
	Workspace string `bun:"workspace_id"`
	Name      string `bun:"name"`
	Format    string `bun:"format"`
	Sealed    string `bun:"sealed"`
	CreatedAt int64  `bun:"created_at"`
	UpdatedAt int64  `bun:"updated_at"`
}

type alertAnnouncementRow struct {
	bun.BaseModel `bun:"table:alert_announcements"`

	Account string `bun:"account,pk"`
	Limit   int64  `bun:"limit_nano,pk"`
	Percent int64  `bun:"percent,pk"`
	At      int64  `bun:"announced_at"`
	Ends    int64  `bun:"ends_at"`
}

type alertDeliveryRow struct {
	bun.BaseModel `bun:"table:alert_deliveries"`

	ID       string `bun:"id,pk"`
	Target   string `bun:"target_id"`
	Event    string `bun:"event"`
	Attempts int    `bun:"attempts"`
	Due      int64  `bun:"due_at"`
	Made     int64  `bun:"made_at"`
}

// AlertTargets implements alert.Store.
func (s *Store) AlertTargets(ctx context.Context) ([]alert.SealedTarget, error) {
	const op = "sqlstore.AlertTargets"
	var rows []alertTargetRow
	if err := s.db.NewSelect().Model(&rows).OrderExpr(s.db.ByBytes("id")).Scan(ctx); err != nil {
		return nil, db.Error(op, "alert target", err)
	}
	out := make([]alert.SealedTarget, len(rows))
	for i, r := range rows {
		sealed, err := db.DecodeBytes(r.Sealed)
		if err != nil {
			return nil, db.Error(op, "alert target", err)
		}
		out[i] = alert.SealedTarget{Target: alert.Target{ID: r.ID, Workspace: r.Workspace, Name: r.Name, Format: alert.Format(r.Format), CreatedAt: db.Time(r.CreatedAt), UpdatedAt: db.Time(r.UpdatedAt)}, Sealed: sealed}
	}
	return out, nil
}

// PutAlertTarget implements alert.Store.
func (s *Store) PutAlertTarget(ctx context.Context, t alert.SealedTarget) error {
	const op = "sqlstore.PutAlertTarget"
	if err := db.RefuseUnlessStorable(op, "alert target", t.ID, t.Workspace, t.Name, string(t.Format)); err != nil {
		return err
	}
	row := alertTargetRow{ID: t.ID, Workspace: t.Workspace, Name: t.Name, Format: string(t.Format), Sealed: db.EncodeBytes(t.Sealed), CreatedAt: db.Nanos(t.CreatedAt), UpdatedAt: db.Nanos(t.UpdatedAt)}
	err := s.db.Change(ctx, replica.Change{Kind: replica.AlertTargets, Workspace: t.Workspace, ID: t.ID}, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewInsert().Model(&row).On("CONFLICT (id) DO UPDATE").Exec(ctx)
		return err
	})
	return db.Error(op, "alert target", err)
}

// DeleteAlertTarget implements alert.Store.
func (s *Store) DeleteAlertTarget(ctx context.Context, id string) error {
	const op = "sqlstore.DeleteAlertTarget"
	err := s.db.Change(ctx, replica.Change{Kind: replica.AlertTargets, ID: id}, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewDelete().Model((*alertDeliveryRow)(nil)).Where("target_id = ?", id).Exec(ctx); err != nil {
			return err
		}
		res, err := tx.NewDelete().Model((*alertTargetRow)(nil)).Where("id = ?", id).Exec(ctx)
		return db.ErrorUnlessFound(op, "alert target", res, err)
	})
	return db.Error(op, "alert target", err)
}

// Announce implements alert.Store.
func (s *Store) Announce(ctx context.Context, a alert.Announcement, deliveries []alert.Delivery) (first bool, err error) {
	row := alertAnnouncementRow{Account: a.Account, Limit: a.Limit, Percent: a.Percent, At: db.Nanos(a.At)}
	if !a.Ends.IsZero() {
		row.Ends = db.Nanos(a.Ends)
	}
	err = s.db.RunInTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		res, err := tx.NewInsert().Model(&row).On("CONFLICT (account, limit_nano, percent) DO NOTHING").Exec(ctx)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 || len(deliveries) == 0 {
			first = n > 0
			return err
		}
		first = true
		rows := make([]alertDeliveryRow, len(deliveries))
		for i, d := range deliveries {
			rows[i] = alertDeliveryRow{ID: d.ID, Target: d.Target, Event: string(d.Event), Due: db.Nanos(d.Made), Made: db.Nanos(d.Made)}
		}
		_, err = tx.NewInsert().Model(&rows).On("CONFLICT (id) DO NOTHING").Exec(ctx)
		return err
	})
	if err != nil {
		return false, db.Error("sqlstore.Announce", "alert", err)
	}
	return first, nil
}

// Due implements alert.Store. The outer condition on due_at is checked again by a transaction that
// has waited for another one, so that a delivery is taken once.
func (s *Store) Due(ctx context.Context, targets []string, now, until time.Time, limit int) ([]alert.Delivery, error) {
	if len(targets) == 0 {
		return nil, nil
	}
	var rows []alertDeliveryRow
	err := s.db.NewRaw(`UPDATE alert_deliveries SET due_at = ? WHERE due_at <= ? AND id IN
		(SELECT id FROM alert_deliveries WHERE due_at <= ? AND target_id IN (?) ORDER BY due_at, id LIMIT ?)
		RETURNING id, target_id, event, attempts, made_at`, db.Nanos(until), db.Nanos(now), db.Nanos(now), bun.List(targets), limit).Scan(ctx, &rows)
	if err != nil {
		return nil, db.Error("sqlstore.Due", "alert", err)
	}
	out := make([]alert.Delivery, len(rows))
	for i, r := range rows {
		out[i] = alert.Delivery{ID: r.ID, Target: r.Target, Event: []byte(r.Event), Attempts: r.Attempts, Made: db.Time(r.Made)}
	}
	return out, nil
}

// Delivered implements alert.Store.
func (s *Store) Delivered(ctx context.Context, id string) error {
	_, err := s.db.NewDelete().Model((*alertDeliveryRow)(nil)).Where("id = ?", id).Exec(ctx)
	return db.Error("sqlstore.Delivered", "alert", err)
}

// Postpone implements alert.Store.
func (s *Store) Postpone(ctx context.Context, id string, next time.Time) error {
	_, err := s.db.NewUpdate().Model((*alertDeliveryRow)(nil)).Set("due_at = ?", db.Nanos(next)).Set("attempts = attempts + 1").Where("id = ?", id).Exec(ctx)
	return db.Error("sqlstore.Postpone", "alert", err)
}

// Forget implements alert.Store.
func (s *Store) Forget(ctx context.Context, before time.Time) (int, error) {
	var gone int64
	err := s.db.RunInTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		res, err := tx.NewDelete().Model((*alertDeliveryRow)(nil)).Where("made_at < ?", db.Nanos(before)).Exec(ctx)
		if err != nil {
			return err
		}
		if gone, err = res.RowsAffected(); err != nil {
			return err
		}
		_, err = tx.NewDelete().Model((*alertAnnouncementRow)(nil)).Where("ends_at > 0").Where("ends_at < ?", db.Nanos(before)).Exec(ctx)
		return err
	})
	return int(gone), db.Error("sqlstore.Forget", "alert", err)
}
