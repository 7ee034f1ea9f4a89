package routetest

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route"
)

// Memory is a route.Store in memory. It counts its reads. After Fail, every call returns an
// error.
type Memory struct {
	mu    sync.Mutex
	saved map[[2]string][]route.Saved // by workspace and slug, deleted ones too
	reads int
	fail  error
}

var _ route.Store = (*Memory)(nil)

// NewMemory returns an empty store.
func NewMemory() *Memory { return &Memory{saved: map[[2]string][]route.Saved{}} }

// Reads returns how often Config was called.
func (m *Memory) Reads() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.reads
}

// Fail makes every call return err; nil ends this.
func (m *Memory) Fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fail = err
}

// Config returns the newest version.
func (m *Memory) Config(_ context.Context, workspace, slug string) (route.Saved, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.reads++
	if m.fail != nil {
		return route.Saved{}, m.fail
	}
	vs := m.saved[[2]string{workspace, slug}]
	if len(vs) == 0 || !vs[0].DeletedAt.IsZero() {
		return route.Saved{}, absent(slug)
	}
	return copied(vs[len(vs)-1]), nil
}

// ConfigVersion returns one version.
func (m *Memory) ConfigVersion(_ context.Context, workspace, slug string, version int) (route.Saved, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return route.Saved{}, m.fail
	}
	for _, s := range m.saved[[2]string{workspace, slug}] {
		if s.Version == version && s.DeletedAt.IsZero() {
			return copied(s), nil
		}
	}
	return route.Saved{}, absent(slug)
}

// ConfigVersions lists the versions.
func (m *Memory) ConfigVersions(_ context.Context, workspace, slug string) ([]route.Saved, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return nil, m.fail
	}
	vs := slices.Clone(m.saved[[2]string{workspace, slug}])
	if len(vs) == 0 {
		return nil, absent(slug)
	}
	slices.Reverse(vs)
	return vs, nil
}

// Configs lists the newest versions.
func (m *Memory) Configs(_ context.Context, workspace string) ([]route.Saved, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return nil, m.fail
	}
	var out []route.Saved
	for key, vs := range m.saved {
		if key[0] == workspace && vs[0].DeletedAt.IsZero() {
			out = append(out, copied(vs[len(vs)-1]))
		}
	}
	slices.SortFunc(out, func(a, b route.Saved) int { return strings.Compare(a.Slug, b.Slug) })
	return out, nil
}

// PutConfig stores the next version.
func (m *Memory) PutConfig(_ context.Context, s route.Saved) (route.Saved, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return route.Saved{}, m.fail
	}
	key := [2]string{s.Workspace, s.Slug}
	vs := m.saved[key]
	s = copied(s)
	s.UpdatedAt = time.Now().UTC()
	s.Version, s.CreatedAt = 1, s.UpdatedAt
	if n := len(vs); n > 0 {
		s.Version, s.CreatedAt = vs[n-1].Version+1, vs[n-1].CreatedAt
		switch {
		case !vs[0].DeletedAt.IsZero():
			s.CreatedAt = s.UpdatedAt
			for i := range vs {
				vs[i].DeletedAt = time.Time{}
			}
		case bytes.Equal(vs[n-1].Config, s.Config):
			s.Version, s.By, s.Note = vs[n-1].Version, vs[n-1].By, vs[n-1].Note
			vs = vs[:n-1]
		}
	}
	m.saved[key] = append(vs, s)
	return copied(s), nil
}

// DeleteConfig hides all versions.
func (m *Memory) DeleteConfig(_ context.Context, workspace, slug string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return m.fail
	}
	key := [2]string{workspace, slug}
	vs := m.saved[key]
	if len(vs) == 0 || !vs[0].DeletedAt.IsZero() {
		return absent(slug)
	}
	for i := range vs {
		vs[i].DeletedAt = time.Now().UTC()
	}
	return nil
}

func copied(s route.Saved) route.Saved {
	s.Config = bytes.Clone(s.Config)
	return s
}

func absent(slug string) error {
	return &gateway.Error{Op: "routetest.Memory", Kind: gateway.NotFound, Param: "slug", Public: "There is no config '" + slug + "'."}
}
