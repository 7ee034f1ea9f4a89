package keys

import (
	"errors"

	"github.com/sluicegate/sluice/gateway"
)

// bill is what an exchange cost. fact is what is known of it; charge is what a budget
// pays, which for a broken answer holds an estimate.
type bill struct {
	fact   gateway.Cost
	charge int64
}

// bill adds up the attempts: the one that answered by the usage that went through the
// stream, failed ones by the usage they reported. A failed attempt that reported none is
// free, unless the caller or a timeout cut it off while the model was at work: then a
// budget pays for the input and for what was seen.
func (m *meter) bill(ex *gateway.Exchange, err error) bill {
	var b bill
	attempts := ex.Facts.Attempts
	last := m.answered(attempts)
	for i := range attempts {
		if i == last {
			continue
		}
		m.addFailed(&b, ex, &attempts[i])
	}
	if m.Stream == nil {
		return b // no answer began: all attempts failed
	}
	var a gateway.Attempt
	if last >= 0 {
		a = attempts[last]
	}
	t := targetAt(ex.Plan, a.Target)
	if a.Provider == "" && t != nil {
		a.Provider, a.Model = t.Provider, modelOf(t, ex.Request)
	}
	price, priced := m.priceOf(ex, t, &a)
	usage, told := m.usage, m.told
	if !told && a.Usage != nil {
		usage, told = *a.Usage, true
	}
	if !priced {
		return b
	}
	b.fact.Price = price.Version
	switch whole := err == nil; {
	case told:
		spent := cost(price, usage)
		b.fact.Nano, b.fact.Known = saturate(b.fact.Nano, spent), true
		if !whole {
			// early usage of a broken stream counts the input, not what was written since
			spent = max(spent, m.estimate(price))
		}
		b.charge = saturate(b.charge, spent)
	default:
		b.charge = saturate(b.charge, m.estimate(price))
	}
	return b
}

// answered finds the attempt whose stream was handed on: the last one, unless no stream
// was. Attempts given up in a race stand before it or are marked as cancelled.
func (m *meter) answered(as []gateway.Attempt) int {
	if m.Stream == nil {
		return -1
	}
	for i := len(as) - 1; i >= 0; i-- {
		if as[i].Err == nil {
			return i
		}
	}
	return len(as) - 1
}

func (m *meter) addFailed(b *bill, ex *gateway.Exchange, a *gateway.Attempt) {
	t := targetAt(ex.Plan, a.Target)
	price, ok := m.priceOf(ex, t, a)
	if !ok {
		return
	}
	switch {
	case a.Usage != nil:
		spent := cost(price, *a.Usage)
		b.fact.Nano, b.fact.Known, b.fact.Price = saturate(b.fact.Nano, spent), m.Stream == nil || b.fact.Known, price.Version
		b.charge = saturate(b.charge, spent)
	case m.budget != nil && cutOff(a.Err):
		b.charge = saturate(b.charge, cost(price, gateway.Usage{Input: m.budget.input, Output: unseenOutput}))
	}
}

func cutOff(err *gateway.Error) bool {
	var e *gateway.Error
	return errors.As(err, &e) && e != nil && (e.Kind == gateway.Cancelled || e.Kind == gateway.Timeout)
}

// estimate is what an answer without a usage report cost a budget: the bound of its
// input and what it wrote, but no more than was held.
func (m *meter) estimate(p gateway.Price) int64 {
	if m.budget == nil {
		return 0
	}
	return min(m.budget.amount, cost(p, gateway.Usage{Input: m.budget.input, Output: m.seen + unseenOutput}))
}

// priceOf prices by the model that was sent, else by the one that answered.
func (m *meter) priceOf(ex *gateway.Exchange, t *gateway.Target, a *gateway.Attempt) (gateway.Price, bool) {
	p, ok := quote(m.prices, t, a.Provider, a.Model, ex.Start)
	if !ok && a.Served != "" && a.Served != a.Model {
		p, ok = quote(m.prices, t, a.Provider, a.Served, ex.Start)
	}
	return p, ok
}

// targetAt finds the leaf with a path; without a path, the first one.
func targetAt(plan *gateway.Plan, path string) *gateway.Target {
	if plan == nil {
		return nil
	}
	return findTarget(plan.Root, path)
}

func findTarget(n *gateway.Node, path string) *gateway.Target {
	if n == nil {
		return nil
	}
	if n.Target != nil {
		if path == "" || n.Target.Path == path {
			return n.Target
		}
		return nil
	}
	for _, c := range n.Nodes {
		if t := findTarget(c, path); t != nil {
			return t
		}
	}
	return nil
}
