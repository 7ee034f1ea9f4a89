package sqlstore

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway/billing"
)

type reservationRow struct {
	bun.BaseModel `bun:"table:reservations"`

	ID        string `bun:"id,pk"`
	APIKey    string `bun:"api_key_id"`
	Amount    int64  `bun:"amount"`
	CreatedAt int64  `bun:"created_at"`
	ExpiresAt int64  `bun:"expires_at"`
}

type budgetRow struct {
	bun.BaseModel `bun:"table:budgets"`

	APIKey   string `bun:"api_key_id,pk"`
	Spent    int64  `bun:"spent"`
	Reserved int64  `bun:"reserved"`
	Counted  int64  `bun:"counted"`
	ClosedAt int64  `bun:"closed_at"`
}

// Post implements billing.Ledger. Each transaction of the ledger takes reservations away first,
// then changes budgets in the order of their keys, so that two never wait for each other.
func (s *Store) Post(ctx context.Context, reservations []billing.Reservation, settlements []billing.Settlement) ([]billing.Outcome, error) {
	out := make([]billing.Outcome, len(reservations))
	err := s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		moves, err := settle(ctx, tx, settlements)
		if err != nil {
			return err
		}
		if err := reserve(ctx, tx, s.clock(), reservations, moves, out); err != nil {
			return err
		}
		return tellBalances(ctx, tx, reservations, out)
	})
	return out, storeError("sqlstore.Post", "ledger", err)
}

// clock is the time in nanoseconds as an expression: of the server, so that leases do not depend
// on the clocks of replicas.
func (s *Store) clock() string {
	if s.postgres() {
		return "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000000 AS BIGINT)"
	}
	return strconv.FormatInt(time.Now().UnixNano(), 10)
}

// move is what a transaction changes of one budget.
type move struct{ freed, spent, counted, closedAt int64 }

// settle deletes the reservations that are settled. A settlement counts only if it has deleted
// one, which can happen once.
func settle(ctx context.Context, tx bun.Tx, settlements []billing.Settlement) (map[string]move, error) {
	moves := map[string]move{}
	if len(settlements) == 0 {
		return moves, nil
	}
	by := make(map[string]billing.Settlement, len(settlements))
	for _, st := range settlements {
		if _, twice := by[st.Reservation]; !twice {
			by[st.Reservation] = st
		}
	}
	var gone []reservationRow
	if err := tx.NewRaw("DELETE FROM reservations WHERE id IN (?) RETURNING id, api_key_id, amount", bun.List(slices.Sorted(maps.Keys(by)))).Scan(ctx, &gone); err != nil {
		return nil, err
	}
	for _, r := range gone {
		st, m := by[r.ID], moves[r.APIKey]
		m.freed += r.Amount
		m.spent += st.Amount
		if st.Counted {
			m.counted += st.Amount
		}
		m.closedAt = max(m.closedAt, st.ClosedAt)
		moves[r.APIKey] = m
	}
	return moves, nil
}

// reserve applies moves, and sets aside what fits, budget by budget.
func reserve(ctx context.Context, tx bun.Tx, now string, reservations []billing.Reservation, moves map[string]move, out []billing.Outcome) error {
	of := map[string][]int{} // positions by API key
	var ids []string
	for i, r := range reservations {
		of[r.APIKey] = append(of[r.APIKey], i)
		ids = append(ids, r.ID)
	}
	for key := range moves {
		if _, ok := of[key]; !ok {
			of[key] = nil // it only settles
		}
	}
	keys := slices.Sorted(maps.Keys(of))
	if len(keys) == 0 {
		return nil
	}
	rows := make([]budgetRow, len(keys))
	for i, key := range keys {
		rows[i].APIKey = key
	}
	if _, err := tx.NewInsert().Model(&rows).On("CONFLICT (api_key_id) DO NOTHING").Exec(ctx); err != nil {
		return err
	}
	var standing []string
	if len(ids) > 0 {
		if err := tx.NewSelect().Model((*reservationRow)(nil)).Column("id").Where("id IN (?)", bun.List(ids)).Scan(ctx, &standing); err != nil {
			return err
		}
	}
	for _, key := range keys {
		if m, moved := moves[key]; moved {
			if err := applyMove(ctx, tx, key, m); err != nil {
				return err
			}
		}
		for _, i := range of[key] {
			r := reservations[i]
			if slices.Contains(standing, r.ID) {
				out[i].Granted = true
				continue
			}
			var err error
			if out[i].Granted, err = setAside(ctx, tx, now, r); err != nil {
				return err
			}
			standing = append(standing, r.ID)
		}
	}
	return nil
}

func applyMove(ctx context.Context, tx bun.Tx, key string, m move) error {
	_, err := tx.NewUpdate().Model((*budgetRow)(nil)).Where("api_key_id = ?", key).
		Set("reserved = reserved - ?", m.freed).Set("spent = spent + ?", m.spent).Set("counted = counted + ?", m.counted).
		Set("closed_at = CASE WHEN closed_at < ? THEN ? ELSE closed_at END", m.closedAt, m.closedAt).Exec(ctx)
	return err
}

// setAside reports whether the reservation fits its limit.
func setAside(ctx context.Context, tx bun.Tx, now string, r billing.Reservation) (bool, error) {
	res, err := tx.NewUpdate().Model((*budgetRow)(nil)).Set("reserved = reserved + ?", r.Amount).
		Where("api_key_id = ?", r.APIKey).Where("spent + reserved <= ?", r.Limit-r.Amount).Where("closed_at < ?", r.Limit).Exec(ctx)
	if err != nil {
		return false, err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return false, err
	}
	expires := "0"
	if r.Lease > 0 {
		expires = now + " + " + strconv.FormatInt(int64(r.Lease), 10)
	}
	_, err = tx.NewRaw("INSERT INTO reservations (id, api_key_id, amount, created_at, expires_at) VALUES (?, ?, ?, ?, ?)",
		r.ID, r.APIKey, r.Amount, nanos(r.At), bun.Safe(expires)).Exec(ctx)
	return err == nil, err
}

// tellBalances puts the balances after the transaction into its outcomes.
func tellBalances(ctx context.Context, tx bun.Tx, reservations []billing.Reservation, out []billing.Outcome) error {
	if len(reservations) == 0 {
		return nil
	}
	var keys []string
	for _, r := range reservations {
		keys = append(keys, r.APIKey)
	}
	balances, err := balances(ctx, tx, keys)
	for i, r := range reservations {
		out[i].Balance = balances[r.APIKey]
	}
	return err
}

// balances reads the balances of some keys, of all if there is none.
func balances(ctx context.Context, db bun.IDB, keys []string) (map[string]billing.Balance, error) {
	var rows []budgetRow
	q := db.NewSelect().Model(&rows)
	if len(keys) > 0 {
		q = q.Where("api_key_id IN (?)", bun.List(keys))
	}
	if err := q.Scan(ctx); err != nil {
		return nil, err
	}
	out := make(map[string]billing.Balance, len(rows))
	for _, b := range rows {
		out[b.APIKey] = billing.Balance{Spent: b.Spent, Reserved: b.Reserved, Counted: b.Counted, ClosedAt: b.ClosedAt}
	}
	return out, nil
}
