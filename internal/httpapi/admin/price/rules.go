// Package price administers price rules, and what becomes of models without a price.
package price

import (
	"context"
	"net/http"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/pricing"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
)

// Rules are what is administered. workspace is an id; "" as the workspace of a rule stands for all.
type Rules interface {
	Rules(workspace string) []pricing.Rule
	Rule(workspace, id string) (pricing.Rule, error)
	Put(ctx context.Context, r pricing.Rule) (pricing.Rule, error)
	Delete(ctx context.Context, id string) error
	Settings
}

// Settings are those of workspaces for models without a price.
type Settings interface {
	Setting(workspace string) (setting *gateway.UnpricedModels, fromFile bool)
	SetUnpricedModels(ctx context.Context, workspace string, to *gateway.UnpricedModels) error
}

type resource struct{ Rules }

// Actions are the operations.
func Actions(rules Rules) []action.Action {
	const path = "/v1/price-rules"
	a, of := resource{rules}, scoped(rules)
	return []action.Action{
		{Method: "GET", Path: path, Name: "price_rule.list", Need: gateway.PricesList,
			About: httpapi.Description{Summary: "Lists the price rules of the workspace and of all", Answer: action.ListLike(ruleResponse{})}, Do: of.ListAll},
		{Method: "POST", Path: path, Name: "price_rule.create", Need: gateway.PricesCreate,
			About: httpapi.Description{Summary: "Creates a price rule: a multiplier, a markup or a fixed price", Answer: ruleResponse{}, Status: http.StatusCreated}, Do: of.CreateOne},
		{Method: "GET", Path: path + "/:id", Name: "price_rule.get", Need: gateway.PricesRead,
			About: httpapi.Description{Summary: "Shows a price rule", Answer: ruleResponse{}}, Do: of.GetOne},
		{Method: "PUT", Path: path + "/:id", Name: "price_rule.update", Need: gateway.PricesUpdate,
			About: httpapi.Description{Summary: "Changes the fields of a price rule that are given", Answer: ruleResponse{}}, Do: of.UpdateOne},
		{Method: "DELETE", Path: path + "/:id", Name: "price_rule.delete", Need: gateway.PricesDelete,
			About: httpapi.Description{Summary: "Deletes a price rule", Answer: action.Deleted{}}, Do: of.DeleteOne},
		{Method: "GET", Path: "/v1/price-settings", Name: "price_settings.get", Need: gateway.PricesRead,
			About: httpapi.Description{Summary: "Shows what becomes of models without a price", Answer: settingsResponse{}}, Do: a.getSettings},
		{Method: "PUT", Path: "/v1/price-settings", Name: "price_settings.update", Need: gateway.PricesUpdate,
			About: httpapi.Description{Summary: "Sets what becomes of models without a price", Answer: settingsResponse{}}, Do: a.putSettings},
	}
}

type ruleResponse struct {
	Object     string        `json:"object"`
	ID         string        `json:"id"`
	Name       string        `json:"name"`
	Workspace  string        `json:"workspace_id"` // "*": all
	Team       string        `json:"team_id,omitempty"`
	VirtualKey string        `json:"virtual_key,omitempty"`
	Provider   string        `json:"provider,omitempty"`
	Model      string        `json:"model,omitempty"`
	Multiplier number        `json:"multiplier,omitempty"` // of a markup, too
	Price      *action.Price `json:"price,omitempty"`
	FromFile   bool          `json:"from_file"`
	CreatedAt  *time.Time    `json:"created_at"`
	UpdatedAt  *time.Time    `json:"last_updated_at"`
}

func responseOf(r pricing.Rule) ruleResponse {
	out := ruleResponse{Object: "price_rule", ID: r.ID, Name: r.Name, Workspace: r.Workspace, Team: r.Team, VirtualKey: r.VirtualKey, Provider: r.Provider, Model: r.Model,
		Multiplier: number(r.Multiplier()), Price: priceOf(r.Price), FromFile: r.Declared}
	if out.Workspace == "" {
		out.Workspace = action.EveryWorkspace
	}
	if !r.Declared {
		out.CreatedAt, out.UpdatedAt = &r.CreatedAt, &r.UpdatedAt
	}
	return out
}

// scoped are the operations on rules. A form holds {name, workspace, team, virtual_key, provider, model}
// and one of {multiplier, markup, price}.
func scoped(rules Rules) action.Scoped[pricing.Rule] {
	return action.Scoped[pricing.Rule]{Noun: "price rule", List: rules.Rules, Get: rules.Rule,
		Create: rules.Put, Update: rules.Put, Delete: rules.Delete,
		Facts: func(r *pricing.Rule) action.ScopedFacts {
			return action.ScopedFacts{ID: r.ID, Name: r.Name, Workspace: &r.Workspace, Declared: r.Declared}
		},
		Answers: func(r pricing.Rule) any { return responseOf(r) },
		Read:    read}
}

// read reads the fields that are given, as a change of a rule.
func read(f *action.Form, required bool) (edit func(*pricing.Rule)) {
	var edits []func(*pricing.Rule)
	text := func(name string, required bool, at func(*pricing.Rule) *string) {
		if required || f.Given(name) {
			value := f.Text(name, required)
			edits = append(edits, func(r *pricing.Rule) { *at(r) = value })
		}
	}
	text("name", required, func(r *pricing.Rule) *string { return &r.Name })
	text("team", false, func(r *pricing.Rule) *string { return &r.Team })
	text("virtual_key", false, func(r *pricing.Rule) *string { return &r.VirtualKey })
	text("provider", false, func(r *pricing.Rule) *string { return &r.Provider })
	text("model", false, func(r *pricing.Rule) *string { return &r.Model })
	var effect pricing.Rule
	if readEffect(f, &effect, required) {
		edits = append(edits, func(r *pricing.Rule) { r.Factor, r.Price = effect.Factor, effect.Price })
	}
	return func(r *pricing.Rule) {
		for _, e := range edits {
			e(r)
		}
	}
}

// readEffect reads the one of multiplier, markup and price that is given; it is false if none is.
func readEffect(f *action.Form, rule *pricing.Rule, required bool) bool {
	given := 0
	factor := func(name string, read func(field, text string) (gateway.PriceFactor, error)) {
		v, ok := f.Take(name, false, 0.0)
		if !ok {
			return
		}
		given++
		text := v.String()
		if v.Type == gjson.Number {
			text = v.Raw
		}
		x, err := read(name, text)
		if err != nil {
			f.Refuse(name, err)
		}
		rule.Factor, rule.Price = &x, nil
	}
	factor("multiplier", pricing.ReadMultiplier)
	factor("markup", pricing.ReadMarkup)
	if v, ok := f.Take("price", false, action.Price{}); ok {
		given++
		rule.Factor, rule.Price = nil, action.ReadPrice(f, "price", v)
	}
	if given > 1 || given == 0 && required {
		f.Wrong("multiplier", "or 'markup' or 'price' must be given, exactly one of them")
	}
	return given > 0
}
