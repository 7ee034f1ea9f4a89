package spending

import (
	"context"
	"slices"

	"time"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway/billing/ledger"
	"github.com/sluicegate/sluice/internal/store/sql/db"
)

// Balances implements ledger.Ledger.
func (s *Store) Balances(ctx context.Context, accounts ...string) (map[string]ledger.Balance, error) {
	out := make(map[string]ledger.Balance, len(accounts))
	for part := range slices.Chunk(accounts, rowsAtOnce) {
		var rows []accountRow
		if err := s.db.NewSelect().Model(&rows).Where("api_key_id IN (?)", bun.List(part)).Scan(ctx); err != nil {
			return nil, db.Error("sqlstore.Balances", "ledger", err)
		}
		for i := range rows {
			out[rows[i].Account] = rows[i].balance()
		}
	}
	return out, nil
}

// Groups implements ledger.Ledger.
func (s *Store) Groups(ctx context.Context, budget string, after time.Time, limit int) ([]ledger.GroupBalance, error) {
	var rows []accountRow
	err := s.db.NewSelect().Model(&rows).Where("budget_id = ?", budget).Where("(ends_at = 0 OR ends_at > ?)", db.Nanos(after)).
		OrderExpr("spent DESC, " + s.db.ByBytes("api_key_id")).Limit(int64(limit)).Scan(ctx)
	if err != nil {
		return nil, db.Error("sqlstore.Groups", "ledger", err)
	}
	out := make([]ledger.GroupBalance, len(rows))
	for i := range rows {
		out[i] = ledger.GroupBalance{Balance: rows[i].balance(), Account: rows[i].Account, Group: rows[i].Group}
		if rows[i].Ends > 0 {
			out[i].Ends = db.Time(rows[i].Ends)
		}
	}
	return out, nil
}

// Standing implements ledger.Ledger. Few more stand on accounts than calls are in flight, so all of these
// are read.
func (s *Store) Standing(ctx context.Context, account string) ([]ledger.Standing, error) {
	var rows []reservationRow
	if err := s.db.NewSelect().Model(&rows).Where("accounts <> '[]'").OrderExpr("created_at, " + s.db.ByBytes("id")).Scan(ctx); err != nil {
		return nil, db.Error("sqlstore.Standing", "ledger", err)
	}
	var out []ledger.Standing
	for _, r := range rows {
		if !slices.Contains(r.Accounts, account) {
			continue
		}
		st := ledger.Standing{ID: r.ID, APIKey: r.APIKey, Amount: r.Amount, At: db.Time(r.CreatedAt)}
		if r.ExpiresAt > 0 {
			st.Expires = db.Time(r.ExpiresAt)
		}
		out = append(out, st)
	}
	return out, nil
}
