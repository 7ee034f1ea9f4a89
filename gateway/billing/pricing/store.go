package pricing

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
)

// Store keeps price rules, and the settings of workspaces for models without a price. The
// conformance suite is pricingtest.Store.
type Store interface {
	PriceRules(ctx context.Context) ([]Rule, error)
	// PutPriceRule is gateway.Conflict if another rule has the same selectors.
	PutPriceRule(ctx context.Context, r Rule) error
	DeletePriceRule(ctx context.Context, id string) error
	// UnpricedModels are by workspace.
	UnpricedModels(ctx context.Context) (map[string]gateway.UnpricedModels, error)
	// SetUnpricedModels sets that of a workspace; nil takes it away.
	SetUnpricedModels(ctx context.Context, workspace string, to *gateway.UnpricedModels) error
}

// Directory knows what rules can name.
type Directory interface {
	// Team finds a team of a workspace by id or name; id is "" if there is none.
	Team(ctx context.Context, workspace, ref string) (id string, err error)
	// VirtualKeys lists those of a workspace, of all for "".
	VirtualKeys(ctx context.Context, workspace string) ([]gateway.VirtualKey, error)
	// Provider returns the canonical id of a provider.
	Provider(id string) (canonical string, ok bool)
	// Priced reports whether a provider, any for "", has a list price of a model, or of one that
	// begins so if "*" ends it.
	Priced(provider, model string) bool
}
