package config

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/pricing"
	"github.com/sluicegate/sluice/internal/config/yamltree"
)

// PriceRule is one entry of "price_rules".
type PriceRule struct {
	Workspace string // name; "" = all
	Rule      pricing.Rule
}

// Pricing holds how prices count.
type Pricing struct {
	Unpriced   gateway.UnpricedModels            // of all workspaces
	Workspaces map[string]gateway.UnpricedModels // of those that have their own, by name
	CountCost  bool                              // budgets count what vendors bill
}

func (r *reader) pricing(n *yamltree.Node, to *Pricing) {
	r.object(n, []field{
		{"unpriced_models", func(n *yamltree.Node) {
			var u *gateway.UnpricedModels
			if r.unpricedModels(n, &u); u != nil {
				to.Unpriced = *u
			}
		}},
		{"budgets_count", func(n *yamltree.Node) {
			var what string
			r.choice(n, &what, "price", "cost")
			to.CountCost = what == "cost"
		}},
	})
}

// unpricedModels reads "allow", "deny" or a price.
func (r *reader) unpricedModels(n *yamltree.Node, to **gateway.UnpricedModels) {
	u := &gateway.UnpricedModels{}
	switch {
	case n.Kind == yamltree.Map:
		u.Ceiling = &gateway.Price{}
		r.onePrice(n, u.Ceiling)
	case n.Kind == yamltree.String && (n.Text == "allow" || n.Text == "deny"):
		u.Deny = n.Text == "deny"
	default:
		r.wrong(n, "allow, deny or a ceiling such as {input: 10, output: 30}")
		return
	}
	*to = u
}

func (r *reader) priceRules(n *yamltree.Node, to *[]PriceRule) {
	seen := declared{}
	r.list(n, func(item *yamltree.Node) {
		var p PriceRule
		rule := &p.Rule
		effects := 0
		factor := func(name string, read func(field, text string) (gateway.PriceFactor, error)) field {
			return field{name, func(n *yamltree.Node) {
				effects++
				if n.Kind != yamltree.Number && n.Kind != yamltree.String {
					r.wrong(n, "a number")
					return
				}
				f, err := read(name, n.Text)
				if err != nil && !r.reported[n] {
					r.bad(n, "%s", gateway.AsError(err).Public)
				}
				rule.Factor = &f
			}}
		}
		r.object(item, []field{
			{"name", func(n *yamltree.Node) { r.checked(n, &rule.Name, nameProblem) }},
			{"workspace", func(n *yamltree.Node) { r.checked(n, &p.Workspace, nameProblem) }},
			{"team", func(n *yamltree.Node) { r.str(n, &rule.Team) }},
			{"virtual_key", func(n *yamltree.Node) { r.checked(n, &rule.VirtualKey, nameProblem) }},
			{"provider", func(n *yamltree.Node) { r.provider(n, &rule.Provider) }},
			{"model", func(n *yamltree.Node) { r.str(n, &rule.Model) }},
			factor("multiplier", pricing.ReadMultiplier),
			factor("markup", pricing.ReadMarkup),
			{"price", func(n *yamltree.Node) {
				effects++
				rule.Price = &gateway.Price{}
				r.onePrice(n, rule.Price)
			}},
		}, "name")
		seen.check(r, item, p.Workspace, rule.Name)
		if item.Kind == yamltree.Map && effects != 1 {
			r.bad(item, "needs exactly one of multiplier, markup and price")
		}
		if rule.Team != "" && p.Workspace == "" {
			r.bad(item.Get("team"), "needs the key 'workspace', whose team it is")
		}
		*to = append(*to, p)
	})
}
