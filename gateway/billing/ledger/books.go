package ledger

import "math"

// Books are the accounts of one transaction while a ledger works on it: it reads the balances,
// settles and reserves here, and writes what has changed. Amounts are nano-USD.
//
// Invariant: Settle and Reserve keep an account's reserved amount the sum of what stands on it, and
// its spent amount the negative sum of its entries.
type Books struct {
	Moves   map[string]Move // every account that the transaction concerns
	Made    []Reservation   // granted; to be stored
	Entries []Entry         // to be stored

	standing map[string]bool // ids of reservations
}

// NewBooks makes the books of a transaction on accounts with balances; one without a balance has
// moved nothing yet. standing are the ids among the reservations to come that are stored already.
func NewBooks(accounts []string, balances map[string]Balance, standing []string) *Books {
	b := &Books{Moves: make(map[string]Move, len(accounts)), standing: make(map[string]bool, len(standing))}
	for _, a := range accounts {
		b.Moves[a] = Move{balances[a], balances[a]}
	}
	for _, id := range standing {
		b.standing[id] = true
	}
	return b
}

// Settle ends a reservation of an amount on accounts, which the ledger has just deleted.
func (b *Books) Settle(s Settlement, accounts []string, amount int64) {
	for _, name := range accounts {
		m := b.Moves[name]
		m.After.Reserved -= amount
		m.After.Spent = add(m.After.Spent, s.Amount)
		if s.Counted {
			m.After.Counted = add(m.After.Counted, s.Amount)
		}
		if name == s.APIKey {
			m.After.ClosedAt = max(m.After.ClosedAt, s.ClosedAt)
		}
		b.Moves[name] = m
	}
	b.Entries = append(b.Entries, s.Entries(accounts)...)
}

// add adds what is not negative, at most what 63 bits hold: an account of which more was spent stays spent.
func add(a, b int64) int64 {
	if b > 0 && a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// Spend ends a reservation whose process has died: it costs what was reserved.
func (b *Books) Spend(reservation string, accounts []string, amount int64) {
	b.Settle(Settlement{Reservation: reservation, Amount: amount, Cost: amount}, accounts, amount)
}

// Reserve reports whether a reservation fits all of its accounts, and notes it if it does.
func (b *Books) Reserve(r Reservation) bool {
	if b.standing[r.ID] {
		return true
	}
	for _, c := range r.Claims {
		m := b.Moves[c.Account].After
		if add(m.Spent, m.Reserved) > c.Limit-r.Amount || m.ClosedAt >= c.Limit {
			return false
		}
	}
	for _, c := range r.Claims {
		m := b.Moves[c.Account]
		m.After.Reserved += r.Amount
		b.Moves[c.Account] = m
	}
	b.standing[r.ID] = true
	b.Made = append(b.Made, r)
	return true
}

// Accounts are those of the reservation.
func (r *Reservation) Accounts() []string {
	out := make([]string, len(r.Claims))
	for i, c := range r.Claims {
		out[i] = c.Account
	}
	return out
}
