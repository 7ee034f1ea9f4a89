package admin

import (
	"bytes"
	"context"
	"encoding/json"
	"reflect"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/gateway/policy"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
)

// Budgets administers budgets. workspace is an id; "" as the workspace of a budget stands for all
// of them.
type Budgets interface {
	Budgets(workspace string) []budget.Budget
	Budget(workspace, id string) (budget.Budget, error)
	BudgetWriter
}

// BudgetWriter changes budgets.
type BudgetWriter interface {
	PutBudget(ctx context.Context, b budget.Budget) (budget.Budget, error)
	DeleteBudget(ctx context.Context, id string) error
}

func (a *resources) budgetRoutes() []operation {
	const path = "/v1/policies/usage-limits" // Portkey's
	return policyRoutes(path, "budget", a.budgets())
}

// policyRoutes are the five operations on a kind of policy.
func policyRoutes[T any](path, kind string, of action.Scoped[T]) []operation {
	return []operation{
		{"GET", path, kind + ".list", gateway.PoliciesList, of.ListAll},
		{"POST", path, kind + ".create", gateway.PoliciesCreate, of.CreateOne},
		{"GET", path + "/:id", kind + ".get", gateway.PoliciesRead, of.GetOne},
		{"PUT", path + "/:id", kind + ".update", gateway.PoliciesUpdate, of.UpdateOne},
		{"DELETE", path + "/:id", kind + ".delete", gateway.PoliciesDelete, of.DeleteOne},
	}
}

type budgetResponse struct {
	Object     string             `json:"object"`
	ID         string             `json:"id"`
	Name       string             `json:"name"`
	Workspace  string             `json:"workspace_id"` // "*": all
	Conditions []policy.Condition `json:"conditions"`
	GroupBy    []policy.Group     `json:"group_by"`
	Type       string             `json:"type"` // "cost"
	Limit      usd                `json:"credit_limit"`
	Period     budget.Period      `json:"period"`
	Reset      *string            `json:"periodic_reset"` // the period in Portkey's words; null: never
	TimeZone   string             `json:"time_zone"`
	EndsAt     *time.Time         `json:"ends_at"`
	FromFile   bool               `json:"from_file"`
	CreatedAt  *time.Time         `json:"created_at"`
	UpdatedAt  *time.Time         `json:"last_updated_at"`
}

// portkeyPeriods are Portkey's words for the periods, and the one that it lacks.
var portkeyPeriods = map[budget.Period]string{budget.Day: "daily", budget.Week: "weekly", budget.Month: "monthly"}

func budgetOf(b budget.Budget) budgetResponse {
	out := budgetResponse{Object: "usage_limit", ID: b.ID, Name: b.Name, Workspace: b.Workspace, Conditions: b.Conditions, GroupBy: b.GroupBy,
		Type: "cost", Limit: usd(b.Limit), Period: b.Period, TimeZone: b.TimeZone, FromFile: b.Declared}
	if word, resets := portkeyPeriods[b.Period]; resets {
		out.Reset = &word
	}
	if out.TimeZone == "" {
		out.TimeZone = "UTC"
	}
	if out.Workspace == "" {
		out.Workspace = action.EveryWorkspace
	}
	if out.Conditions == nil {
		out.Conditions = []policy.Condition{}
	}
	if out.GroupBy == nil {
		out.GroupBy = []policy.Group{}
	}
	if !b.Ends.IsZero() {
		out.EndsAt = &b.Ends
	}
	if !b.Declared {
		out.CreatedAt, out.UpdatedAt = &b.CreatedAt, &b.UpdatedAt
	}
	return out
}

// budgets are the operations. A form holds {name, workspace, conditions, group_by, type, credit_limit,
// period | periodic_reset, time_zone, ends_at}.
func (a *resources) budgets() action.Scoped[budget.Budget] {
	return action.Scoped[budget.Budget]{Noun: "budget", List: a.Budgets.Budgets, Get: a.Budgets.Budget,
		Create: a.Budgets.PutBudget, Update: a.Budgets.PutBudget, Delete: a.Budgets.DeleteBudget,
		New: budget.Budget{Period: budget.Life},
		Facts: func(b *budget.Budget) action.ScopedFacts {
			return action.ScopedFacts{ID: b.ID, Name: b.Name, Workspace: &b.Workspace, Declared: b.Declared}
		},
		Answers: func(b budget.Budget) any { return budgetOf(b) },
		Read: func(f *form, creates bool) func(*budget.Budget) {
			fields := f.Copy()
			readBudget(f, &budget.Budget{}, creates)
			return func(b *budget.Budget) { readBudget(fields, b, false) }
		}}
}

// readBudget reads the fields that are given into b.
func readBudget(f *form, b *budget.Budget, required bool) {
	if name := f.Text("name", required); name != "" {
		b.Name = name
	}
	f.OneOf("type", "cost") // tokens are limited by rate limits
	if limit, ok := nano(f, "credit_limit", required); ok {
		b.Limit = limit
	}
	given := f.Given("period")
	if given {
		b.Period = budget.Period(f.OneOf("period", budget.Periods()...))
	}
	if word := f.OneOf("periodic_reset", "daily", "weekly", "monthly"); word != "" {
		if given {
			f.Wrong("periodic_reset", "says what 'period' says: give one of them")
		}
		for period, known := range portkeyPeriods {
			if word == known {
				b.Period = period
			}
		}
	}
	if f.Given("time_zone") {
		b.TimeZone = f.Text("time_zone", false)
	}
	if f.Given("ends_at") {
		b.Ends = f.Time("ends_at")
	}
	readScope(f, &b.Conditions, &b.GroupBy)
}

// readScope reads which calls a rule concerns.
func readScope(f *form, conditions *[]policy.Condition, groupBy *[]policy.Group) {
	for _, list := range []struct {
		name, shape string
		to          any
	}{
		{"conditions", `must be a list such as [{"key": "model", "value": "gpt-5*"}]`, conditions},
		{"group_by", `must be a list such as [{"key": "member"}]`, groupBy},
	} {
		v, ok := f.Take(list.name, false, reflect.ValueOf(list.to).Elem().Interface())
		if !ok {
			continue
		}
		d := json.NewDecoder(bytes.NewReader([]byte(v.Raw)))
		d.DisallowUnknownFields()
		if d.Decode(list.to) != nil {
			f.Wrong(list.name, list.shape)
		}
	}
}

// nano reads an amount in USD, a number or a string, as nano-USD. ok is false if there is none.
func nano(f *form, name string, required bool) (amount int64, ok bool) {
	text := f.Amount(name, required)
	if text == "" {
		return 0, false
	}
	amount, err := gateway.ParseUSD(name, text)
	return amount, err == nil
}
