// Package pricingtest holds the conformance suite of pricing.Store, and a store in memory.
package pricingtest

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/pricing"
)

// Store runs the suite. open returns an empty store with a workspace "w".
func Store(t *testing.T, open func(t *testing.T) pricing.Store) {
	t.Run("rules", func(t *testing.T) { rules(t, open(t)) })
	t.Run("settings", func(t *testing.T) { settings(t, open(t)) })
}

func rules(t *testing.T, s pricing.Store) {
	ctx, at := t.Context(), time.Unix(1_800_000_000, 123).UTC()
	factor, read := gateway.PriceFactor(1_200_000), int64(7)
	whole := pricing.Rule{ID: "a", Name: "resale", Workspace: "w", Team: "t", VirtualKey: "vk", Provider: "openai", Model: "gpt-5*", Factor: &factor, CreatedAt: at, UpdatedAt: at.Add(time.Second)}
	all := pricing.Rule{ID: "b", Name: "resale", Price: &gateway.Price{Input: 5, Output: 6, CacheRead: &read}, CreatedAt: at, UpdatedAt: at}
	check := func(want ...pricing.Rule) {
		t.Helper()
		got, err := s.PriceRules(ctx)
		if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" || err != nil {
			t.Error(err, d)
		}
	}
	put := func(r pricing.Rule) {
		t.Helper()
		if err := s.PutPriceRule(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	refused := func(what string, err error, kind gateway.Kind) {
		t.Helper()
		if err == nil || gateway.AsError(err).Kind != kind {
			t.Errorf("%s: %v, want %v", what, err, kind)
		}
	}
	check()
	put(all)
	put(whole)
	check(whole, all)
	twin := whole
	twin.ID, twin.Name = "c", "twin"
	refused("the same selectors", s.PutPriceRule(ctx, twin), gateway.Conflict)
	twin.Name, twin.Model = whole.Name, "o3"
	refused("the same name", s.PutPriceRule(ctx, twin), gateway.Conflict)
	check(whole, all)
	whole.Factor, whole.Price, whole.Model = nil, all.Price, ""
	put(whole)
	check(whole, all)
	refused("no such rule", s.DeletePriceRule(ctx, "unknown"), gateway.NotFound)
	if err := s.DeletePriceRule(ctx, "a"); err != nil {
		t.Fatal(err)
	}
	check(all)
}

func settings(t *testing.T, s pricing.Store) {
	ctx := t.Context()
	for _, to := range []*gateway.UnpricedModels{{Deny: true}, {Ceiling: &gateway.Price{Input: 1, Output: 2}}, {}, nil} {
		if err := s.SetUnpricedModels(ctx, "w", to); err != nil {
			t.Fatal(err)
		}
		want := map[string]gateway.UnpricedModels{}
		if to != nil {
			want["w"] = *to
		}
		got, err := s.UnpricedModels(ctx)
		if d := cmp.Diff(want, got); d != "" || err != nil {
			t.Error(err, d)
		}
	}
	if err := s.SetUnpricedModels(ctx, "no such workspace", &gateway.UnpricedModels{Deny: true}); err == nil {
		t.Error("a setting of a workspace that does not exist is kept")
	}
}

// Memory is a store in memory, for tests. The zero value is empty and has the workspace "w".
type Memory struct {
	rules    []pricing.Rule
	settings map[string]gateway.UnpricedModels
	Fail     error // of each write
}

// PriceRules implements pricing.Store.
func (m *Memory) PriceRules(context.Context) ([]pricing.Rule, error) {
	return append([]pricing.Rule(nil), m.rules...), nil
}

// PutPriceRule implements pricing.Store.
func (m *Memory) PutPriceRule(_ context.Context, r pricing.Rule) error {
	type selectors struct{ workspace, team, virtualKey, provider, model string }
	of := func(r pricing.Rule) selectors {
		return selectors{r.Workspace, r.Team, r.VirtualKey, r.Provider, r.Model}
	}
	if m.Fail != nil {
		return m.Fail
	}
	at := len(m.rules)
	for i, o := range m.rules {
		switch {
		case o.ID == r.ID:
			at = i
		case of(o) == of(r), o.Workspace == r.Workspace && o.Name == r.Name:
			return &gateway.Error{Op: "pricingtest.PutPriceRule", Kind: gateway.Conflict, Public: "There is already such a price rule."}
		}
	}
	if at == len(m.rules) {
		for at > 0 && m.rules[at-1].ID > r.ID {
			at--
		}
		m.rules = append(m.rules[:at], append([]pricing.Rule{r}, m.rules[at:]...)...)
		return nil
	}
	m.rules[at] = r
	return nil
}

// DeletePriceRule implements pricing.Store.
func (m *Memory) DeletePriceRule(_ context.Context, id string) error {
	if m.Fail != nil {
		return m.Fail
	}
	for i, r := range m.rules {
		if r.ID == id {
			m.rules = append(m.rules[:i], m.rules[i+1:]...)
			return nil
		}
	}
	return &gateway.Error{Op: "pricingtest.DeletePriceRule", Kind: gateway.NotFound, Public: "There is no such price rule."}
}

// UnpricedModels implements pricing.Store.
func (m *Memory) UnpricedModels(context.Context) (map[string]gateway.UnpricedModels, error) {
	out := map[string]gateway.UnpricedModels{}
	for w, u := range m.settings {
		out[w] = u
	}
	return out, nil
}

// SetUnpricedModels implements pricing.Store.
func (m *Memory) SetUnpricedModels(_ context.Context, workspace string, to *gateway.UnpricedModels) error {
	switch {
	case m.Fail != nil:
		return m.Fail
	case workspace != "w":
		return &gateway.Error{Op: "pricingtest.SetUnpricedModels", Kind: gateway.NotFound, Public: "There is no such workspace."}
	case to == nil:
		delete(m.settings, workspace)
		return nil
	case m.settings == nil:
		m.settings = map[string]gateway.UnpricedModels{}
	}
	m.settings[workspace] = *to
	return nil
}
