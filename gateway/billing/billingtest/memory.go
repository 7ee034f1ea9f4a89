// Package billingtest holds the conformance suite of billing.Ledger, and a ledger in memory
// that counts calls and can fail.
package billingtest

import (
	"context"
	"maps"
	"sync"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing"
)

// Memory is a billing.Ledger in memory. It passes the suite.
type Memory struct {
	mu           sync.Mutex
	reservations map[string]billing.Reservation
	spent        map[string]billing.Spending
	posts        int
	fail         error
}

// NewMemory makes an empty ledger.
func NewMemory() *Memory {
	return &Memory{reservations: map[string]billing.Reservation{}, spent: map[string]billing.Spending{}}
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
	return m.spent[apiKey].Spent, reservations
}

// Post implements billing.Ledger.
func (m *Memory) Post(_ context.Context, reservations []billing.Reservation, settlements []billing.Settlement) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return m.fail
	}
	fresh := map[string]bool{}
	for _, r := range reservations {
		if _, ok := m.reservations[r.ID]; ok || fresh[r.ID] {
			return &gateway.Error{Op: "billingtest", Kind: gateway.Conflict, Public: "There is already such a reservation."}
		}
		fresh[r.ID] = true
	}
	m.posts++
	for _, r := range reservations {
		m.reservations[r.ID] = r
	}
	for _, s := range settlements {
		if _, ok := m.reservations[s.Reservation]; ok {
			delete(m.reservations, s.Reservation)
			m.add(s)
		}
	}
	return nil
}

// Recover implements billing.Ledger.
func (m *Memory) Recover(context.Context) (map[string]billing.Spending, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return nil, m.fail
	}
	for id, r := range m.reservations {
		m.add(billing.Settlement{APIKey: r.APIKey, Amount: r.Amount})
		delete(m.reservations, id)
	}
	return maps.Clone(m.spent), nil
}

// add needs mu.
func (m *Memory) add(s billing.Settlement) {
	k := m.spent[s.APIKey]
	k.Spent += s.Amount
	if s.Counted {
		k.Counted += s.Amount
	}
	k.ClosedAt = max(k.ClosedAt, s.ClosedAt)
	m.spent[s.APIKey] = k
}
