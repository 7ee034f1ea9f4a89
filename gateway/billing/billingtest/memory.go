// Package billingtest holds the conformance suites of ledger.Ledger and budget.Store, and a ledger
// in memory that counts calls and can fail.
package billingtest

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway/billing/ledger"
)

// Memory is a ledger.Shared in memory. It passes the suites.
type Memory struct {
	mu           sync.Mutex
	reservations map[string]standing
	balances     map[string]ledger.Balance
	claims       map[string]ledger.Claim // of the first reservation of each account
	entries      []ledger.Entry
	posts        int
	fail         error
}

type standing struct {
	ledger.Reservation
	expires time.Time
}

// NewMemory makes an empty ledger.
func NewMemory() *Memory {
	return &Memory{reservations: map[string]standing{}, balances: map[string]ledger.Balance{}, claims: map[string]ledger.Claim{}}
}

// Fail makes every later call return err; nil ends that.
func (m *Memory) Fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fail = err
}

// Posts returns the number of successful calls of Post.
func (m *Memory) Posts() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.posts
}

// State returns what was spent of an account, and the number of its reservations, as stored.
func (m *Memory) State(account string) (spent int64, reservations int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.reservations {
		if slices.Contains(r.Accounts(), account) {
			reservations++
		}
	}
	return m.balances[account].Spent, reservations
}

// Sums returns what each account has got by the entries.
func (m *Memory) Sums() map[string]int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := map[string]int64{}
	for _, e := range m.entries {
		out[e.Account] += e.Amount
	}
	return out
}

// Post implements ledger.Ledger.
func (m *Memory) Post(_ context.Context, reservations []ledger.Reservation, settlements []ledger.Settlement) (ledger.Posted, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return ledger.Posted{}, m.fail
	}
	m.posts++
	var accounts []string
	var gone []ledger.Settlement
	settled := map[string]standing{}
	out := ledger.Posted{Granted: make([]bool, len(reservations)), Settled: make([]bool, len(settlements))}
	for i, s := range settlements {
		if r, stands := m.reservations[s.Reservation]; stands {
			out.Settled[i] = true
			settled[s.Reservation] = r
			gone = append(gone, s)
			accounts = append(accounts, r.Accounts()...)
			delete(m.reservations, s.Reservation)
		}
	}
	for _, r := range reservations {
		accounts = append(accounts, r.Accounts()...)
	}
	books := ledger.NewBooks(accounts, m.balances, slices.Collect(maps.Keys(m.reservations)))
	for _, s := range gone {
		r := settled[s.Reservation]
		books.Settle(s, r.Accounts(), r.Amount)
	}
	out.Accounts = books.Moves
	for i, r := range reservations {
		out.Granted[i] = books.Reserve(r)
	}
	m.write(books)
	return out, nil
}

// write keeps what has changed. It needs mu.
func (m *Memory) write(books *ledger.Books) {
	for name, move := range books.Moves {
		m.balances[name] = move.After
	}
	m.entries = append(m.entries, books.Entries...)
	for _, r := range books.Made {
		s := standing{Reservation: r}
		if r.Lease > 0 {
			s.expires = time.Now().Add(r.Lease)
		}
		m.reservations[r.ID] = s
		for _, c := range r.Claims {
			if _, known := m.claims[c.Account]; !known {
				m.claims[c.Account] = c
			}
		}
	}
}

// spend turns the reservations that over chooses into spending. It needs mu.
func (m *Memory) spend(over func(standing) bool) (int, map[string]ledger.Move) {
	var accounts []string
	var gone []standing
	for id, r := range m.reservations {
		if over(r) {
			gone = append(gone, r)
			accounts = append(accounts, r.Accounts()...)
			delete(m.reservations, id)
		}
	}
	books := ledger.NewBooks(accounts, m.balances, nil)
	for _, r := range gone {
		books.Spend(r.ID, r.Accounts(), r.Amount)
	}
	m.write(books)
	return len(gone), books.Moves
}

// Recover implements ledger.Ledger.
func (m *Memory) Recover(context.Context) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return m.fail
	}
	m.spend(func(r standing) bool { return r.expires.IsZero() })
	return nil
}

// Balances implements ledger.Ledger.
func (m *Memory) Balances(_ context.Context, accounts ...string) (map[string]ledger.Balance, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return nil, m.fail
	}
	out := maps.Clone(m.balances)
	maps.DeleteFunc(out, func(name string, _ ledger.Balance) bool { return !slices.Contains(accounts, name) })
	return out, nil
}

// Groups implements ledger.Ledger.
func (m *Memory) Groups(_ context.Context, budget string, after time.Time, limit int) ([]ledger.GroupBalance, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []ledger.GroupBalance
	for name, c := range m.claims {
		if c.Budget == budget && (c.Ends.IsZero() || c.Ends.After(after)) {
			out = append(out, ledger.GroupBalance{Balance: m.balances[name], Account: name, Group: c.Group, Ends: c.Ends})
		}
	}
	slices.SortFunc(out, func(a, b ledger.GroupBalance) int {
		return cmp.Or(cmp.Compare(b.Spent, a.Spent), cmp.Compare(a.Account, b.Account))
	})
	return out[:min(limit, len(out))], m.fail
}

// Extend implements ledger.Shared.
func (m *Memory) Extend(_ context.Context, reservations []string, lease time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, id := range reservations {
		if r, ok := m.reservations[id]; ok {
			r.expires = time.Now().Add(lease)
			m.reservations[id] = r
		}
	}
	return m.fail
}

// Sweep implements ledger.Ledger.
func (m *Memory) Sweep(context.Context) (swept int, moved map[string]ledger.Move, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return 0, nil, m.fail
	}
	swept, moved = m.spend(func(r standing) bool { return !r.expires.IsZero() && !r.expires.After(time.Now()) })
	return swept, moved, nil
}

// Standing implements ledger.Ledger.
func (m *Memory) Standing(_ context.Context, account string) ([]ledger.Standing, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []ledger.Standing
	for _, r := range m.reservations {
		if slices.Contains(r.Accounts(), account) {
			out = append(out, ledger.Standing{ID: r.ID, APIKey: r.APIKey, Amount: r.Amount, At: r.At, Expires: r.expires})
		}
	}
	slices.SortFunc(out, func(a, b ledger.Standing) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	return out, m.fail
}

// Verify implements ledger.Ledger.
func (m *Memory) Verify(context.Context) (ledger.Verification, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v := ledger.Verification{Entries: int64(len(m.entries)), Reservations: int64(len(m.reservations)), Accounts: int64(len(m.balances))}
	transactions, spent, reserved := map[string]int64{}, map[string]int64{}, map[string]int64{}
	for _, e := range m.entries {
		transactions[e.Transaction] += e.Amount
		spent[e.Account] -= e.Amount
	}
	v.Transactions = int64(len(transactions))
	for id, sum := range transactions {
		if sum != 0 {
			v.Unbalanced = append(v.Unbalanced, id)
		}
	}
	for _, r := range m.reservations {
		for _, a := range r.Accounts() {
			reserved[a] += r.Amount
		}
	}
	for name, b := range m.balances {
		if b.Spent != spent[name] {
			v.Wrong = append(v.Wrong, ledger.Discrepancy{Account: name, Of: "spent", Kept: b.Spent, Summed: spent[name]})
		}
		if b.Reserved != reserved[name] {
			v.Wrong = append(v.Wrong, ledger.Discrepancy{Account: name, Of: "reserved", Kept: b.Reserved, Summed: reserved[name]})
		}
	}
	return v, m.fail
}
