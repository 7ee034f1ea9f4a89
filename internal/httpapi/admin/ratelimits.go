package admin

import (
	"bytes"
	"context"
	"encoding/json"
	"reflect"
	"time"

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
	return policyRoutes(path, "rate_limit", a.rateLimits())
}

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
		out.Workspace = action.EveryWorkspace
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

// rateLimits are the operations. A form holds {name, workspace, conditions, group_by, type, unit, value}.
func (a *resources) rateLimits() action.Scoped[limit.Rule] {
	return action.Scoped[limit.Rule]{Noun: "rate limit", List: a.RateLimits.Rules, Get: a.RateLimits.Rule,
		Create: a.RateLimits.Put, Update: a.RateLimits.Put, Delete: a.RateLimits.Delete,
		Facts: func(r *limit.Rule) action.ScopedFacts {
			return action.ScopedFacts{ID: r.ID, Name: r.Name, Workspace: &r.Workspace, Declared: r.Declared}
		},
		Answers: func(r limit.Rule) any { return rateLimitOf(r) },
		Read: func(f *form, creates bool) func(*limit.Rule) {
			fields := f.Copy()
			readRateLimit(f, &limit.Rule{}, creates)
			return func(r *limit.Rule) { readRateLimit(fields, r, false) }
		}}
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
