package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/pricing"
	"github.com/sluicegate/sluice/gateway/catalog"
	"github.com/sluicegate/sluice/gateway/credential"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
	"github.com/sluicegate/sluice/internal/config"
	sqlstore "github.com/sluicegate/sluice/internal/store/sql"
)

// openPricing opens the price rules, and applies those of the server's file.
func (s *services) openPricing(ctx context.Context, cfg config.Config) error {
	s.pricing = pricing.New(pricing.Config{Store: s.control, Directory: priceDirectory{s.control, s.keyring, s.prices}, NewID: newID, Unpriced: cfg.Pricing.Unpriced})
	if err := s.pricing.Load(ctx); err != nil {
		return err
	}
	rules := make([]pricing.Rule, len(cfg.PriceRules))
	for i, r := range cfg.PriceRules {
		rules[i] = r.Rule
		if r.Workspace == "" {
			continue
		}
		id, _, ok := s.callers.FindWorkspace(r.Workspace)
		if !ok {
			field := fmt.Sprintf("price_rules[%d].workspace", i)
			return gateway.InvalidField("app.openPricing", field, "The field '"+field+"' names no workspace: '"+r.Workspace+"'.")
		}
		rules[i].Workspace = id
	}
	unpriced := map[string]gateway.UnpricedModels{}
	for name, u := range cfg.Pricing.Workspaces {
		id, err := s.callers.WorkspaceNamed(ctx, name)
		if err != nil {
			return err
		}
		unpriced[id] = u
	}
	return s.pricing.Declare(ctx, rules, unpriced)
}

// newID makes an id that sorts by time.
func newID(at time.Time) string {
	return ulid.MustNew(ulid.Timestamp(at), ulid.DefaultEntropy()).String()
}

// priceDirectory implements pricing.Directory.
type priceDirectory struct {
	control *sqlstore.Store
	keyring *credential.Service
	prices  *catalog.Catalog
}

func (d priceDirectory) Team(ctx context.Context, workspace, ref string) (string, error) {
	teams, err := d.control.Teams(ctx)
	for _, t := range teams {
		if t.Workspace == workspace && (t.ID == ref || t.Name == ref) {
			return t.ID, nil
		}
	}
	return "", err
}

func (d priceDirectory) VirtualKeys(ctx context.Context, workspace string) ([]gateway.VirtualKey, error) {
	if workspace != "" {
		return d.keyring.VirtualKeys(ctx, workspace)
	}
	spaces, err := d.control.Workspaces(ctx)
	if err != nil {
		return nil, err
	}
	var out []gateway.VirtualKey
	for _, w := range spaces {
		keys, err := d.keyring.VirtualKeys(ctx, w.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, keys...)
	}
	return out, nil
}

func (d priceDirectory) Provider(id string) (string, bool) { return vendorID(id) }

func (d priceDirectory) Priced(id, model string) bool {
	beginning, pattern := strings.CutSuffix(model, "*")
	for _, v := range vendor.All() {
		if id != "" && id != v.ID {
			continue
		}
		if _, ok := d.prices.Price(v.ID, model, time.Now()); ok {
			return true
		}
		if pattern && slices.ContainsFunc(d.prices.Models(v.ID), func(m string) bool { return strings.HasPrefix(m, beginning) }) {
			return true
		}
	}
	return false
}
