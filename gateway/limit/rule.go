package limit

import (
	"strconv"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/policy"
)

// Kind is what a rule counts.
type Kind string

// The kinds. Portkey's rate limits know the first two.
const (
	Requests    Kind = "requests"
	Tokens      Kind = "tokens" // of input and output
	Concurrency Kind = "concurrent_requests"
)

// Unit is the period of a rate, in Portkey's spelling: "rpm" counts tokens, too, if Kind says so.
type Unit string

// periods are the lengths of the units. A month is 30 days: a rate has no calendar; budgets do.
var periods = map[Unit]time.Duration{
	"rps": time.Second, "rpm": time.Minute, "rph": time.Hour, "rpd": 24 * time.Hour, "rpw": 7 * 24 * time.Hour, "rpmonth": 30 * 24 * time.Hour,
}

// unitNames lists the units for error texts.
const unitNames = "rps, rpm, rph, rpd, rpw or rpmonth"

// Rule is one limit. The zero ID belongs to a rule that is not stored yet.
type Rule struct {
	ID         string             `json:"id"`
	Name       string             `json:"name,omitempty"`
	Workspace  string             `json:"workspace_id,omitempty"` // id; "" = all workspaces of the organisation
	Conditions []policy.Condition `json:"conditions"`             // all must hold
	GroupBy    []policy.Group     `json:"group_by,omitempty"`     // each combination of values is counted by itself
	Kind       Kind               `json:"type"`
	Unit       Unit               `json:"unit,omitempty"` // of a rate
	Value      int64              `json:"value"`
	Owner      policy.Owner       `json:"-"`                  // the key that the rule is a limit of; zero for a rule of its own
	Declared   bool               `json:"declared,omitempty"` // in the server's file, which alone changes it
	CreatedAt  time.Time          `json:"created_at"`
	UpdatedAt  time.Time          `json:"last_updated_at"`
}

// maxValue bounds the amount of a rule.
const maxValue = 1_000_000_000_000

// Validate refuses a rule that cannot be meant. The error names the field.
func (r *Rule) Validate() error {
	field := func(name, public string) error { return gateway.InvalidField("limit.Validate", name, public) }
	if r.Name == "" || len(r.Name) > policy.MaxNameBytes {
		return field("name", "The name must have between 1 and "+strconv.Itoa(policy.MaxNameBytes)+" bytes.")
	}
	switch r.Kind {
	case Requests, Tokens:
		if periods[r.Unit] == 0 {
			return field("unit", "The unit must be "+unitNames+".")
		}
	case Concurrency:
		if r.Unit != "" {
			return field("unit", "A number of concurrent requests has no unit.")
		}
	default:
		return field("type", "The type must be requests, tokens or concurrent_requests.")
	}
	if r.Value < 1 || r.Value > maxValue {
		return field("value", "The value must be between 1 and "+strconv.Itoa(maxValue)+". To stop all calls of a key, disable it.")
	}
	scope := r.scope()
	return scope.Validate()
}

// scope says which calls the rule concerns.
func (r *Rule) scope() policy.Scope {
	return policy.Scope{Workspace: r.Workspace, Conditions: r.Conditions, GroupBy: r.GroupBy}
}
