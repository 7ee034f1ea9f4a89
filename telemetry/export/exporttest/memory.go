package exporttest

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry/export"
)

// Memory is an export.Store in memory.
type Memory struct {
	mu     sync.Mutex
	jobs   []export.Job // oldest first
	leases map[string]time.Time
}

func (m *Memory) find(id string) *export.Job {
	for i := range m.jobs {
		if m.jobs[i].ID == id {
			return &m.jobs[i]
		}
	}
	return nil
}

// AddExport implements export.Store.
func (m *Memory) AddExport(_ context.Context, j export.Job) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.jobs = append(m.jobs, j)
	return nil
}

// Exports implements export.Store.
func (m *Memory) Exports(_ context.Context, workspace string) (out []export.Job, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, j := range slices.Backward(m.jobs) {
		if j.Workspace == workspace {
			out = append(out, j)
		}
	}
	return out, nil
}

// Export implements export.Store.
func (m *Memory) Export(_ context.Context, id string) (export.Job, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if j := m.find(id); j != nil {
		return *j, nil
	}
	return export.Job{}, refused(gateway.NotFound)
}

func refused(kind gateway.Kind) error {
	return &gateway.Error{Op: "exporttest.Memory", Kind: kind, Param: "id", Public: "There is no such export, or it is in another status."}
}

// ReplaceExport implements export.Store.
func (m *Memory) ReplaceExport(_ context.Context, j export.Job, while ...export.Status) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	old := m.find(j.ID)
	switch {
	case old == nil:
		return refused(gateway.NotFound)
	case !slices.Contains(while, old.Status):
		return refused(gateway.Conflict)
	}
	*old = j
	return nil
}

// DeleteExport implements export.Store.
func (m *Memory) DeleteExport(_ context.Context, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	old := m.find(id)
	switch {
	case old == nil:
		return refused(gateway.NotFound)
	case old.Status == export.Queued || old.Status == export.InProgress:
		return refused(gateway.Conflict)
	}
	m.jobs = slices.DeleteFunc(m.jobs, func(j export.Job) bool { return j.ID == id })
	return nil
}

// ClaimExport implements export.Store.
func (m *Memory) ClaimExport(_ context.Context, node string, perWorkspace int, lease time.Duration) (export.Job, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	held := func(j *export.Job) bool { return j.Status == export.InProgress && m.leases[j.ID].After(now) }
	running := map[string]int{}
	for i := range m.jobs {
		if held(&m.jobs[i]) {
			running[m.jobs[i].Workspace]++
		}
	}
	for i := range m.jobs {
		j := &m.jobs[i]
		if j.Status != export.Queued && (j.Status != export.InProgress || held(j)) || running[j.Workspace] >= perWorkspace {
			continue
		}
		if m.leases == nil {
			m.leases = map[string]time.Time{}
		}
		m.leases[j.ID] = now.Add(lease)
		j.Status, j.Node, j.Rows, j.Bytes, j.StartedAt = export.InProgress, node, 0, 0, now.UTC()
		j.Tries++
		return *j, true, nil
	}
	return export.Job{}, false, nil
}

// ExtendExport implements export.Store.
func (m *Memory) ExtendExport(_ context.Context, id, node string, rows, bytes int64, lease time.Duration) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	j := m.find(id)
	if j == nil || j.Node != node || j.Status != export.InProgress {
		return false, nil
	}
	j.Rows, j.Bytes, m.leases[id] = rows, bytes, time.Now().Add(lease)
	return true, nil
}

// EndExport implements export.Store.
func (m *Memory) EndExport(_ context.Context, j export.Job) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	old := m.find(j.ID)
	if old == nil || old.Node != j.Node || old.Status != export.InProgress {
		return false, nil
	}
	*old = j
	return true, nil
}

// ReleaseExports implements export.Store.
func (m *Memory) ReleaseExports(_ context.Context, node string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, j := range m.jobs {
		if j.Node == node {
			delete(m.leases, j.ID)
		}
	}
	return nil
}
