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

	APIKey string `bun:"api_key_id,pk"`
	Spent  int64  `bun:"spent"`
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
		spent := map[string]int64{}
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
				spent[settled.APIKey] += settled.Amount
			}
		}
		return addSpent(ctx, tx, spent)
	})
	return storeError("sqlstore.Post", "ledger", err)
}

// addSpent adds amounts to the spending of API keys.
func addSpent(ctx context.Context, tx bun.Tx, spent map[string]int64) error {
	for id, amount := range spent {
		row := budgetRow{APIKey: id, Spent: amount}
		if _, err := tx.NewInsert().Model(&row).On("CONFLICT (api_key_id) DO UPDATE").
			Set("spent = budget_row.spent + EXCLUDED.spent").Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Recover implements billing.Ledger.
func (s *Store) Recover(ctx context.Context) (map[string]int64, error) {
	out := map[string]int64{}
	err := s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		var unsettled []reservationRow
		if err := tx.NewSelect().Model(&unsettled).Scan(ctx); err != nil {
			return err
		}
		spent := map[string]int64{}
		for _, r := range unsettled {
			spent[r.APIKey] += r.Amount
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
			out[b.APIKey] = b.Spent
		}
		return nil
	})
	return out, storeError("sqlstore.Recover", "ledger", err)
}
