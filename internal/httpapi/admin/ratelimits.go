package admin

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/limit"
	"github.com/sluicegate/sluice/gateway/policy"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
)

// RateLimits administers rate limits with conditions and groups. workspace is an id; "" as the
// workspace of a rule stands for all of them.
type RateLimits interface {
	Rules(workspace string) []limit.Rule
	Rule(workspace, id string) (limit.Rule, error)
	RateLimitWriter
}

// RateLimitWriter changes rate limits.
type RateLimitWriter interface {
	Put(ctx context.Context, r limit.Rule) (limit.Rule, error)
	Delete(ctx context.Context, id string) error
}

func (a *resources) rateLimitRoutes() []operation {
	const path = "/v1/policies/rate-limits" // Portkey's
	return []operation{
		{"GET", path, "rate_limit.list", gateway.PoliciesList, a.listRateLimits},
		{"POST", path, "rate_limit.create", gateway.PoliciesCreate, a.createRateLimit},
		{"GET", path + "/:id", "rate_limit.get", gateway.PoliciesRead, a.getRateLimit},
		{"PUT", path + "/:id", "rate_limit.update", gateway.PoliciesUpdate, a.updateRateLimit},
		{"DELETE", path + "/:id", "rate_limit.delete", gateway.PoliciesDelete, a.deleteRateLimit},
	}
}

// everyWorkspace is how callers write that a limit counts the calls of all workspaces.
const everyWorkspace = "*"

type rateLimitResponse struct {
	Object     string             `json:"object"`
	ID         string             `json:"id"`
	Name       string             `json:"name"`
	Workspace  string             `json:"workspace_id"` // "*": all
	Conditions []policy.Condition `json:"conditions"`
	GroupBy    []policy.Group     `json:"group_by"`
	Type       limit.Kind         `json:"type"`
	Unit       limit.Unit         `json:"unit,omitempty"`
	Value      int64              `json:"value"`
	FromFile   bool               `json:"from_file"`
	CreatedAt  *time.Time         `json:"created_at"`
	UpdatedAt  *time.Time         `json:"last_updated_at"`
}

func rateLimitOf(r limit.Rule) rateLimitResponse {
	out := rateLimitResponse{Object: "rate_limit", ID: r.ID, Name: r.Name, Workspace: r.Workspace, Conditions: r.Conditions, GroupBy: r.GroupBy,
		Type: r.Kind, Unit: r.Unit, Value: r.Value, FromFile: r.Declared}
	if out.Workspace == "" {
		out.Workspace = everyWorkspace
	}
	if out.Conditions == nil {
		out.Conditions = []policy.Condition{}
	}
	if out.GroupBy == nil {
		out.GroupBy = []policy.Group{}
	}
	if !r.Declared {
		out.CreatedAt, out.UpdatedAt = &r.CreatedAt, &r.UpdatedAt
	}
	return out
}

func (a *resources) listRateLimits(ctx context.Context, r *request) error {
	workspace, err := r.In(ctx, r.Query("workspace"))
	if err != nil {
		return err
	}
	all := a.RateLimits.Rules(workspace)
	out := make([]rateLimitResponse, len(all))
	for i, rule := range all {
		out[i] = rateLimitOf(rule)
	}
	r.Reply = page{Object: "list", Data: out}
	return nil
}

func (a *resources) getRateLimit(ctx context.Context, r *request) error {
	rule, err := a.seenRateLimit(ctx, r, r.Query("workspace"))
	if err != nil {
		return err
	}
	r.Reply = rateLimitOf(rule)
	return nil
}

// seenRateLimit is the limit of the path, in a workspace of the caller's.
func (a *resources) seenRateLimit(ctx context.Context, r *request, workspaceRef string) (limit.Rule, error) {
	r.Target = r.Param("id")
	workspace, err := r.In(ctx, workspaceRef)
	if err != nil {
		return limit.Rule{}, err
	}
	return a.RateLimits.Rule(workspace, r.Target)
}

// ownRateLimit is seenRateLimit for who changes it.
func (a *resources) ownRateLimit(ctx context.Context, r *request, workspaceRef string) (limit.Rule, error) {
	const op = "admin.ownRateLimit"
	rule, err := a.seenRateLimit(ctx, r, workspaceRef)
	switch {
	case err != nil:
		return rule, err
	case rule.Declared:
		return rule, &gateway.Error{Op: op, Kind: gateway.Conflict, Param: "id", Public: "The rate limit '" + rule.Name + "' is declared in the server's file. Change it there."}
	case rule.Workspace == "" && !r.By.May(gateway.AnyWorkspace):
		return rule, &gateway.Error{Op: op, Kind: gateway.Forbidden, Param: "id", Public: "This rate limit counts the calls of all workspaces: only an owner may change it."}
	}
	return rule, nil
}

// createRateLimit takes {name, workspace, conditions, group_by, type, unit, value}.
func (a *resources) createRateLimit(ctx context.Context, r *request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	var rule limit.Rule
	ref := f.Text("workspace", false)
	readRateLimit(f, &rule, true)
	r.Target = rule.Name
	if err := f.Done(); err != nil {
		return err
	}
	if ref != everyWorkspace {
		rule.Workspace, err = r.In(ctx, ref)
	} else if !r.By.May(gateway.AnyWorkspace) {
		err = &gateway.Error{Op: "admin.createRateLimit", Kind: gateway.Forbidden, Param: "workspace", Public: "Only an owner may limit the calls of all workspaces."}
	}
	if err != nil {
		return err
	}
	if rule, err = a.RateLimits.Put(ctx, rule); err != nil {
		return err
	}
	r.Target, r.Status, r.Reply = rule.ID, http.StatusCreated, rateLimitOf(rule)
	return nil
}

// updateRateLimit takes what createRateLimit takes; fields that are absent stay.
func (a *resources) updateRateLimit(ctx context.Context, r *request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	ref, fields := f.Text("workspace", false), f.Copy()
	readRateLimit(f, &limit.Rule{}, false)
	if err := f.Done(); err != nil {
		return err
	}
	rule, err := a.ownRateLimit(ctx, r, ref)
	if err != nil {
		return err
	}
	readRateLimit(fields, &rule, false)
	if rule, err = a.RateLimits.Put(ctx, rule); err != nil {
		return err
	}
	r.Reply = rateLimitOf(rule)
	return nil
}

func (a *resources) deleteRateLimit(ctx context.Context, r *request) error {
	rule, err := a.ownRateLimit(ctx, r, r.Query("workspace"))
	if err != nil {
		return err
	}
	if err := a.RateLimits.Delete(ctx, rule.ID); err != nil {
		return err
	}
	r.Reply = deleted{ID: rule.ID, Deleted: true}
	return nil
}

// readRateLimit reads the fields that are given into rule.
func readRateLimit(f *form, rule *limit.Rule, required bool) {
	read := func(name string, needed bool, shape string, to any) {
		v, ok := f.Take(name, needed, reflect.ValueOf(to).Elem().Interface())
		if !ok {
			return
		}
		d := json.NewDecoder(bytes.NewReader([]byte(v.Raw)))
		d.DisallowUnknownFields()
		if d.Decode(to) != nil {
			f.Wrong(name, "must be "+shape)
		}
	}
	read("name", required, "a string", &rule.Name)
	read("type", required, "a string", &rule.Kind)
	read("unit", false, "a string", &rule.Unit)
	read("value", required, "a whole number", &rule.Value)
	readScope(f, &rule.Conditions, &rule.GroupBy)
}
