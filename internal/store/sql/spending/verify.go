package spending

import (
	"cmp"
	"context"
	"slices"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway/billing/ledger"
	"github.com/sluicegate/sluice/internal/store/sql/db"
)

// findings bounds what one verification reports of a kind.
const findings = 100

// Verify implements ledger.Ledger.
func (s *Store) Verify(ctx context.Context) (v ledger.Verification, err error) {
	err = s.db.RunInSnapshot(ctx, func(ctx context.Context, tx bun.Tx) error {
		for _, count := range []struct {
			to    *int64
			query string
		}{
			{&v.Entries, "SELECT COUNT(*) FROM ledger_entries"},
			{&v.Transactions, "SELECT COUNT(DISTINCT transaction_id) FROM ledger_entries"},
			{&v.Accounts, "SELECT COUNT(*) FROM budgets"},
		} {
			if err := tx.NewRaw(count.query).Scan(ctx, count.to); err != nil {
				return err
			}
		}
		if err := tx.NewRaw("SELECT transaction_id FROM ledger_entries GROUP BY transaction_id HAVING SUM(amount) <> 0 LIMIT ?", findings).Scan(ctx, &v.Unbalanced); err != nil {
			return err
		}
		for _, of := range []string{spentDiffers, creditedDiffers} {
			var found []ledger.Discrepancy
			if err := tx.NewRaw(of, findings).Scan(ctx, &found); err != nil {
				return err
			}
			v.Wrong = append(v.Wrong, found...)
		}
		return verifyReserved(ctx, tx, &v)
	})
	return v, db.Error("sqlstore.Verify", "ledger", err)
}

// An account has spent what its entries gave; that of a wallet, what was credited less what the
// entries left.
const spentDiffers = `SELECT b.api_key_id AS account, 'spent' AS of, b.spent AS kept, CAST(COALESCE(c.credited, 0) - COALESCE(e.total, 0) AS BIGINT) AS summed
FROM budgets b
LEFT JOIN (SELECT account, SUM(amount) AS total FROM ledger_entries GROUP BY account) e ON e.account = b.api_key_id
LEFT JOIN (SELECT 'wallet/' || wallet_id AS account, SUM(amount) AS credited FROM wallet_credits GROUP BY wallet_id) c ON c.account = b.api_key_id
WHERE b.spent <> COALESCE(c.credited, 0) - COALESCE(e.total, 0) LIMIT ?`

const creditedDiffers = `SELECT 'wallet/' || w.id AS account, 'credited' AS of, w.credited AS kept, CAST(COALESCE(c.credited, 0) AS BIGINT) AS summed
FROM wallets w
LEFT JOIN (SELECT wallet_id, SUM(amount) AS credited FROM wallet_credits GROUP BY wallet_id) c ON c.wallet_id = w.id
WHERE w.credited <> COALESCE(c.credited, 0) LIMIT ?`

// verifyReserved compares what accounts have reserved with the reservations that stand.
func verifyReserved(ctx context.Context, tx bun.Tx, v *ledger.Verification) error {
	var standing []reservationRow
	if err := tx.NewSelect().Model(&standing).Scan(ctx); err != nil {
		return err
	}
	var accounts []accountRow
	if err := tx.NewSelect().Model(&accounts).Column("api_key_id", "reserved").Where("reserved <> 0").Scan(ctx); err != nil {
		return err
	}
	v.Reservations = int64(len(standing))
	differs := map[string]ledger.Discrepancy{}
	at := func(account string, kept, summed int64) {
		d := differs[account]
		differs[account] = ledger.Discrepancy{Account: account, Of: "reserved", Kept: d.Kept + kept, Summed: d.Summed + summed}
	}
	for _, r := range standing {
		for _, account := range r.Accounts {
			at(account, 0, r.Amount)
		}
	}
	for _, a := range accounts {
		at(a.Account, a.Reserved, 0)
	}
	var wrong []ledger.Discrepancy
	for _, d := range differs {
		if d.Kept != d.Summed {
			wrong = append(wrong, d)
		}
	}
	slices.SortFunc(wrong, func(a, b ledger.Discrepancy) int { return cmp.Compare(a.Account, b.Account) })
	v.Wrong = append(v.Wrong, wrong[:min(len(wrong), findings)]...)
	return nil
}
