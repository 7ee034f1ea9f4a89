package spending

import (
	"context"
	"encoding/json"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway/limit"
	"github.com/sluicegate/sluice/gateway/policy"
	"github.com/sluicegate/sluice/gateway/replica"
	"github.com/sluicegate/sluice/internal/store/sql/db"
)

type rateLimitRow struct {
	bun.BaseModel `bun:"table:rate_limits"`

	ID             string  `bun:"id,pk"`
	Workspace      *string `bun:"workspace_id"`
	OwnerAttribute string  `bun:"owner_attribute"`
	OwnerID        string  `bun:"owner_id"`
	Rule           string  `bun:"rule"`
	CreatedAt      int64   `bun:"created_at"`
	UpdatedAt      int64   `bun:"updated_at"`
}

// RateLimits implements limit.Store.
func (s *Store) RateLimits(ctx context.Context) ([]limit.Rule, error) {
	const op = "sqlstore.RateLimits"
	var rows []rateLimitRow
	if err := s.db.NewSelect().Model(&rows).OrderExpr(s.db.ByBytes("id")).Scan(ctx); err != nil {
		return nil, db.Error(op, "rate limit", err)
	}
	out := make([]limit.Rule, len(rows))
	for i, row := range rows {
		r := &out[i]
		if err := json.Unmarshal([]byte(row.Rule), r); err != nil {
			return nil, db.Error(op, "rate limit", err)
		}
		r.ID, r.Owner = row.ID, policy.Owner{Attribute: policy.Attribute(row.OwnerAttribute), ID: row.OwnerID}
		r.CreatedAt, r.UpdatedAt = db.Time(row.CreatedAt), db.Time(row.UpdatedAt)
		if row.Workspace != nil {
			r.Workspace = *row.Workspace
		}
	}
	return out, nil
}

// ChangeRateLimits implements limit.Store.
func (s *Store) ChangeRateLimits(ctx context.Context, put []limit.Rule, remove []string) error {
	const op = "sqlstore.ChangeRateLimits"
	err := s.db.Change(ctx, replica.Change{Kind: replica.RateLimits}, func(ctx context.Context, tx bun.Tx) error {
		if len(remove) > 0 {
			if _, err := tx.NewDelete().Model((*rateLimitRow)(nil)).Where("id IN (?)", bun.List(remove)).Exec(ctx); err != nil {
				return err
			}
		}
		for _, r := range put {
			document, err := json.Marshal(r)
			if err != nil {
				return err
			}
			if err := db.RefuseUnlessStorable(op, "rate limit", string(document)); err != nil {
				return err
			}
			row := rateLimitRow{ID: r.ID, OwnerAttribute: string(r.Owner.Attribute), OwnerID: r.Owner.ID, Rule: string(document), CreatedAt: db.Nanos(r.CreatedAt), UpdatedAt: db.Nanos(r.UpdatedAt)}
			if r.Workspace != "" {
				row.Workspace = &r.Workspace
			}
			if _, err := tx.NewInsert().Model(&row).On("CONFLICT (id) DO UPDATE").Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return db.Error(op, "rate limit", err)
	}
	return nil
}
