package condition

import "github.com/sluicegate/sluice/gateway"

// Condition leads to a target if its query holds.
type Condition struct {
	Query Query
	Then  int // index of the target
}

// Chooser holds the conditions of one strategy. Immutable.
type Chooser struct {
	Conditions []Condition // the first one that holds wins
	Default    int         // index of the target for all other calls; -1 = there is none
}

// Choose returns the index of the target for a call; false if no condition holds and there is no default.
func (c *Chooser) Choose(env *gateway.Envelope, req *gateway.Request) (target int, ok bool) {
	for i := range c.Conditions {
		if c.Conditions[i].Query.Holds(env, req) {
			return c.Conditions[i].Then, true
		}
	}
	return c.Default, c.Default >= 0
}
