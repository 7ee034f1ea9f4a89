package action

import (
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/telemetry/recorder"
)

// What app.go hands over fits.
var (
	_ AuditSink  = (*recorder.Recorder)(nil)
	_ Workspaces = (*identity.Service)(nil)
)
