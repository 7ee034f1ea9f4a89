package devicetest

import (
	"context"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity/device"
)

// Memory is a device.Store in memory. It passes the suite.
type Memory struct {
	mu     sync.Mutex
	grants map[string]device.Grant
}

// NewMemory makes an empty store.
func NewMemory() *Memory { return &Memory{grants: map[string]device.Grant{}} }

func refusal(kind gateway.Kind) error {
	return &gateway.Error{Op: "devicetest", Kind: kind, Public: "The grant is refused."}
}

// StartDevice implements device.Store, as do the methods below.
func (m *Memory) StartDevice(_ context.Context, g device.Grant, gone time.Time, ofAddress, inAll int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	own, all := 0, 0
	for id, x := range m.grants {
		switch {
		case x.ExpiresAt.Before(gone):
			delete(m.grants, id)
			continue
		case x.Device == g.Device || x.User == g.User:
			return refusal(gateway.Conflict)
		case !x.ExpiresAt.After(g.CreatedAt):
			continue
		}
		if all++; x.Address == g.Address {
			own++
		}
	}
	if own >= ofAddress || all >= inAll {
		return refusal(gateway.RateLimited)
	}
	m.grants[g.ID] = g
	return nil
}

func (m *Memory) find(is func(*device.Grant) bool) (device.Grant, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, g := range m.grants {
		if is(&g) {
			return g, nil
		}
	}
	return device.Grant{}, refusal(gateway.NotFound)
}

func (m *Memory) DeviceByCode(_ context.Context, code device.Hash) (device.Grant, error) {
	return m.find(func(g *device.Grant) bool { return g.Device == code })
}

func (m *Memory) DeviceByUserCode(_ context.Context, code device.Hash) (device.Grant, error) {
	return m.find(func(g *device.Grant) bool { return g.User == code })
}

func (m *Memory) DecideDevice(_ context.Context, g device.Grant) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.grants[g.ID].State != device.Pending {
		return refusal(gateway.NotFound)
	}
	m.grants[g.ID] = g
	return nil
}

func (m *Memory) TakeDevice(_ context.Context, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.grants[id]; !ok {
		return refusal(gateway.NotFound)
	}
	delete(m.grants, id)
	return nil
}
