package admin

import (
	"github.com/sluicegate/sluice/gateway/billing"
	"github.com/sluicegate/sluice/gateway/billing/alert"
	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/gateway/billing/pricing"
	"github.com/sluicegate/sluice/gateway/credential"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/limit"
	"github.com/sluicegate/sluice/internal/httpapi/admin/alerttarget"
	"github.com/sluicegate/sluice/internal/httpapi/admin/apikey"
	"github.com/sluicegate/sluice/internal/httpapi/admin/own"
	"github.com/sluicegate/sluice/internal/httpapi/admin/price"
	"github.com/sluicegate/sluice/prompts"
	"github.com/sluicegate/sluice/telemetry"
)

// What app.go will hand over fits.
var (
	_ Workspaces          = (*identity.Service)(nil)
	_ apikey.Keys         = (*identity.Service)(nil)
	_ own.Limits          = (*limit.Service)(nil)
	_ own.Budgets         = (*budget.Limits)(nil)
	_ own.Ledger          = (*billing.Service)(nil)
	_ alerttarget.Targets = (*alert.Service)(nil)
	_ price.Rules         = (*pricing.Service)(nil)
	_ Members             = (*identity.Service)(nil)
	_ Teams               = (*identity.Service)(nil)
	_ VirtualKeys         = (*credential.Service)(nil)
	_ Prompts             = (*prompts.Service)(nil)
	_ Logs                = telemetry.Store(nil)
	_ Usage               = telemetry.Store(nil)
	_ AuditLogs           = telemetry.Store(nil)
)
