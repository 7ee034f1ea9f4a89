package action

import "github.com/sluicegate/sluice/gateway/identity"

// What app.go hands over fits.
var _ Workspaces = (*identity.Service)(nil)
