package savedview_test

import (
	"fmt"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/internal/httpapi/admin/admintest"
	"github.com/sluicegate/sluice/internal/httpapi/admin/savedview"
	"github.com/sluicegate/sluice/telemetry/view"
	"github.com/sluicegate/sluice/telemetry/view/viewtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestCalls(t *testing.T) {
	admintest.Run(t, "testdata/*.txtar", func(o *admintest.Office) []httpapi.Route {
		n := 0
		newID := func(time.Time) string { n++; return fmt.Sprint("view", n) }
		var routes []httpapi.Route
		for _, a := range savedview.Actions(view.New(&viewtest.Memory{}, newID, func() time.Time { return admintest.Now })) {
			routes = append(routes, action.Performer{Workspaces: o.Identity}.Route(a))
		}
		return routes
	})
}
