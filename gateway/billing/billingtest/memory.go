// Package billingtest holds the conformance suite of billing.Ledger, and a ledger in memory
// that counts calls and can fail.
package billingtest

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway/billing"
)

// Memory is a billing.SharedLedger in memory. It passes the suites.
type Memory struct {
	mu           sync.Mutex
	reservations map[string]standing
	balances     map[string]billing.Balance
	posts        int
	fail         error
}

type standing struct {
	billing.Reservation
	expires time.Time
}

// NewMemory makes an empty ledger.
func NewMemory() *Memory {
	return &Memory{reservations: map[string]standing{}, balances: map[string]billing.Balance{}}
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

// State returns what a key spent, and the number of its reservations, as stored.
func (m *Memory) State(apiKey string) (spent int64, reservations int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.reservations {
		if r.APIKey == apiKey {
			reservations++
		}
	}
	return m.balances[apiKey].Spent, reservations
}

// Post implements billing.Ledger.
func (m *Memory) Post(_ context.Context, reservations []billing.Reservation, settlements []billing.Settlement) ([]billing.Outcome, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return nil, m.fail
	}
	m.posts++
	for _, s := range settlements {
		m.settle(s)
	}
	out := make([]billing.Outcome, len(reservations))
	for i, r := range reservations {
		b := m.balances[r.APIKey]
		_, stands := m.reservations[r.ID]
		switch {
		case stands:
			out[i].Granted = true
		case b.Spent+b.Reserved <= r.Limit-r.Amount && b.ClosedAt < r.Limit:
			out[i].Granted = true
			b.Reserved += r.Amount
			m.balances[r.APIKey] = b
			s := standing{Reservation: r}
			if r.Lease > 0 {
				s.expires = time.Now().Add(r.Lease)
			}
			m.reservations[r.ID] = s
		}
	}
	for i, r := range reservations {
		out[i].Balance = m.balances[r.APIKey]
	}
	return out, nil
}

// Recover implements billing.Ledger.
func (m *Memory) Recover(context.Context) (map[string]billing.Balance, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return nil, m.fail
	}
	for id, r := range m.reservations {
		m.settle(billing.Settlement{Reservation: id, Amount: r.Amount})
	}
	return maps.Clone(m.balances), nil
}

// Balances implements billing.SharedLedger.
func (m *Memory) Balances(_ context.Context, apiKeys ...string) (map[string]billing.Balance, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return nil, m.fail
	}
	out := maps.Clone(m.balances)
	maps.DeleteFunc(out, func(key string, _ billing.Balance) bool { return len(apiKeys) > 0 && !slices.Contains(apiKeys, key) })
	return out, nil
}

// Extend implements billing.SharedLedger.
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

// Sweep implements billing.SharedLedger.
func (m *Memory) Sweep(context.Context) (swept int, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return 0, m.fail
	}
	for id, r := range m.reservations {
		if !r.expires.IsZero() && !r.expires.After(time.Now()) {
			m.settle(billing.Settlement{Reservation: id, Amount: r.Amount})
			swept++
		}
	}
	return swept, nil
}

// Reservations implements billing.SharedLedger.
func (m *Memory) Reservations(_ context.Context, apiKey string) ([]billing.Standing, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []billing.Standing
	for _, r := range m.reservations {
		if r.APIKey == apiKey {
			out = append(out, billing.Standing{ID: r.ID, Amount: r.Amount, At: r.At, Expires: r.expires})
		}
	}
	slices.SortFunc(out, func(a, b billing.Standing) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	return out, m.fail
}

// settle needs mu.
func (m *Memory) settle(s billing.Settlement) {
	r, ok := m.reservations[s.Reservation]
	if !ok {
		return
	}
	delete(m.reservations, s.Reservation)
	k := m.balances[r.APIKey]
	k.Reserved -= r.Amount
	k.Spent += s.Amount
	if s.Counted {
		k.Counted += s.Amount
	}
	k.ClosedAt = max(k.ClosedAt, s.ClosedAt)
	m.balances[r.APIKey] = k
}
