package policy

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// Scope says which calls a rule concerns, and how it divides them.
type Scope struct {
	Workspace  string      // id; "" = all workspaces of the organisation
	Conditions []Condition // all must hold
	GroupBy    []Group     // each combination of values is counted by itself
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
	MaxNameBytes  = 128 // of a rule's name, which refusals quote, and of an attribute
	maxConditions = 16
	maxValues     = 256
	maxValueBytes = 512
)

// Validate refuses a scope that cannot be meant. The error names the field.
func (s *Scope) Validate() error {
	field := func(name, public string) error { return gateway.InvalidField("policy.Validate", name, public) }
	if len(s.Conditions) > maxConditions || len(s.GroupBy) > maxConditions {
		return field("conditions", "A limit has at most "+strconv.Itoa(maxConditions)+" conditions and as many groups.")
	}
	for i, c := range s.Conditions {
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
			if c.Key == "address" && !isAddress(v) {
				return field(at+"value", "An address is an IP address such as 10.1.2.3, or the beginning of some, such as 10.1.*: the limit would match nothing.")
			}
		}
	}
	for i, g := range s.GroupBy {
		if !g.Key.known() {
			return field("group_by["+strconv.Itoa(i)+"].key", unknownAttribute(g.Key))
		}
	}
	if i := s.contradiction(); i >= 0 {
		return field("conditions["+strconv.Itoa(i)+"]", "No call can meet this condition together with the others: the limit would match nothing.")
	}
	return nil
}

// isAddress reports whether a value can match the address of a caller.
func isAddress(v string) bool {
	if strings.HasSuffix(v, "*") {
		return true
	}
	_, err := netip.ParseAddr(v)
	return err == nil
}

// contradiction returns the index of a condition that no call can meet together with an earlier
// one, or -1.
func (s *Scope) contradiction() int {
	for i := range s.Conditions {
		for j := range s.Conditions[:i] {
			if s.Conditions[i].contradicts(&s.Conditions[j]) {
				return i
			}
		}
	}
	return -1
}

// contradicts reports whether one of the conditions excludes every value which the other one asks
// for, or whether they ask for different values of what a call has one value of.
func (c *Condition) contradicts(other *Condition) bool {
	switch {
	case c.Key != other.Key || c.Excludes && other.Excludes:
		return false
	case c.Excludes:
		return c.coversAll(other.Values)
	case other.Excludes:
		return other.coversAll(c.Values)
	case !c.Key.single():
		return false
	}
	open := func(v string) bool { return strings.HasSuffix(v, "*") }
	return !slices.ContainsFunc(c.Values, open) && !slices.ContainsFunc(other.Values, open) && !slices.ContainsFunc(c.Values, other.Values.match)
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

// Exists reports whether a workspace ("": any) has what a condition names: an API key or a member
// by id or name, a virtual key by name. It is true for attributes that nobody lists.
type Exists func(ctx context.Context, workspace string, key Attribute, value string) (bool, error)

// CheckExists refuses a condition that names what is not there: the rule would match nothing. A nil
// exists checks nothing.
func (s *Scope) CheckExists(ctx context.Context, exists Exists) error {
	for i, c := range s.Conditions {
		if exists == nil || c.Excludes {
			continue
		}
		for _, value := range c.Values {
			if strings.HasSuffix(value, "*") {
				continue
			}
			known, err := exists(ctx, s.Workspace, c.Key, value)
			if err != nil {
				return err
			}
			if !known {
				return gateway.InvalidField("policy.CheckExists", "conditions["+strconv.Itoa(i)+"].value", "There is no "+strings.ReplaceAll(string(c.Key), "_", " ")+" '"+value+"': the limit would match nothing.")
			}
		}
	}
	return nil
}

// Moment is from when on all attributes of the scope are known.
func (s *Scope) Moment() Moment {
	at := AtHeaders
	for _, c := range s.Conditions {
		at = max(at, c.Key.Moment())
	}
	for _, g := range s.GroupBy {
		at = max(at, g.Key.Moment())
	}
	return at
}

// Holds reports whether the scope concerns a call.
func (s *Scope) Holds(ex *gateway.Exchange) bool {
	if s.Workspace != "" && s.Workspace != ex.Principal.Workspace {
		return false
	}
	for i := range s.Conditions {
		if !s.Conditions[i].Holds(ex) {
			return false
		}
	}
	return true
}

// Values are those of the groups, for one call; "" where the caller sent none.
func (s *Scope) Values(ex *gateway.Exchange) []string {
	out := make([]string, len(s.GroupBy))
	for i, g := range s.GroupBy {
		if values := g.Key.values(ex); len(values) > 0 {
			out[i] = values[0]
		}
	}
	return out
}

// HashValues is a short name for values of groups: they may be long, and names of people.
func HashValues(values []string) string {
	h := sha256.New()
	for _, v := range values {
		h.Write([]byte(v))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// OfKey reports whether the scope concerns calls of an API key at all, and whether it concerns each
// of them, by what the principal alone tells.
func (s *Scope) OfKey(p *gateway.Principal) (some, each bool) {
	if s.Workspace != "" && s.Workspace != p.Workspace {
		return false, false
	}
	ex := alone(p)
	each = true
	for i := range s.Conditions {
		c := &s.Conditions[i]
		switch {
		case !c.Key.toldBy(p):
			each = false
		case !c.Holds(ex):
			return false, false
		}
	}
	return true, each
}

// ValuesOfKey are those of the groups that the principal alone tells, by the groups' position.
func (s *Scope) ValuesOfKey(p *gateway.Principal) map[int]string {
	out, ex := map[int]string{}, alone(p)
	for i, g := range s.GroupBy {
		if !g.Key.toldBy(p) {
			continue
		}
		out[i] = ""
		if values := g.Key.values(ex); len(values) > 0 {
			out[i] = values[0]
		}
	}
	return out
}

// alone is a call of which only the caller is known.
func alone(p *gateway.Principal) *gateway.Exchange {
	return &gateway.Exchange{Principal: p, Envelope: &gateway.Envelope{Metadata: p.Metadata}}
}
