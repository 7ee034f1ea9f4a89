package alerttest

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/alert"
)

// Memory is a store in memory, for tests. It outlives the services on it. The zero value is empty.
type Memory struct {
	mu         sync.Mutex
	targets    []alert.SealedTarget
	announced  []alert.Announcement
	deliveries []delivery
	fail       error
}

type delivery struct {
	alert.Delivery
	due time.Time
}

// Fail lets each call fail from now on; nil ends that.
func (m *Memory) Fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fail = err
}

// Waiting is the number of deliveries.
func (m *Memory) Waiting() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.deliveries)
}

// AlertTargets implements alert.Store.
func (m *Memory) AlertTargets(context.Context) ([]alert.SealedTarget, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.targets), m.fail
}

// PutAlertTarget implements alert.Store.
func (m *Memory) PutAlertTarget(_ context.Context, t alert.SealedTarget) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return m.fail
	}
	if slices.ContainsFunc(m.targets, func(o alert.SealedTarget) bool { return o.ID != t.ID && o.Workspace == t.Workspace && o.Name == t.Name }) {
		return &gateway.Error{Op: "alerttest.PutAlertTarget", Kind: gateway.Conflict, Public: "There is already such an alert target."}
	}
	m.targets = append(slices.DeleteFunc(m.targets, func(o alert.SealedTarget) bool { return o.ID == t.ID }), t)
	slices.SortFunc(m.targets, func(a, b alert.SealedTarget) int {
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	return nil
}

// DeleteAlertTarget implements alert.Store.
func (m *Memory) DeleteAlertTarget(_ context.Context, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := len(m.targets)
	m.targets = slices.DeleteFunc(m.targets, func(o alert.SealedTarget) bool { return o.ID == id })
	if len(m.targets) == n {
		return &gateway.Error{Op: "alerttest.DeleteAlertTarget", Kind: gateway.NotFound, Public: "There is no such alert target."}
	}
	m.deliveries = slices.DeleteFunc(m.deliveries, func(d delivery) bool { return d.Target == id })
	return m.fail
}

// Announce implements alert.Store.
func (m *Memory) Announce(_ context.Context, a alert.Announcement, deliveries []alert.Delivery) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return false, m.fail
	}
	if slices.ContainsFunc(m.announced, func(o alert.Announcement) bool {
		return o.Account == a.Account && o.Limit == a.Limit && o.Percent == a.Percent
	}) {
		return false, nil
	}
	m.announced = append(m.announced, a)
	for _, d := range deliveries {
		m.deliveries = append(m.deliveries, delivery{d, d.Made})
	}
	return true, nil
}

// Due implements alert.Store.
func (m *Memory) Due(_ context.Context, targets []string, now, until time.Time, limit int) (out []alert.Delivery, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range m.deliveries {
		d := &m.deliveries[i]
		if len(out) < limit && slices.Contains(targets, d.Target) && !d.due.After(now) {
			d.due = until
			out = append(out, d.Delivery)
		}
	}
	return out, m.fail
}

// Delivered implements alert.Store.
func (m *Memory) Delivered(_ context.Context, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.deliveries = slices.DeleteFunc(m.deliveries, func(d delivery) bool { return d.ID == id })
	return m.fail
}

// Postpone implements alert.Store.
func (m *Memory) Postpone(_ context.Context, id string, next time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range m.deliveries {
		if d := &m.deliveries[i]; d.ID == id {
			d.due = next
			d.Attempts++
		}
	}
	return m.fail
}

// Forget implements alert.Store.
func (m *Memory) Forget(_ context.Context, before time.Time) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := len(m.deliveries)
	m.deliveries = slices.DeleteFunc(m.deliveries, func(d delivery) bool { return d.Made.Before(before) })
	m.announced = slices.DeleteFunc(m.announced, func(a alert.Announcement) bool { return !a.Ends.IsZero() && a.Ends.Before(before) })
	return n - len(m.deliveries), m.fail
}
