package app

import (
	"bytes"
	"context"
	"net/url"
	"slices"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/catalog"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/cohere"
	"github.com/sluicegate/sluice/gateway/dialect/gemini"
	"github.com/sluicegate/sluice/gateway/dialect/ollama"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/provider/account"
	"github.com/sluicegate/sluice/gateway/provider/address"
	"github.com/sluicegate/sluice/gateway/provider/mock"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
	"github.com/sluicegate/sluice/gateway/route"
	"github.com/sluicegate/sluice/gateway/route/document"
	"github.com/sluicegate/sluice/guardrails"
	"github.com/sluicegate/sluice/guardrails/pii"
	"github.com/sluicegate/sluice/internal/config"
	"github.com/sluicegate/sluice/internal/httpapi/models"
)

// vendorID returns the canonical id of a provider.
func vendorID(id string) (string, bool) {
	v, ok := vendor.Lookup(id)
	return v.ID, ok
}

// surfaceVendors are the vendors whose formats callers speak, by the name of the format.
var surfaceVendors = map[string]string{
	openai.Dialect{}.Name(): "openai", responses.Dialect{}.Name(): "openai", anthropic.Dialect{}.Name(): "anthropic", gemini.Dialect{}.Name(): "google",
	cohere.Dialect{}.Name(): "cohere", ollama.Dialect{}.Name(): "ollama",
}

// routeConfig returns the rules for configs, for the server as well as for `sluice check`.
func routeConfig(trusted []string) route.Config {
	return route.Config{
		Rules: document.Rules{
			Vendor:         vendorID,
			CheckAddress:   func(raw string) error { return address.Check(raw, trusted) },
			CheckGuardrail: guardrails.New(guardrails.Config{}).Check,
			Entities:       pii.Entities(),
		},
		Keyless: func(id string) bool { v, _ := vendor.Lookup(id); return v.Keyless },
		LocalAddress: func(id string) string {
			if v, ok := vendor.Lookup(id); ok && v.Local() {
				return v.BaseURL
			}
			return ""
		},
		TakesField: func(id, field string) bool {
			v, _ := vendor.Lookup(id)
			return slices.Contains(v.GatewayFields, field)
		},
		SurfaceVendor: func(dialect string) string { return surfaceVendors[dialect] },
		TrustedAddress: func(raw string) bool {
			u, err := url.Parse(raw)
			return err == nil && (slices.Contains(trusted, u.Hostname()) || slices.Contains(trusted, u.Host))
		},
	}
}

// Checks returns the rules that the reader of the server's file asks for.
func Checks() config.Checks {
	return config.Checks{Vendor: func(id string) bool { _, ok := vendor.Lookup(id); return ok }, Config: validateConfig, Settings: vendor.CheckSettings, Missing: account.Missing}
}

// validateConfig returns every problem of a config document. Lines count from 1.
func validateConfig(raw []byte) []config.Problem {
	var out []config.Problem
	rules := routeConfig(nil).Rules
	_, problems := rules.Parse(raw, true)
	for _, p := range problems {
		before := raw[:min(max(p.Offset, 0), len(raw))]
		line := bytes.Count(before, []byte("\n")) + 1
		out = append(out, config.Problem{Path: p.Path, Message: p.Message, Line: line, Column: len(before) - bytes.LastIndexByte(before, '\n')})
	}
	return out
}

// mockPrices gives the mock provider prices, so that a first trace shows a cost.
func mockPrices() []catalog.Row {
	var rows []catalog.Row
	for _, m := range mock.Models() {
		rows = append(rows, catalog.Row{Provider: "mock", Model: m.ID, From: "2026-01-01", Input: m.Price.Input, Output: m.Price.Output, Units: m.Price.Units})
	}
	return rows
}

// modelSource lists the models that routing can reach, with what the catalogue knows of them.
type modelSource struct {
	router     *route.Service
	prices     *catalog.Catalog
	workspaces *identity.Service
}

// mayList reports whether a caller's API key allows a model. Which virtual keys a group of the file
// uses is known when it is called.
func mayList(by *gateway.Principal, m route.Model) bool {
	if by == nil {
		return true
	}
	group := m.VirtualKey == "" && m.Provider != "mock"
	if !group && by.VirtualKeys != nil && !slices.Contains(by.VirtualKeys, m.VirtualKey) {
		return false
	}
	return by.Models.Allow(&gateway.Target{Provider: m.Provider, VirtualKey: m.VirtualKey}, m.Upstream)
}

// Models implements models.Source. A caller without a key sees those of the first workspace.
func (m modelSource) Models(ctx context.Context, by *gateway.Principal) ([]models.Model, error) {
	workspace, err := "", error(nil)
	if by != nil {
		workspace = by.Workspace
	} else if workspace, err = m.workspaces.WorkspaceNamed(ctx, "default"); err != nil {
		return nil, err
	}
	list, err := m.router.Models(ctx, workspace)
	if err != nil {
		return nil, err
	}
	out := make([]models.Model, 0, len(list))
	for _, l := range list {
		if !mayList(by, l) {
			continue
		}
		row := models.Model{ID: l.ID, Provider: l.Provider}
		if p, ok := m.prices.Price(l.Provider, l.Upstream, time.Now()); ok {
			row.Price = &p
		}
		row.Output, _ = m.prices.MaxOutput(l.Provider, l.Upstream)
		if known, ok := m.prices.Find(l.Provider, l.Upstream); ok {
			row.Context, row.Capabilities = known.Context, known.Capabilities
		}
		out = append(out, row)
	}
	return out, nil
}
