package admin

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing"
	"github.com/sluicegate/sluice/gateway/policy"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
)

// Budgets administers budgets. workspace is an id; "" as the workspace of a budget stands for all
// of them.
type Budgets interface {
	Budgets(workspace string) []billing.Budget
	Budget(workspace, id string) (billing.Budget, error)
	BudgetWriter
}

// BudgetWriter changes budgets.
type BudgetWriter interface {
	PutBudget(ctx context.Context, b billing.Budget) (billing.Budget, error)
	DeleteBudget(ctx context.Context, id string) error
}

func (a *resources) budgetRoutes() []operation {
	const path = "/v1/policies/usage-limits" // Portkey's
	return []operation{
		{"GET", path, "budget.list", gateway.PoliciesList, a.listBudgets},
		{"POST", path, "budget.create", gateway.PoliciesCreate, a.createBudget},
		{"GET", path + "/:id", "budget.get", gateway.PoliciesRead, a.getBudget},
		{"PUT", path + "/:id", "budget.update", gateway.PoliciesUpdate, a.updateBudget},
		{"DELETE", path + "/:id", "budget.delete", gateway.PoliciesDelete, a.deleteBudget},
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
	Period     billing.Period     `json:"period"`
	Reset      *string            `json:"periodic_reset"` // the period in Portkey's words; null: never
	TimeZone   string             `json:"time_zone"`
	EndsAt     *time.Time         `json:"ends_at"`
	FromFile   bool               `json:"from_file"`
	CreatedAt  *time.Time         `json:"created_at"`
	UpdatedAt  *time.Time         `json:"last_updated_at"`
}

// portkeyPeriods are Portkey's words for the periods, and the one that it lacks.
var portkeyPeriods = map[billing.Period]string{billing.Day: "daily", billing.Week: "weekly", billing.Month: "monthly"}

func budgetOf(b billing.Budget) budgetResponse {
	out := budgetResponse{Object: "usage_limit", ID: b.ID, Name: b.Name, Workspace: b.Workspace, Conditions: b.Conditions, GroupBy: b.GroupBy,
		Type: "cost", Limit: usd(b.Limit), Period: b.Period, TimeZone: b.TimeZone, FromFile: b.Declared}
	if word, resets := portkeyPeriods[b.Period]; resets {
		out.Reset = &word
	}
	if out.TimeZone == "" {
		out.TimeZone = "UTC"
	}
	if out.Workspace == "" {
		out.Workspace = everyWorkspace
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

func (a *resources) listBudgets(ctx context.Context, r *request) error {
	workspace, err := r.In(ctx, r.Query("workspace"))
	if err != nil {
		return err
	}
	all := a.Budgets.Budgets(workspace)
	out := make([]budgetResponse, len(all))
	for i, b := range all {
		out[i] = budgetOf(b)
	}
	r.Reply = page{Object: "list", Data: out}
	return nil
}

func (a *resources) getBudget(ctx context.Context, r *request) error {
	b, err := a.seenBudget(ctx, r, r.Query("workspace"))
	if err != nil {
		return err
	}
	r.Reply = budgetOf(b)
	return nil
}

// seenBudget is the budget of the path, in a workspace of the caller's.
func (a *resources) seenBudget(ctx context.Context, r *request, workspaceRef string) (billing.Budget, error) {
	r.Target = r.Param("id")
	workspace, err := r.In(ctx, workspaceRef)
	if err != nil {
		return billing.Budget{}, err
	}
	return a.Budgets.Budget(workspace, r.Target)
}

// ownBudget is seenBudget for who changes it.
func (a *resources) ownBudget(ctx context.Context, r *request, workspaceRef string) (billing.Budget, error) {
	const op = "admin.ownBudget"
	b, err := a.seenBudget(ctx, r, workspaceRef)
	switch {
	case err != nil:
		return b, err
	case b.Declared:
		return b, &gateway.Error{Op: op, Kind: gateway.Conflict, Param: "id", Public: "The budget '" + b.Name + "' is declared in the server's file. Change it there."}
	case b.Workspace == "" && !r.By.May(gateway.AnyWorkspace):
		return b, &gateway.Error{Op: op, Kind: gateway.Forbidden, Param: "id", Public: "This budget counts the calls of all workspaces: only an owner may change it."}
	}
	return b, nil
}

// createBudget takes {name, workspace, conditions, group_by, type, credit_limit, period |
// periodic_reset, time_zone, ends_at}.
func (a *resources) createBudget(ctx context.Context, r *request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	b := billing.Budget{Period: billing.Life}
	ref := f.Text("workspace", false)
	readBudget(f, &b, true)
	r.Target = b.Name
	if err := f.Done(); err != nil {
		return err
	}
	if ref != everyWorkspace {
		b.Workspace, err = r.In(ctx, ref)
	} else if !r.By.May(gateway.AnyWorkspace) {
		err = &gateway.Error{Op: "admin.createBudget", Kind: gateway.Forbidden, Param: "workspace", Public: "Only an owner may limit the calls of all workspaces."}
	}
	if err != nil {
		return err
	}
	if b, err = a.Budgets.PutBudget(ctx, b); err != nil {
		return err
	}
	r.Target, r.Status, r.Reply = b.ID, http.StatusCreated, budgetOf(b)
	return nil
}

// updateBudget takes what createBudget takes; fields that are absent stay.
func (a *resources) updateBudget(ctx context.Context, r *request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	ref, fields := f.Text("workspace", false), f.Copy()
	readBudget(f, &billing.Budget{}, false)
	if err := f.Done(); err != nil {
		return err
	}
	b, err := a.ownBudget(ctx, r, ref)
	if err != nil {
		return err
	}
	readBudget(fields, &b, false)
	if b, err = a.Budgets.PutBudget(ctx, b); err != nil {
		return err
	}
	r.Reply = budgetOf(b)
	return nil
}

func (a *resources) deleteBudget(ctx context.Context, r *request) error {
	b, err := a.ownBudget(ctx, r, r.Query("workspace"))
	if err != nil {
		return err
	}
	if err := a.Budgets.DeleteBudget(ctx, b.ID); err != nil {
		return err
	}
	r.Reply = deleted{ID: b.ID, Deleted: true}
	return nil
}

// readBudget reads the fields that are given into b.
func readBudget(f *form, b *billing.Budget, required bool) {
	if name := f.Text("name", required); name != "" {
		b.Name = name
	}
	f.OneOf("type", "cost") // tokens are limited by rate limits
	if limit, ok := nano(f, "credit_limit", required); ok {
		b.Limit = limit
	}
	given := f.Given("period")
	if given {
		b.Period = billing.Period(f.OneOf("period", billing.Periods()...))
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
