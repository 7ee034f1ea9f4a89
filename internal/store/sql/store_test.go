package sqlstore

import (
	"path/filepath"
	"testing"

	"github.com/sluicegate/sluice/gateway/keys"
	"github.com/sluicegate/sluice/gateway/keys/keystest"
	"github.com/sluicegate/sluice/gateway/route"
	"github.com/sluicegate/sluice/gateway/route/routetest"
	"github.com/sluicegate/sluice/prompts"
	"github.com/sluicegate/sluice/prompts/promptstest"
)

func open(t testing.TB) *Store {
	t.Helper()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "sluice.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestRouteStore(t *testing.T) {
	routetest.Store(t, func(t *testing.T) route.Store { return open(t) })
}

func TestPromptsStore(t *testing.T) {
	promptstest.Store(t, func(t *testing.T) prompts.Store { return open(t) })
}

func TestKeysStore(t *testing.T) {
	keystest.Store(t, func(t *testing.T) keys.Store { return open(t) })
}
