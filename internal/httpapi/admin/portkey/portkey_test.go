package portkey_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/admin"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/internal/httpapi/admin/admintest"
	"github.com/sluicegate/sluice/internal/httpapi/admin/portkey"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestCalls runs Portkey's paths together with those that are Sluice's own, too.
func TestCalls(t *testing.T) {
	admintest.Run(t, "testdata/*.txtar", func(o *admintest.Office) []httpapi.Route {
		routes := admin.Routes(admin.Settings{Workspaces: o.Identity, APIKeys: o.Identity, Own: o.Own(), Members: o.Identity})
		return append(routes, portkey.Routes(portkey.Settings{Performer: action.Performer{Workspaces: o.Identity}, Workspaces: o.Identity, People: o.Identity})...)
	})
}
