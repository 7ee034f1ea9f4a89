package vendorapi

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/vendorobject"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/inference/output"
)

// Surface has the handlers of calls that are passed on.
type Surface struct {
	Output output.Server
	// Objects tells which workspace owns what vendors keep; nil = nobody owns anything.
	Objects vendorobject.Store
	// AllowUnknown lets calls use objects that no call through Sluice has made, and paths of vendors'
	// own APIs that Sluice does not know. What other workspaces have made is refused all the same.
	AllowUnknown bool
	// Keys lists the virtual keys of a workspace.
	Keys func(ctx context.Context, workspace string) ([]gateway.VirtualKey, error)
	// Known is the handler of a call that another surface answers; nil: it is passed on. path is what
	// follows the vendor's prefix.
	Known func(method, vendor, path string) httpapi.Handler
}
