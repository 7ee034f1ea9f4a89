package observability

import (
	"testing"

	"github.com/sluicegate/sluice/internal/store/sql/db"
	"github.com/sluicegate/sluice/internal/store/sql/db/dbtest"
	"github.com/sluicegate/sluice/telemetry/export/exporttest"
	"github.com/sluicegate/sluice/telemetry/view/viewtest"
)

func TestViewStore(t *testing.T) {
	dbtest.OnBoth(t, func(t *testing.T, open func(testing.TB) *db.DB) { viewtest.Store(t, New(open(t))) })
}

func TestExportStore(t *testing.T) {
	dbtest.OnBoth(t, func(t *testing.T, open func(testing.TB) *db.DB) { exporttest.Store(t, New(open(t))) })
}
