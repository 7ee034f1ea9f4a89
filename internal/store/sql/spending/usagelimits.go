package spending

import (
	"context"
	"encoding/json"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/gateway/policy"
	"github.com/sluicegate/sluice/gateway/replica"
	"github.com/sluicegate/sluice/internal/store/sql/db"
)

type usageLimitRow struct {
	bun.BaseModel `bun:"table:usage_limits"`

	ID             string  `bun:"id,pk"`
	Workspace      *string `bun:"workspace_id"`
	OwnerAttribute string  `bun:"owner_attribute"`
	OwnerID        string  `bun:"owner_id"`
	Budget         string  `bun:"budget"`
	CreatedAt      int64   `bun:"created_at"`
	UpdatedAt      int64   `bun:"updated_at"`
}

// Budgets implements budget.Store.
func (s *Store) Budgets(ctx context.Context) ([]budget.Budget, error) {
	const op = "sqlstore.Budgets"
	var rows []usageLimitRow
	if err := s.db.NewSelect().Model(&rows).OrderExpr(s.db.ByBytes("id")).Scan(ctx); err != nil {
		return nil, db.Error(op, "budget", err)
	}
	out := make([]budget.Budget, len(rows))
	for i, row := range rows {
		b := &out[i]
		if err := json.Unmarshal([]byte(row.Budget), b); err != nil {
			return nil, db.Error(op, "budget", err)
		}
		b.ID, b.Workspace, b.CreatedAt, b.UpdatedAt = row.ID, "", db.Time(row.CreatedAt), db.Time(row.UpdatedAt)
		b.Owner = policy.Owner{Attribute: policy.Attribute(row.OwnerAttribute), ID: row.OwnerID}
		if row.Workspace != nil {
			b.Workspace = *row.Workspace
		}
	}
	return out, nil
}

// ChangeBudgets implements budget.Store.
func (s *Store) ChangeBudgets(ctx context.Context, put []budget.Budget, remove []string) error {
	const op = "sqlstore.ChangeBudgets"
	err := s.db.Change(ctx, replica.Change{Kind: replica.Budgets}, func(ctx context.Context, tx bun.Tx) error {
		if len(remove) > 0 {
			if _, err := tx.NewDelete().Model((*usageLimitRow)(nil)).Where("id IN (?)", bun.List(remove)).Exec(ctx); err != nil {
				return err
			}
		}
		for _, b := range put {
			document, err := json.Marshal(b)
			if err != nil {
				return err
			}
			if err := db.RefuseUnlessStorable(op, "budget", string(document)); err != nil {
				return err
			}
			row := usageLimitRow{ID: b.ID, OwnerAttribute: string(b.Owner.Attribute), OwnerID: b.Owner.ID, Budget: string(document), CreatedAt: db.Nanos(b.CreatedAt), UpdatedAt: db.Nanos(b.UpdatedAt)}
			if b.Workspace != "" {
				row.Workspace = &b.Workspace
			}
			if _, err := tx.NewInsert().Model(&row).On("CONFLICT (id) DO UPDATE").Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	return db.Error(op, "budget", err)
}
