package spending

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/gateway/replica"
	"github.com/sluicegate/sluice/internal/store/sql/db"
)

type walletRow struct {
	bun.BaseModel `bun:"table:wallets"`

	ID        string `bun:"id,pk"`
	Workspace string `bun:"workspace_id"`
	APIKey    string `bun:"api_key_id"`
	Name      string `bun:"name"`
	Credited  int64  `bun:"credited"`
	CreatedAt int64  `bun:"created_at"`
	UpdatedAt int64  `bun:"updated_at"`
}

func (w *walletRow) wallet() budget.Wallet {
	return budget.Wallet{ID: w.ID, Name: w.Name, Workspace: w.Workspace, APIKey: w.APIKey, Credited: w.Credited, CreatedAt: db.Time(w.CreatedAt), UpdatedAt: db.Time(w.UpdatedAt)}
}

type creditRow struct {
	bun.BaseModel `bun:"table:wallet_credits"`

	Wallet    string `bun:"wallet_id,pk"`
	Reference string `bun:"reference,pk"`
	Amount    int64  `bun:"amount"`
	By        string `bun:"credited_by"`
	CreatedAt int64  `bun:"created_at"`
}

// Wallets implements budget.Store.
func (s *Store) Wallets(ctx context.Context) ([]budget.Wallet, error) {
	var rows []walletRow
	if err := s.db.NewSelect().Model(&rows).OrderExpr(s.db.ByBytes("id")).Scan(ctx); err != nil {
		return nil, db.Error("sqlstore.Wallets", "wallet", err)
	}
	out := make([]budget.Wallet, len(rows))
	for i := range rows {
		out[i] = rows[i].wallet()
	}
	return out, nil
}

// CreateWallet implements budget.Store.
func (s *Store) CreateWallet(ctx context.Context, w budget.Wallet) error {
	const op = "sqlstore.CreateWallet"
	if err := db.RefuseUnlessStorable(op, "wallet", w.Name, w.APIKey); err != nil {
		return err
	}
	row := walletRow{ID: w.ID, Workspace: w.Workspace, APIKey: w.APIKey, Name: w.Name, CreatedAt: db.Nanos(w.CreatedAt), UpdatedAt: db.Nanos(w.UpdatedAt)}
	err := s.db.Change(ctx, replica.Change{Kind: replica.Budgets, Workspace: w.Workspace}, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewInsert().Model(&row).Exec(ctx)
		return err
	})
	return db.Error(op, "wallet", err)
}

// DeleteWallet implements budget.Store.
func (s *Store) DeleteWallet(ctx context.Context, id string) error {
	err := s.db.Change(ctx, replica.Change{Kind: replica.Budgets}, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewDelete().Model((*walletRow)(nil)).Where("id = ?", id).Exec(ctx)
		return err
	})
	return db.Error("sqlstore.DeleteWallet", "wallet", err)
}

// CreditWallet implements budget.Store. Writers of control data come one after the other, so that
// a reference that is not there cannot appear in between.
func (s *Store) CreditWallet(ctx context.Context, wallet string, c budget.Credit) (w budget.Wallet, added bool, err error) {
	const op = "sqlstore.CreditWallet"
	if err := db.RefuseUnlessStorable(op, "credit", c.Reference); err != nil {
		return w, false, err
	}
	err = s.db.Change(ctx, replica.Change{Kind: replica.Budgets}, func(ctx context.Context, tx bun.Tx) error {
		var row walletRow
		if err := tx.NewSelect().Model(&row).Where("id = ?", wallet).Scan(ctx); err != nil {
			return err
		}
		var before []creditRow
		if err := tx.NewSelect().Model(&before).Where("wallet_id = ? AND reference = ?", wallet, c.Reference).Scan(ctx); err != nil {
			return err
		}
		if len(before) > 0 {
			if before[0].Amount != c.Amount {
				return &gateway.Error{Op: op, Kind: gateway.Conflict, Param: "reference", Public: "The wallet has a credit '" + c.Reference + "' of another amount: " + gateway.FormatUSD(before[0].Amount) + " USD."}
			}
			w = row.wallet()
			return nil
		}
		row.Credited += c.Amount
		row.UpdatedAt = db.Nanos(c.At)
		if _, err := tx.NewUpdate().Model(&row).Column("credited", "updated_at").WherePK().Exec(ctx); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(&creditRow{Wallet: wallet, Reference: c.Reference, Amount: c.Amount, By: c.By, CreatedAt: db.Nanos(c.At)}).Exec(ctx); err != nil {
			return err
		}
		w, added = row.wallet(), true
		return insertEntries(ctx, tx, budget.CreditEntries(wallet, c))
	})
	if err != nil {
		return budget.Wallet{}, false, db.Error(op, "wallet", err)
	}
	return w, added, nil
}

// Credits implements budget.Store.
func (s *Store) Credits(ctx context.Context, wallet string, limit int) ([]budget.Credit, error) {
	var rows []creditRow
	if err := s.db.NewSelect().Model(&rows).Where("wallet_id = ?", wallet).OrderExpr("created_at DESC, " + s.db.ByBytes("reference")).Limit(int64(limit)).Scan(ctx); err != nil {
		return nil, db.Error("sqlstore.Credits", "credit", err)
	}
	out := make([]budget.Credit, len(rows))
	for i, r := range rows {
		out[i] = budget.Credit{Reference: r.Reference, Amount: r.Amount, By: r.By, At: db.Time(r.CreatedAt)}
	}
	return out, nil
}
