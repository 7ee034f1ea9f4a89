package objects

import (
	"testing"

	"github.com/sluicegate/sluice/gateway/history/historytest"
	"github.com/sluicegate/sluice/internal/store/sql/db"
	"github.com/sluicegate/sluice/internal/store/sql/db/dbtest"
)

func TestResponses(t *testing.T) {
	dbtest.OnBoth(t, func(t *testing.T, open func(testing.TB) *db.DB) { historytest.Suite(t, New(open(t))) })
}
