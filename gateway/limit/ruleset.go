package limit

import (
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/policy"
)

// compiled is a rule with what is derived from it.
type compiled struct {
	Rule
	at policy.Moment // when it is asked
}

func newRuleSet(rules []Rule) *policy.Set[*compiled] {
	all := make([]*compiled, len(rules))
	for i, r := range rules {
		scope := r.scope()
		all[i] = &compiled{r, scope.Moment()}
	}
	return policy.NewSet(all, func(c *compiled) policy.Scope { return c.scope() })
}

func (c *compiled) period() time.Duration { return periods[c.Unit] }

// counter names the counter of one call: the rule and the values of its groups, hashed, because
// they may be names of people and counters may be kept elsewhere.
func (c *compiled) counter(ex *gateway.Exchange) string {
	if len(c.GroupBy) == 0 {
		return c.ID
	}
	scope := c.scope()
	return c.ID + "/" + policy.HashValues(scope.Values(ex))
}
