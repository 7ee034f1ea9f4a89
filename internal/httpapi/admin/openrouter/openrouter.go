package openrouter

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/gateway/billing/ledger"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/internal/httpapi/admin/apikey"
	"github.com/sluicegate/sluice/telemetry"
)

// Settings is what the routes are made of. All parts are required.
type Settings struct {
	Performer action.Performer
	Keys      apikey.Service
	Finder    apikey.Finder
	Usage     Usage
	Wallets   Wallets
	Ledger    Ledger
}

// Wallets lists the wallets of a workspace. It has a method of budget.Limits.
type Wallets interface {
	Wallets(workspace string) []budget.Wallet
}

// Ledger tells what a wallet has paid. It has a method of billing.Service.
type Ledger interface {
	WalletSpending(ctx context.Context, w budget.Wallet) (ledger.Balance, error)
}

// Usage sums up what recorded exchanges used. It has a method of telemetry.Store.
type Usage interface {
	Usage(ctx context.Context, q telemetry.UsageQuery) ([]telemetry.UsageRow, error)
}

// routes has the operations.
type routes struct{ Settings }

// Routes are the routes of OpenRouter's keys and credits.
func Routes(settings Settings) []httpapi.Route {
	a := &routes{settings}
	var out []httpapi.Route
	for _, o := range []action.Action{
		{Method: "GET", Path: "/v1/key", Name: "api_key.get", Need: gateway.APIKeysRead, Do: a.currentKey},
		{Method: "GET", Path: "/v1/auth/key", Name: "api_key.get", Need: gateway.APIKeysRead, Do: a.currentKey}, // its older path
		{Method: "GET", Path: "/v1/credits", Name: "credits.get", Need: gateway.APIKeysRead, Do: a.credits},
		{Method: "GET", Path: "/v1/keys", Name: "api_key.list", Need: gateway.APIKeysList, Do: a.listKeys},
		{Method: "POST", Path: "/v1/keys", Name: "api_key.create", Need: gateway.APIKeysCreate, Do: a.createKey},
		{Method: "GET", Path: "/v1/keys/:hash", Name: "api_key.get", Need: gateway.APIKeysRead, Do: a.getKey},
		{Method: "PATCH", Path: "/v1/keys/:hash", Name: "api_key.update", Need: gateway.APIKeysUpdate, Do: a.updateKey},
		{Method: "DELETE", Path: "/v1/keys/:hash", Name: "api_key.delete", Need: gateway.APIKeysDelete, Do: a.deleteKey},
	} {
		o.About = descriptions[o.Method+" "+o.Path]
		out = append(out, settings.Performer.Route(o))
	}
	return out
}
