// Package viewtest is the conformance suite that every view.Store must pass, with a store in memory.
package viewtest

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry/view"
)

// Store runs the suite. s is empty.
func Store(t *testing.T, s view.Store) {
	at := time.Date(2026, 11, 30, 1, 2, 3, 456_000, time.UTC)
	mine := view.View{ID: "v1", Workspace: "w", Member: "m1", Name: "errors", Page: "logs", Query: "status=5xx&model=o'hara", CreatedAt: at, UpdatedAt: at}
	shared := view.View{ID: "v2", Workspace: "w", Member: "m2", Name: "Errors", Page: "analytics", Shared: true, CreatedAt: at, UpdatedAt: at}
	private := view.View{ID: "v3", Workspace: "w", Member: "m2", Name: "errors", Page: "logs", CreatedAt: at, UpdatedAt: at}
	elsewhere := view.View{ID: "v4", Workspace: "x", Member: "m1", Name: "errors", Page: "logs", Shared: true, CreatedAt: at, UpdatedAt: at}
	for _, v := range []view.View{mine, shared, private, elsewhere} {
		if err := s.PutView(t.Context(), v); err != nil {
			t.Fatal(err)
		}
	}
	wants := func(member string, want ...view.View) {
		t.Helper()
		got, err := s.Views(t.Context(), "w", member)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s sees %+v, %v", member, got, err)
		}
	}
	wants("m1", shared, mine)
	wants("m2", shared, private)
	wants("m3", shared)
	if err := s.PutView(t.Context(), view.View{ID: "v5", Workspace: "w", Member: "m1", Name: "errors", Page: "logs"}); gateway.AsError(err).Kind != gateway.Conflict {
		t.Errorf("a second view of one name: %v", err)
	}
	mine.Query, mine.Shared, mine.UpdatedAt = "", true, at.Add(time.Hour)
	if err := s.PutView(t.Context(), mine); err != nil {
		t.Fatal(err)
	}
	wants("m3", shared, mine)
	if err := s.DeleteView(t.Context(), "v1"); err != nil {
		t.Fatal(err)
	}
	wants("m1", shared)
	if err := s.DeleteView(t.Context(), "v1"); gateway.AsError(err).Kind != gateway.NotFound {
		t.Errorf("deleted twice: %v", err)
	}
}

// Memory is a view.Store in memory.
type Memory struct {
	mu    sync.Mutex
	views []view.View
}

// Views implements view.Store.
func (m *Memory) Views(_ context.Context, workspace, member string) (out []view.View, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, v := range m.views {
		if v.Workspace == workspace && (v.Shared || v.Member == member) {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, func(a, b view.View) int { return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.ID, b.ID)) })
	return out, nil
}

// PutView implements view.Store.
func (m *Memory) PutView(_ context.Context, v view.View) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, other := range m.views {
		switch {
		case other.ID == v.ID:
			m.views[i] = v
			return nil
		case other.Workspace == v.Workspace && other.Member == v.Member && other.Name == v.Name:
			return &gateway.Error{Op: "viewtest.PutView", Kind: gateway.Conflict, Public: "There is already such a view."}
		}
	}
	m.views = append(m.views, v)
	return nil
}

// DeleteView implements view.Store.
func (m *Memory) DeleteView(_ context.Context, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	before := len(m.views)
	if m.views = slices.DeleteFunc(m.views, func(v view.View) bool { return v.ID == id }); len(m.views) == before {
		return &gateway.Error{Op: "viewtest.DeleteView", Kind: gateway.NotFound, Public: "There is no such view."}
	}
	return nil
}
