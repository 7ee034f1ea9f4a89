package documents

import (
	"testing"

	"github.com/sluicegate/sluice/gateway/route"
	"github.com/sluicegate/sluice/gateway/route/routetest"
	"github.com/sluicegate/sluice/internal/store/sql/db"
	"github.com/sluicegate/sluice/internal/store/sql/db/dbtest"
	"github.com/sluicegate/sluice/prompts"
	"github.com/sluicegate/sluice/prompts/promptstest"
)

func TestRouteStore(t *testing.T) {
	dbtest.OnBoth(t, func(t *testing.T, open func(testing.TB) *db.DB) {
		routetest.Store(t, func(t *testing.T) route.Store { return New(open(t)) })
	})
}

func TestPromptsStore(t *testing.T) {
	dbtest.OnBoth(t, func(t *testing.T, open func(testing.TB) *db.DB) {
		promptstest.Store(t, func(t *testing.T) prompts.Store { return New(open(t)) })
	})
}
