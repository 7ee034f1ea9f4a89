package budget

import (
	"strconv"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/ledger"
	"github.com/sluicegate/sluice/gateway/policy"
)

// Budget limits what the calls of a policy may cost in each period. The zero ID belongs to a
// budget that is not stored yet. The JSON form is that of the store.
type Budget struct {
	ID         string             `json:"id"`
	Name       string             `json:"name"`
	Workspace  string             `json:"workspace_id,omitempty"` // id; "" = all workspaces of the organisation
	Conditions []policy.Condition `json:"conditions,omitempty"`   // all must hold
	GroupBy    []policy.Group     `json:"group_by,omitempty"`     // each combination of values has the whole limit
	Limit      int64              `json:"limit"`                  // nano-USD
	Period     Period             `json:"period"`
	TimeZone   string             `json:"time_zone,omitempty"` // IANA name; "" = UTC
	Ends       time.Time          `json:"ends,omitzero"`       // from when on it limits nothing; zero: never
	Owner      policy.Owner       `json:"-"`                   // the key that the budget is one of; zero for a budget of its own
	Declared   bool               `json:"-"`                   // in the server's file, which alone changes it
	CreatedAt  time.Time          `json:"created_at"`
	UpdatedAt  time.Time          `json:"updated_at"`
}

// maxLimit bounds a budget and what is credited to a wallet, as gateway.ParseUSD does.
const maxLimit = 9_000_000_000 * gateway.NanoPerUSD

// Validate refuses a budget that cannot be meant. The error names the field.
func (b *Budget) Validate(now time.Time) error {
	field := func(name, public string) error { return gateway.InvalidField("billing.Validate", name, public) }
	if b.Name == "" || len(b.Name) > policy.MaxNameBytes {
		return field("name", "The name must have between 1 and "+strconv.Itoa(policy.MaxNameBytes)+" bytes.")
	}
	if b.Limit < 1 || b.Limit > maxLimit {
		return field("credit_limit", "The credit limit must be an amount above 0, up to 9000000000 USD. To stop all calls of a key, disable it.")
	}
	switch b.Period {
	case Day, Week, Month, Life:
	default:
		return field("period", "The period must be "+strings.Join(Periods(), ", ")+".")
	}
	if _, known := zone(b.TimeZone); !known {
		return field("time_zone", "The time zone must be an IANA name such as Europe/Berlin.")
	}
	if !b.Ends.IsZero() && !b.Ends.After(now) {
		return field("ends_at", "The budget would have ended already: the time is in the past.")
	}
	scope := b.Scope()
	return scope.Validate()
}

// Scope is which calls the budget concerns.
func (b *Budget) Scope() policy.Scope {
	return policy.Scope{Workspace: b.Workspace, Conditions: b.Conditions, GroupBy: b.GroupBy}
}

// activeBudget is a budget with what is derived from it.
type activeBudget struct {
	Budget
	zone  *time.Location
	known policy.Moment // from when on it is known which calls it concerns
}

func activate(b Budget) *activeBudget {
	loc, known := zone(b.TimeZone)
	if !known { // a later version's; the next instant of the day is a matter of hours
		loc = time.UTC
	}
	scope := b.Scope()
	return &activeBudget{b, loc, scope.Moment()}
}

// Active reports whether the budget limits anything at a time.
func (b *Budget) Active(now time.Time) bool { return b.Ends.IsZero() || now.Before(b.Ends) }

// Source is the account of one group at one time; without groups there are no values. A new period has
// a new account, so that nothing has to be reset, and a call that outlives its period is settled where
// it was reserved.
func (b *Budget) Source(values []string, now time.Time) Source {
	return activate(*b).source(values, now)
}

// Bounds is the period of the budget that contains now: from start, before end.
func (b *Budget) Bounds(now time.Time) (start, end time.Time) {
	return b.Period.Bounds(now, activate(*b).zone)
}

// HasGroup reports whether a group in the ledger is one of those that the budget has now, with the
// values that are told of some, by their place in GroupBy.
func (b *Budget) HasGroup(group []ledger.GroupValue, told map[int]string) bool {
	if len(group) != len(b.GroupBy) { // the budget was grouped otherwise
		return false
	}
	for i, g := range group {
		if value, ok := told[i]; g.Key != b.GroupBy[i].Key || ok && clip(value) != g.Value {
			return false
		}
	}
	return true
}

func (b *activeBudget) source(values []string, now time.Time) Source {
	start, end := b.Period.Bounds(now, b.zone)
	s := Source{Kind: OfBudget, ID: b.ID, Name: b.Name, Owner: b.Owner, Workspace: b.Workspace, Account: "budget/" + b.ID, Period: b.Period, Start: start, Resets: end}
	if len(values) > 0 {
		s.Account += "/" + policy.HashValues(values)
		s.Group = make([]ledger.GroupValue, len(values))
		for i, v := range values {
			s.Group[i] = ledger.GroupValue{Key: b.GroupBy[i].Key, Value: clip(v)}
		}
	}
	if !start.IsZero() {
		s.Account += "/" + strconv.FormatInt(start.Unix(), 10)
	}
	return s
}

// clip bounds a value that callers write, and makes it one that databases can keep.
func clip(v string) string {
	const most = 256
	if len(v) > most {
		v = v[:most]
	}
	return strings.ReplaceAll(strings.ToValidUTF8(v, ""), "\x00", "")
}
