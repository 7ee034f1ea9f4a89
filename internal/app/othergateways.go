package app

import (
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/internal/httpapi/admin/apikey"
	"github.com/sluicegate/sluice/internal/httpapi/admin/litellm"
	"github.com/sluicegate/sluice/internal/httpapi/admin/openrouter"
	"github.com/sluicegate/sluice/internal/httpapi/admin/own"
	"github.com/sluicegate/sluice/internal/httpapi/admin/portkey"
)

// ownRules are the limits and budgets of single keys.
func (s *services) ownRules() own.Keys {
	return own.Keys{Limits: s.limits, Budgets: s.budgets, Ledger: s.bills}
}

// otherAdminRoutes are the admin APIs of other gateways, over the services of our own.
func (s *services) otherAdminRoutes(objects *action.Objects) []httpapi.Route {
	performer := action.Performer{Workspaces: s.callers, Objects: objects}
	keys := apikey.Service{Keys: s.callers, Own: s.ownRules()}
	routes := openrouter.Routes(openrouter.Settings{Performer: performer, Keys: keys, Finder: s.callers, Usage: s.records.reader, Wallets: s.budgets, Ledger: s.bills})
	routes = append(routes, portkey.Routes(portkey.Settings{Performer: performer, Workspaces: s.callers, People: s.callers})...)
	return append(routes, litellm.Routes(litellm.Settings{Performer: performer, Keys: keys, Finder: s.callers, People: s.callers, Teams: s.callers, Models: modelSource{s.routing, s.prices, s.callers}, Usage: s.records.reader})...)
}
