package spending

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway/billing/ledger"
	"github.com/sluicegate/sluice/internal/store/sql/db"
)

type reservationRow struct {
	bun.BaseModel `bun:"table:reservations"`

	ID        string   `bun:"id,pk"`
	APIKey    string   `bun:"api_key_id"`
	Amount    int64    `bun:"amount"`
	Accounts  []string `bun:"accounts,type:text"`
	CreatedAt int64    `bun:"created_at"`
	ExpiresAt int64    `bun:"expires_at"`
}

type accountRow struct {
	bun.BaseModel `bun:"table:budgets"`

	Account  string              `bun:"api_key_id,pk"`
	Spent    int64               `bun:"spent"`
	Reserved int64               `bun:"reserved"`
	Counted  int64               `bun:"counted"`
	ClosedAt int64               `bun:"closed_at"`
	Budget   string              `bun:"budget_id"`
	Group    []ledger.GroupValue `bun:"grouped,type:text"`
	Ends     int64               `bun:"ends_at"`
}

func (a *accountRow) balance() ledger.Balance {
	return ledger.Balance{Spent: a.Spent, Reserved: a.Reserved, Counted: a.Counted, ClosedAt: a.ClosedAt}
}

type entryRow struct {
	bun.BaseModel `bun:"table:ledger_entries"`

	Transaction string `bun:"transaction_id,pk"`
	Account     string `bun:"account,pk"`
	Amount      int64  `bun:"amount"`
	MadeAt      int64  `bun:"made_at"`
}

// rowsAtOnce bounds one statement: SQLite takes no more than a megabyte.
const rowsAtOnce = 500

// Post implements ledger.Ledger. Each transaction of the ledger takes reservations away first,
// then holds the rows of its accounts in the order of their names until it commits, so that two
// never wait for each other, and what it decides by stays true.
func (s *Store) Post(ctx context.Context, reservations []ledger.Reservation, settlements []ledger.Settlement) (ledger.Posted, error) {
	out := ledger.Posted{Granted: make([]bool, len(reservations)), Settled: make([]bool, len(settlements))}
	err := s.db.RunInTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		by := make(map[string]int, len(settlements)) // the first of each reservation
		for i := range settlements {
			if _, twice := by[settlements[i].Reservation]; !twice {
				by[settlements[i].Reservation] = i
			}
		}
		// A settlement counts only if it has deleted a reservation, which can happen once.
		var gone []reservationRow
		for ids := range slices.Chunk(slices.Sorted(maps.Keys(by)), rowsAtOnce) {
			rows, err := takeAway(ctx, tx, "id IN (?)", bun.List(ids))
			if err != nil {
				return err
			}
			gone = append(gone, rows...)
		}
		books, err := s.openBooks(ctx, tx, gone, reservations)
		if err != nil {
			return err
		}
		for _, r := range gone {
			books.Settle(settlements[by[r.ID]], r.Accounts, r.Amount)
			out.Settled[by[r.ID]] = true
		}
		for i, r := range reservations {
			out.Granted[i] = books.Reserve(r)
		}
		out.Accounts = books.Moves
		return s.closeBooks(ctx, tx, books)
	})
	return out, db.Error("sqlstore.Post", "ledger", err)
}

// takeAway deletes reservations.
func takeAway(ctx context.Context, tx bun.Tx, condition string, args ...any) (gone []reservationRow, err error) {
	err = tx.NewDelete().Model(&gone).Where(condition, args...).Returning("id, api_key_id, amount, accounts").Scan(ctx)
	return gone, err
}

// openBooks reads the accounts of a transaction, makes those that are new, and holds all of them.
func (s *Store) openBooks(ctx context.Context, tx bun.Tx, gone []reservationRow, reservations []ledger.Reservation) (*ledger.Books, error) {
	rows := map[string]accountRow{}
	for i := range gone {
		for _, name := range gone[i].Accounts {
			rows[name] = accountRow{Account: name}
		}
	}
	var ids, standing []string
	for _, r := range reservations {
		ids = append(ids, r.ID)
		for _, c := range r.Claims {
			row := accountRow{Account: c.Account, Budget: c.Budget, Group: c.Group}
			if !c.Ends.IsZero() {
				row.Ends = db.Nanos(c.Ends)
			}
			rows[c.Account] = row
		}
	}
	names, balances := slices.Sorted(maps.Keys(rows)), map[string]ledger.Balance{}
	for part := range slices.Chunk(names, rowsAtOnce) {
		fresh := make([]accountRow, len(part))
		for i, name := range part {
			fresh[i] = rows[name]
		}
		if _, err := tx.NewInsert().Model(&fresh).On("CONFLICT (api_key_id) DO NOTHING").Exec(ctx); err != nil {
			return nil, err
		}
	}
	for part := range slices.Chunk(names, rowsAtOnce) {
		var held []accountRow
		q := tx.NewSelect().Model(&held).Where("api_key_id IN (?)", bun.List(part)).OrderExpr(s.db.ByBytes("api_key_id"))
		if s.db.Postgres() {
			q = q.For("UPDATE")
		}
		if err := q.Scan(ctx); err != nil {
			return nil, err
		}
		for i := range held {
			balances[held[i].Account] = held[i].balance()
		}
	}
	for part := range slices.Chunk(ids, rowsAtOnce) {
		var some []string
		if err := tx.NewSelect().Model((*reservationRow)(nil)).Column("id").Where("id IN (?)", bun.List(part)).Scan(ctx, &some); err != nil {
			return nil, err
		}
		standing = append(standing, some...)
	}
	return ledger.NewBooks(names, balances, standing), nil
}

// closeBooks writes what has changed.
func (s *Store) closeBooks(ctx context.Context, tx bun.Tx, books *ledger.Books) error {
	var changed []accountRow
	for _, name := range slices.Sorted(maps.Keys(books.Moves)) {
		if m := books.Moves[name]; m.Before != m.After {
			changed = append(changed, accountRow{Account: name, Spent: m.After.Spent, Reserved: m.After.Reserved, Counted: m.After.Counted, ClosedAt: m.After.ClosedAt})
		}
	}
	for part := range slices.Chunk(changed, rowsAtOnce) {
		_, err := tx.NewInsert().Model(&part).On("CONFLICT (api_key_id) DO UPDATE").Set("spent = EXCLUDED.spent").Set("reserved = EXCLUDED.reserved").
			Set("counted = EXCLUDED.counted").Set("closed_at = EXCLUDED.closed_at").Exec(ctx)
		if err != nil {
			return err
		}
	}
	if err := insertEntries(ctx, tx, books.Entries); err != nil {
		return err
	}
	now := s.db.Clock()
	for part := range slices.Chunk(books.Made, rowsAtOnce) {
		var values []string
		var args []any
		for _, r := range part {
			expires := "0"
			if r.Lease > 0 {
				expires = now + " + " + strconv.FormatInt(int64(r.Lease), 10)
			}
			values = append(values, "(?, ?, ?, ?, ?, ?)")
			args = append(args, r.ID, r.APIKey, r.Amount, db.JSON(r.Accounts()), db.Nanos(r.At), bun.Safe(expires))
		}
		if _, err := tx.NewRaw("INSERT INTO reservations (id, api_key_id, amount, accounts, created_at, expires_at) VALUES "+strings.Join(values, ", "), args...).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

func insertEntries(ctx context.Context, tx bun.Tx, entries []ledger.Entry) error {
	at := db.Nanos(time.Now())
	for part := range slices.Chunk(entries, rowsAtOnce) {
		rows := make([]entryRow, len(part))
		for i, e := range part {
			rows[i] = entryRow{Transaction: e.Transaction, Account: e.Account, Amount: e.Amount, MadeAt: at}
		}
		if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}
