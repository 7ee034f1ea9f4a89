package apikey

import (
	"slices"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/gateway/identity"
)

// Budget changes the one budget of a key that other gateways know: its first. nil keeps the amount or
// the period. Other budgets of the key stay.
type Budget struct {
	USD    *string // "" takes the budget away
	Period *budget.Period
}

// Given reports whether anything changes.
func (b Budget) Given() bool { return b.USD != nil || b.Period != nil }

// Alone reports whether the change gives a period to a budget that the key does not have.
func (s Service) Alone(k identity.APIKeyInfo, b Budget) bool {
	return b.USD == nil && b.Period != nil && *b.Period != budget.Life && k.Budget == nil && len(s.Own.Rules(ownerOf(k))) == 0
}

// SetBudget adds the change of a key's first budget to a change of the key; k is the key before, or
// the zero value for a new one.
func (s Service) SetBudget(k identity.APIKeyInfo, b Budget, to *Change) {
	if !b.Given() {
		return
	}
	var others []budget.Budget
	if k.ID != "" {
		others = slices.Clone(s.Own.Rules(ownerOf(k)))
	}
	first := budget.Budget{Period: budget.Life}
	switch {
	case k.Budget != nil:
		first.Limit = *k.Budget
	case len(others) > 0:
		first, others = others[0], others[1:]
	}
	usd := ""
	if first.Limit > 0 {
		usd = gateway.FormatUSD(first.Limit)
	}
	if b.USD != nil {
		usd = *b.USD
	}
	if b.Period != nil {
		first.Period = *b.Period
	}
	life := ""
	if first.Period == budget.Life {
		life = usd
	} else if usd != "" {
		first.Limit, _ = gateway.ParseUSD("budget_usd", usd) // the form has read it
		others = slices.DeleteFunc(others, func(o budget.Budget) bool { return o.Period == first.Period })
		others = append(others, first)
	}
	to.BudgetUSD, to.Budgets = &life, &others
}
