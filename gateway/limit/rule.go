package limit

import (
	"strconv"
	"time"

	"github.com/sluicegate/sluice/gateway"
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
	ID         string      `json:"id"`
	Name       string      `json:"name,omitempty"`
	Workspace  string      `json:"workspace_id,omitempty"` // id; "" = all workspaces of the organisation
	Conditions []Condition `json:"conditions"`             // all must hold
	GroupBy    []Group     `json:"group_by,omitempty"`     // each combination of values is counted by itself
	Kind       Kind        `json:"type"`
	Unit       Unit        `json:"unit,omitempty"` // of a rate
	Value      int64       `json:"value"`
	Owner      Owner       `json:"-"`                  // the key that the rule is a limit of; zero for a rule of its own
	Declared   bool        `json:"declared,omitempty"` // in the server's file, which alone changes it
	CreatedAt  time.Time   `json:"created_at"`
	UpdatedAt  time.Time   `json:"last_updated_at"`
}

// Owner is the API key or the virtual key whose own limit a rule is.
type Owner struct {
	Attribute Attribute // "api_key" or "virtual_key"
	ID        string
}

// Group is one attribute that divides the calls of a rule.
type Group struct {
	Key Attribute `json:"key"`
}

// Condition holds for a call if one of the call's values of the attribute is one of Values; with
// Excludes, if none is. A value that ends in "*" stands for all with this beginning.
type Condition struct {
	Key      Attribute `json:"key"`
	Values   Values    `json:"value"`
	Excludes bool      `json:"excludes,omitempty"`
}

// Limits of rules: what is asked for each call has to stay short.
const (
	maxConditions = 16
	maxValues     = 256
	maxValueBytes = 512
	maxNameBytes  = 128 // of a rule's name, which refusals quote, and of an attribute
	maxValue      = 1_000_000_000_000
)

// Validate refuses a rule that cannot be meant. The error names the field.
func (r *Rule) Validate() error {
	field := func(name, public string) error { return gateway.InvalidField("limit.Validate", name, public) }
	if r.Name == "" || len(r.Name) > maxNameBytes {
		return field("name", "The name must have between 1 and "+strconv.Itoa(maxNameBytes)+" bytes.")
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
	if len(r.Conditions) > maxConditions || len(r.GroupBy) > maxConditions {
		return field("conditions", "A limit has at most "+strconv.Itoa(maxConditions)+" conditions and as many groups.")
	}
	for i, c := range r.Conditions {
		at := "conditions[" + strconv.Itoa(i) + "]."
		if !c.Key.known() {
			return field(at+"key", unknownAttribute(c.Key))
		}
		if len(c.Values) == 0 || len(c.Values) > maxValues {
			return field(at+"value", "A condition needs a value, or a list of up to "+strconv.Itoa(maxValues)+".")
		}
		for _, v := range c.Values {
			if v == "" || len(v) > maxValueBytes {
				return field(at+"value", "A value must have between 1 and "+strconv.Itoa(maxValueBytes)+" bytes.")
			}
		}
	}
	for i, g := range r.GroupBy {
		if !g.Key.known() {
			return field("group_by["+strconv.Itoa(i)+"].key", unknownAttribute(g.Key))
		}
	}
	if i := r.contradiction(); i >= 0 {
		return field("conditions["+strconv.Itoa(i)+"]", "No call can meet this condition together with the others: the limit would match nothing.")
	}
	return nil
}

// contradiction returns the index of a condition that excludes every value which another one
// asks for, or -1.
func (r *Rule) contradiction() int {
	for i, c := range r.Conditions {
		for _, other := range r.Conditions[:i] {
			if c.Key == other.Key && c.Excludes != other.Excludes {
				asked, excluded := c, other
				if c.Excludes {
					asked, excluded = other, c
				}
				if excluded.coversAll(asked.Values) {
					return i
				}
			}
		}
	}
	return -1
}

// coversAll reports whether every value is among the condition's.
func (c *Condition) coversAll(values []string) bool {
	for _, v := range values {
		if !c.Values.match(v) {
			return false
		}
	}
	return true
}
