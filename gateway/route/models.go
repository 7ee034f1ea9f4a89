package route

import (
	"context"
	"slices"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route/document"
)

// Model is one model that a caller can name.
type Model struct {
	ID         string // "@virtual-key/model", "mock/echo"
	Provider   string
	VirtualKey string // "" for mock and for a group
	Upstream   string // as its provider names it
}

// Models lists the models that a workspace can call: its groups, if it has any; else the models
// of each virtual key, or those that its vendor has prices for, and those of the built-in mock.
func (s *Service) Models(ctx context.Context, workspace string) ([]Model, error) {
	if groups := s.groupsOf(workspace); len(groups) > 0 {
		return s.groupModels(groups), nil
	}
	var out []Model
	keys, err := s.cfg.Keys.VirtualKeys(ctx, workspace)
	if err != nil {
		return nil, err
	}
	for i := range keys {
		vk := &keys[i]
		models := vk.Models
		if len(models) == 0 {
			models = s.pricedModels(vk)
		}
		for _, m := range models {
			out = append(out, Model{ID: "@" + vk.Name + "/" + m, Provider: vk.Provider, VirtualKey: vk.Name, Upstream: m})
		}
	}
	names := []string{"echo"}
	if s.cfg.PricedModels != nil {
		if priced := s.cfg.PricedModels(document.Mock); len(priced) > 0 {
			names = priced
		}
	}
	for _, m := range names {
		out = append(out, Model{ID: document.Mock + "/" + m, Provider: document.Mock, Upstream: m})
	}
	return out, nil
}

// pricedModels lists the models that have a price: first the virtual key's own prices, then
// the vendor's.
func (s *Service) pricedModels(vk *gateway.VirtualKey) []string {
	var out []string
	for m := range vk.Prices {
		if m != "*" {
			out = append(out, m)
		}
	}
	slices.Sort(out)
	if s.cfg.PricedModels == nil {
		return out
	}
	for _, m := range s.cfg.PricedModels(vk.Provider) {
		if !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	return out
}

// groupModels lists the groups by name. A name with one star stands for the vendor's models
// that have prices.
func (s *Service) groupModels(groups []Group) []Model {
	var out []Model
	for _, g := range groups {
		switch {
		case g.Hidden:
		case !strings.Contains(g.Name, "*"):
			out = append(out, Model{ID: g.Name, Provider: g.Provider, Upstream: orName(g.Model, g.Name)})
		case s.cfg.PricedModels != nil && g.Provider != "" && strings.Count(g.Name, "*") == 1:
			for _, m := range s.cfg.PricedModels(g.Provider) {
				out = append(out, Model{ID: fill(g.Name, []string{m}), Provider: g.Provider, Upstream: m})
			}
		}
	}
	return out
}
