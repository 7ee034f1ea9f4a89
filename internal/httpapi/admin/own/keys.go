// Package own administers what API keys and virtual keys have of their own in other packages: rate
// limits and budgets. The admin API and those of other gateways share it.
package own

import (
	"context"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing"
	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/gateway/limit"
	"github.com/sluicegate/sluice/gateway/policy"
)

// Limits keeps the limits of each key. It has the methods of limit.Service.
type Limits interface {
	Own(workspace string, owner policy.Owner) []limit.Rule
	SetOwn(ctx context.Context, workspace string, owner policy.Owner, rules []limit.Rule) error
}

// Budgets keeps the budgets of each key, except for the lifetime budget of an API key. It has the
// methods of budget.Limits.
type Budgets interface {
	Own(workspace string, owner policy.Owner) []budget.Budget
	SetOwn(ctx context.Context, workspace string, owner policy.Owner, name string, budgets []budget.Budget) error
}

// Ledger tells what was spent of budgets. It has a method of billing.Service.
type Ledger interface {
	Uses(ctx context.Context, budgets ...budget.Budget) ([]billing.Use, error)
}

// Keys administers both. The zero value keeps nothing.
type Keys struct {
	Limits  Limits
	Budgets Budgets
	Ledger  Ledger // needed with Budgets
}

// Key is one key, which rules belong to.
type Key struct {
	Workspace string // of a virtual key; "" of an API key
	Owner     policy.Owner
	Name      string
}

// Budget is a budget of one key with what was spent of it in its present period.
type Budget struct {
	budget.Budget
	billing.Use
}

// Change lists what changes; nil changes nothing.
type Change struct {
	Limits  *[]limit.Rule
	Budgets *[]budget.Budget
}

// LimitsOf lists the limits of a key.
func (k Keys) LimitsOf(key Key) []limit.Rule {
	if k.Limits == nil {
		return nil
	}
	return k.Limits.Own(key.Workspace, key.Owner)
}

// Rules lists the budgets of a key without what was spent.
func (k Keys) Rules(key Key) []budget.Budget {
	if k.Budgets == nil {
		return nil
	}
	return k.Budgets.Own(key.Workspace, key.Owner)
}

// BudgetsOf lists the budgets of several keys, in the order of the keys.
func (k Keys) BudgetsOf(ctx context.Context, keys ...Key) ([][]Budget, error) {
	out := make([][]Budget, len(keys))
	var all []budget.Budget
	for i, key := range keys {
		for _, b := range k.Rules(key) {
			out[i], all = append(out[i], Budget{Budget: b}), append(all, b)
		}
	}
	if len(all) == 0 {
		return out, nil
	}
	uses, err := k.Ledger.Uses(ctx, all...)
	if err != nil {
		return nil, err
	}
	n := 0
	for i := range out {
		for j := range out[i] {
			out[i][j].Use = uses[n]
			n++
		}
	}
	return out, nil
}

// Check refuses a change that Set would not make.
func (k Keys) Check(to Change, now time.Time) error {
	if to.Limits != nil {
		if err := limit.CheckOwn("rate_limits", *to.Limits); err != nil {
			return err
		}
		if k.Limits == nil && len(*to.Limits) > 0 {
			return gateway.InvalidField("own.Check", "rate_limits", "This server keeps no rate limits.")
		}
	}
	if to.Budgets == nil {
		return nil
	}
	if err := budget.CheckOwn("budgets", *to.Budgets, now); err != nil {
		return err
	}
	if k.Budgets == nil && len(*to.Budgets) > 0 {
		return gateway.InvalidField("own.Check", "budgets", "This server keeps no budgets with a period.")
	}
	return nil
}

// Set makes a change.
func (k Keys) Set(ctx context.Context, key Key, to Change) error {
	if to.Limits != nil && k.Limits != nil {
		if err := k.Limits.SetOwn(ctx, key.Workspace, key.Owner, *to.Limits); err != nil {
			return err
		}
	}
	if to.Budgets != nil && k.Budgets != nil {
		return k.Budgets.SetOwn(ctx, key.Workspace, key.Owner, key.Name, *to.Budgets)
	}
	return nil
}

// Remove removes everything that a key has.
func (k Keys) Remove(ctx context.Context, key Key) error {
	return k.Set(ctx, key, Change{Limits: &[]limit.Rule{}, Budgets: &[]budget.Budget{}})
}
