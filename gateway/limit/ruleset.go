package limit

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// ruleSet holds all rules, ready to be asked. It is immutable.
type ruleSet struct {
	general map[string][]*compiled // by workspace id; "" = all
	byKey   map[string][]*compiled // by the one API key that a condition names
}

// compiled is a rule with what is derived from it.
type compiled struct {
	Rule
	at moment // when it is asked
}

func newRuleSet(rules []Rule) *ruleSet {
	s := &ruleSet{general: map[string][]*compiled{}, byKey: map[string][]*compiled{}}
	for _, r := range rules {
		c := &compiled{Rule: r}
		for _, x := range r.Conditions {
			c.at = max(c.at, x.Key.moment())
		}
		for _, g := range r.GroupBy {
			c.at = max(c.at, g.Key.moment())
		}
		if key := r.onlyKey(); key != "" {
			s.byKey[key] = append(s.byKey[key], c)
		} else {
			s.general[r.Workspace] = append(s.general[r.Workspace], c)
		}
	}
	return s
}

// onlyKey is the API key that a condition names, if it names one by its id.
func (r *Rule) onlyKey() string {
	for _, c := range r.Conditions {
		if c.Key == "api_key" && !c.Excludes && len(c.Values) == 1 && isID(c.Values[0]) {
			return c.Values[0]
		}
	}
	return ""
}

// isID reports whether s has the form of an id, so that it is no name of a key.
func isID(s string) bool {
	const length = 26 // of a ULID
	if len(s) != length {
		return false
	}
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}

// matching calls yield for each rule that is asked of this exchange by want.
func (s *ruleSet) matching(ex *gateway.Exchange, want func(*compiled) bool, yield func(*compiled)) {
	if ex.Principal == nil {
		return
	}
	for _, rules := range [][]*compiled{s.byKey[ex.Principal.APIKey], s.general[ex.Principal.Workspace], s.general[""]} {
		for _, r := range rules {
			if (r.Workspace == "" || r.Workspace == ex.Principal.Workspace) && want(r) && r.holds(ex) {
				yield(r)
			}
		}
	}
}

func (c *compiled) holds(ex *gateway.Exchange) bool {
	for i := range c.Conditions {
		if !c.Conditions[i].holds(ex) {
			return false
		}
	}
	return true
}

func (c *compiled) period() time.Duration { return periods[c.Unit] }

// counter names the counter of one call: the rule and the values of its groups, hashed, because
// they may be names of people and counters may be kept elsewhere.
func (c *compiled) counter(ex *gateway.Exchange) string {
	if len(c.GroupBy) == 0 {
		return c.ID
	}
	h := sha256.New()
	for _, g := range c.GroupBy {
		value := ""
		if values := g.Key.values(ex); len(values) > 0 {
			value = values[0]
		}
		h.Write([]byte(value))
		h.Write([]byte{0})
	}
	return c.ID + "/" + hex.EncodeToString(h.Sum(nil)[:16])
}
