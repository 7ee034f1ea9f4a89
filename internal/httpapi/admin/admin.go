package admin

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/internal/httpapi/admin/alerttarget"
	"github.com/sluicegate/sluice/internal/httpapi/admin/analytics"
	"github.com/sluicegate/sluice/internal/httpapi/admin/apikey"
	"github.com/sluicegate/sluice/internal/httpapi/admin/calllog"
	"github.com/sluicegate/sluice/internal/httpapi/admin/own"
	"github.com/sluicegate/sluice/internal/httpapi/admin/price"
	"github.com/sluicegate/sluice/internal/httpapi/admin/savedview"
	"github.com/sluicegate/sluice/telemetry/audit"
	"github.com/sluicegate/sluice/telemetry/feedback"
)

// Settings is what the resources are made of. A resource whose part is nil does not exist
// (404).
type Settings struct {
	Workspaces  Workspaces
	APIKeys     apikey.Keys
	Own         own.Keys // limits and budgets of single keys
	Members     Members
	Teams       Teams
	VirtualKeys VirtualKeys
	Configs     Configs
	Prompts     Prompts
	RateLimits  RateLimits
	Prices      price.Rules
	Budgets     Budgets
	Wallets     Wallets
	MasterKey   MasterKey
	Ledger      Ledger // needs APIKeys, Budgets and Wallets
	Alerts      alerttarget.Targets
	Logs        Logs
	LogTexts    analytics.Texts // nil = texts are not searched
	Usage       Usage
	Analytics   analytics.Store
	Views       savedview.Views
	CallLog     *calllog.Settings // nil = sessions, feedback and the like do not exist
	AuditLogs   AuditLogs

	// More are the actions of packages below this one that need nothing of the others.
	More []action.Action

	EndSessions func(ctx context.Context, member string) error // nil = there are none
	VerifyAudit func(ctx context.Context) ([]audit.Verdict, error)
	Objects     *action.Objects // shows what an action changed; nil = audit events have neither before nor after
}

// resources has the operations.
type resources struct{ Settings }

// operation is one line of the table of routes.
type operation struct {
	method, path string
	action       string // as the audit log names it: "api_key.create"
	need         gateway.Permission
	do           func(context.Context, *request) error
}

type (
	request = action.Request
	form    = action.Form
	usd     = action.USD
	page    = action.List
	deleted = action.Deleted
)

// Routes are the routes of all resources.
func Routes(settings Settings) []httpapi.Route {
	a := &resources{settings}
	performer := action.Performer{Workspaces: settings.Workspaces, Objects: settings.Objects}
	var out []httpapi.Route
	for _, resource := range []struct {
		exists     bool
		operations func() []operation
	}{
		{a.Workspaces != nil, a.workspaceRoutes}, {a.APIKeys != nil, a.apiKeyRoutes}, {a.Members != nil, a.memberRoutes}, {a.Teams != nil, a.teamRoutes}, {a.VirtualKeys != nil, a.virtualKeyRoutes}, {a.Configs != nil, a.configRoutes},
		{a.RateLimits != nil, a.rateLimitRoutes}, {a.Budgets != nil, a.budgetRoutes}, {a.Wallets != nil, a.walletRoutes}, {a.Ledger != nil, a.ledgerRoutes}, {a.Prompts != nil, a.promptRoutes}, {a.Logs != nil, a.logRoutes}, {a.Usage != nil, a.usageRoutes}, {a.AuditLogs != nil, a.auditRoutes}, {a.MasterKey != nil, a.masterKeyRoutes},
	} {
		if !resource.exists {
			continue
		}
		for _, o := range resource.operations() {
			one := action.Action{Method: o.method, Path: o.path, Name: o.action, Need: o.need, About: descriptions[o.action], Do: o.do}
			settings.Objects.Add(one)
			out = append(out, performer.Route(one))
		}
	}
	more := a.More
	if a.Prices != nil {
		more = append(more, price.Actions(a.Prices)...)
	}
	if a.Analytics != nil {
		var judgements *feedback.Service
		if a.CallLog != nil {
			judgements = a.CallLog.Feedback
		}
		more = append(more, analytics.Actions(a.Analytics, judgements, a.LogTexts)...)
	}
	if a.CallLog != nil {
		more = append(more, calllog.Actions(*a.CallLog)...)
	}
	if a.Views != nil {
		more = append(more, savedview.Actions(a.Views)...)
	}
	if a.Alerts != nil {
		more = append(more, alerttarget.Actions(a.Alerts)...)
	}
	for _, o := range more {
		settings.Objects.Add(o)
		out = append(out, performer.Route(o))
	}
	return out
}
