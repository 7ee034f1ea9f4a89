package spending

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway/billing/ledger"
	"github.com/sluicegate/sluice/internal/store/sql/db"
)

// Recover implements ledger.Ledger.
func (s *Store) Recover(ctx context.Context) error {
	err := s.db.RunInTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, _, err := s.spendReservations(ctx, tx, "expires_at = 0")
		return err
	})
	return db.Error("sqlstore.Recover", "ledger", err)
}

// sweepLock is the advisory lock of Sweep. The number has no meaning.
const sweepLock = 5_720_031_777

// Sweep implements ledger.Ledger. While one process sweeps, others have nothing to do.
func (s *Store) Sweep(ctx context.Context) (swept int, moved map[string]ledger.Move, err error) {
	err = s.db.RunInTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		if s.db.Postgres() {
			var locked bool
			if err := tx.NewRaw("SELECT pg_try_advisory_xact_lock(?)", sweepLock).Scan(ctx, &locked); err != nil || !locked {
				return err
			}
		}
		swept, moved, err = s.spendReservations(ctx, tx, "expires_at > 0 AND expires_at <= "+s.db.Clock())
		return err
	})
	return swept, moved, db.Error("sqlstore.Sweep", "ledger", err)
}

// spendReservations turns the reservations that a condition selects into spending.
func (s *Store) spendReservations(ctx context.Context, tx bun.Tx, condition string) (int, map[string]ledger.Move, error) {
	gone, err := takeAway(ctx, tx, condition)
	if err != nil || len(gone) == 0 {
		return 0, nil, err
	}
	books, err := s.openBooks(ctx, tx, gone, nil)
	if err != nil {
		return 0, nil, err
	}
	for _, r := range gone {
		books.Spend(r.ID, r.Accounts, r.Amount)
	}
	return len(gone), books.Moves, s.closeBooks(ctx, tx, books)
}

// Extend implements ledger.Shared.
func (s *Store) Extend(ctx context.Context, reservations []string, lease time.Duration) error {
	if len(reservations) == 0 {
		return nil
	}
	_, err := s.db.NewUpdate().Model((*reservationRow)(nil)).Set("expires_at = ? + ?", bun.Safe(s.db.Clock()), int64(lease)).
		Where("id IN (?)", bun.List(reservations)).Exec(ctx)
	return db.Error("sqlstore.Extend", "ledger", err)
}
