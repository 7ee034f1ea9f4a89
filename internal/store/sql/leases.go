package sqlstore

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway/billing"
)

// Recover implements billing.Ledger.
func (s *Store) Recover(ctx context.Context) (map[string]billing.Balance, error) {
	var out map[string]billing.Balance
	err := s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if _, err := spendReservations(ctx, tx, "1 = 1"); err != nil {
			return err
		}
		var err error
		out, err = balances(ctx, tx, nil)
		return err
	})
	return out, storeError("sqlstore.Recover", "ledger", err)
}

// sweepLock is the advisory lock of Sweep. The number has no meaning.
const sweepLock = 5_720_031_777

// Sweep implements billing.SharedLedger. While one process sweeps, others have nothing to do.
func (s *Store) Sweep(ctx context.Context) (swept int, err error) {
	err = s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if s.postgres() {
			var locked bool
			if err := tx.NewRaw("SELECT pg_try_advisory_xact_lock(?)", sweepLock).Scan(ctx, &locked); err != nil || !locked {
				return err
			}
		}
		swept, err = spendReservations(ctx, tx, "expires_at > 0 AND expires_at <= "+s.clock())
		return err
	})
	return swept, storeError("sqlstore.Sweep", "ledger", err)
}

// spendReservations turns the reservations that a condition selects into spending.
func spendReservations(ctx context.Context, tx bun.Tx, condition string) (int, error) {
	var gone []reservationRow
	if err := tx.NewRaw("DELETE FROM reservations WHERE ? RETURNING id, api_key_id, amount", bun.Safe(condition)).Scan(ctx, &gone); err != nil {
		return 0, err
	}
	moves := map[string]move{}
	for _, r := range gone {
		m := moves[r.APIKey]
		m.freed, m.spent = m.freed+r.Amount, m.spent+r.Amount
		moves[r.APIKey] = m
	}
	for _, key := range slices.Sorted(maps.Keys(moves)) {
		if err := applyMove(ctx, tx, key, moves[key]); err != nil {
			return 0, err
		}
	}
	return len(gone), nil
}

// Extend implements billing.SharedLedger.
func (s *Store) Extend(ctx context.Context, reservations []string, lease time.Duration) error {
	if len(reservations) == 0 {
		return nil
	}
	_, err := s.db.NewUpdate().Model((*reservationRow)(nil)).Set("expires_at = ? + ?", bun.Safe(s.clock()), int64(lease)).
		Where("id IN (?)", bun.List(reservations)).Exec(ctx)
	return storeError("sqlstore.Extend", "ledger", err)
}

// Balances implements billing.SharedLedger.
func (s *Store) Balances(ctx context.Context, apiKeys ...string) (map[string]billing.Balance, error) {
	out, err := balances(ctx, s.db, apiKeys)
	return out, storeError("sqlstore.Balances", "ledger", err)
}

// Reservations implements billing.SharedLedger.
func (s *Store) Reservations(ctx context.Context, apiKey string) ([]billing.Standing, error) {
	var rows []reservationRow
	if err := s.db.NewSelect().Model(&rows).Where("api_key_id = ?", apiKey).OrderExpr("created_at, id").Scan(ctx); err != nil {
		return nil, storeError("sqlstore.Reservations", "ledger", err)
	}
	out := make([]billing.Standing, len(rows))
	for i, r := range rows {
		out[i] = billing.Standing{ID: r.ID, Amount: r.Amount, At: timeOf(r.CreatedAt)}
		if r.ExpiresAt > 0 {
			out[i].Expires = timeOf(r.ExpiresAt)
		}
	}
	return out, nil
}
