package sqlstore

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway/billing"
)

type reservationRow struct {
	bun.BaseModel `bun:"table:reservations"`

	ID        string `bun:"id,pk"`
	APIKey    string `bun:"api_key_id"`
	Amount    int64  `bun:"amount"`
	CreatedAt int64  `bun:"created_at"`
}

type budgetRow struct {
	bun.BaseModel `bun:"table:budgets"`

	APIKey   string `bun:"api_key_id,pk"`
	Spent    int64  `bun:"spent"`
	Counted  int64  `bun:"counted"`
	ClosedAt int64  `bun:"closed_at"`
}

// Post implements billing.Ledger. A settlement counts only if it deletes its reservation,
// which can happen once.
func (s *Store) Post(ctx context.Context, reservations []billing.Reservation, settlements []billing.Settlement) error {
	err := s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if len(reservations) > 0 {
			rows := make([]reservationRow, len(reservations))
			for i, r := range reservations {
				rows[i] = reservationRow{ID: r.ID, APIKey: r.APIKey, Amount: r.Amount, CreatedAt: nanos(r.At)}
			}
			if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
				return err
			}
		}
		spent := map[string]billing.Spending{}
		for _, settled := range settlements {
			res, err := tx.NewDelete().Model((*reservationRow)(nil)).Where("id = ?", settled.Reservation).Exec(ctx)
			if err != nil {
				return err
			}
			n, err := res.RowsAffected()
			if err != nil {
				return err
			}
			if n == 1 && settled.Amount > 0 {
				sum := spent[settled.APIKey]
				sum.Spent += settled.Amount
				if settled.Counted {
					sum.Counted += settled.Amount
				}
				sum.ClosedAt = max(sum.ClosedAt, settled.ClosedAt)
				spent[settled.APIKey] = sum
			}
		}
		return addSpent(ctx, tx, spent)
	})
	return storeError("sqlstore.Post", "ledger", err)
}

// addSpent adds amounts to the spending of API keys.
func addSpent(ctx context.Context, tx bun.Tx, spent map[string]billing.Spending) error {
	for id, sum := range spent {
		row := budgetRow{APIKey: id, Spent: sum.Spent, Counted: sum.Counted, ClosedAt: sum.ClosedAt}
		if _, err := tx.NewInsert().Model(&row).On("CONFLICT (api_key_id) DO UPDATE").
			Set("spent = budget_row.spent + EXCLUDED.spent").Set("counted = budget_row.counted + EXCLUDED.counted").
			Set("closed_at = CASE WHEN EXCLUDED.closed_at > budget_row.closed_at THEN EXCLUDED.closed_at ELSE budget_row.closed_at END").Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Recover implements billing.Ledger.
func (s *Store) Recover(ctx context.Context) (map[string]billing.Spending, error) {
	out := map[string]billing.Spending{}
	err := s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		var unsettled []reservationRow
		if err := tx.NewSelect().Model(&unsettled).Scan(ctx); err != nil {
			return err
		}
		spent := map[string]billing.Spending{}
		for _, r := range unsettled {
			sum := spent[r.APIKey]
			sum.Spent += r.Amount
			spent[r.APIKey] = sum
		}
		if err := addSpent(ctx, tx, spent); err != nil {
			return err
		}
		if _, err := tx.NewDelete().Model((*reservationRow)(nil)).Where("1 = 1").Exec(ctx); err != nil {
			return err
		}
		var budgets []budgetRow
		if err := tx.NewSelect().Model(&budgets).Scan(ctx); err != nil {
			return err
		}
		for _, b := range budgets {
			out[b.APIKey] = billing.Spending{Spent: b.Spent, Counted: b.Counted, ClosedAt: b.ClosedAt}
		}
		return nil
	})
	return out, storeError("sqlstore.Recover", "ledger", err)
}
