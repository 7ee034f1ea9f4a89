package httpapi

import (
	"github.com/sluicegate/sluice/gateway/keys"
	"github.com/sluicegate/sluice/prompts"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/recorder"
)

// What app.go will hand over fits.
var (
	_ Identity    = (*keys.Service)(nil)
	_ Workspaces  = (*keys.Service)(nil)
	_ APIKeys     = (*keys.Service)(nil)
	_ VirtualKeys = (*keys.Service)(nil)
	_ Prompts     = (*prompts.Service)(nil)
	_ AuditSink   = (*recorder.Recorder)(nil)
	_ Logs        = telemetry.Store(nil)
	_ AuditLogs   = telemetry.Store(nil)
)
