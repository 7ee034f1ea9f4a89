package keys

import (
	"github.com/sluicegate/sluice/gateway"
)

// bill is what an exchange cost. fact is what is known of it; a budget pays charge, which
// was reported, and guess, which is the estimate for what broke and never more than was
// held.
type bill struct {
	fact   gateway.Cost
	charge int64
	guess  int64
}

// bill adds up the attempts: the one that answered by the usage that went through the
// stream, failed ones by the usage they reported. A failed attempt that reported none is
// free, unless the caller, a timeout or a guardrail cut it off while the model was at
// work: then a budget pays for the input and for what may have been written.
func (m *meter) bill(ex *gateway.Exchange, err error) bill {
	var b bill
	b.fact.Known = true
	attempts := ex.Facts.Attempts
	last := m.answered(attempts)
	reported := false
	for i := range attempts {
		if i != last {
			reported = m.addFailed(&b, ex, &attempts[i]) || reported
		}
	}
	if m.Stream != nil {
		var none gateway.Attempt
		a := &none
		if last >= 0 {
			a = &attempts[last]
		}
		reported = m.addAnswer(&b, ex, a, err == nil)
	}
	b.fact.Known = b.fact.Known && reported
	if m.budget != nil {
		b.charge = saturate(b.charge, min(b.guess, max(m.budget.amount-b.charge, 0)))
	}
	return b
}

// addAnswer adds the answer that was handed on, and reports whether its cost is known.
func (m *meter) addAnswer(b *bill, ex *gateway.Exchange, a *gateway.Attempt, whole bool) bool {
	t := targetAt(ex.Plan, a.Target)
	if a.Provider == "" && t != nil {
		named := *a
		named.Provider, named.Model = t.Provider, t.Sends(ex.Request.Model())
		a = &named
	}
	if !m.told && a.Usage != nil {
		m.usage, m.told = sane(*a.Usage), true
	}
	price, ok := m.priceOf(ex, t, a)
	if !ok {
		return false
	}
	b.fact.Price = price.Version
	if !m.told {
		b.guess = saturate(b.guess, m.estimate(price))
		return false
	}
	spent := cost(price, m.usage)
	b.fact.Nano = saturate(b.fact.Nano, spent)
	if !whole {
		// the early usage of a broken stream counts the input, not what was written since
		b.guess = saturate(b.guess, max(m.estimate(price)-spent, 0))
	}
	b.charge = saturate(b.charge, spent)
	return true
}

// addFailed adds an attempt that was given up, and reports whether it told its usage.
func (m *meter) addFailed(b *bill, ex *gateway.Exchange, a *gateway.Attempt) bool {
	cutOff := a.Err != nil && (a.Err.Kind == gateway.Cancelled || a.Err.Kind == gateway.Timeout || a.FirstChunk > 0)
	if a.Usage == nil && (m.budget == nil || !cutOff) {
		return false
	}
	price, ok := m.priceOf(ex, targetAt(ex.Plan, a.Target), a)
	if !ok {
		b.fact.Known = false
		return false
	}
	if a.Usage == nil {
		b.guess = saturate(b.guess, cost(price, gateway.Usage{Input: m.budget.input, Output: unseenOutput}))
		return false
	}
	spent := cost(price, *a.Usage)
	b.fact.Nano, b.fact.Price = saturate(b.fact.Nano, spent), price.Version
	b.charge = saturate(b.charge, spent)
	return true
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

// estimate is what an answer without a usage report cost a budget: the bound of its
// input and what it wrote.
func (m *meter) estimate(p gateway.Price) int64 {
	if m.budget == nil {
		return 0
	}
	return cost(p, gateway.Usage{Input: m.budget.input, Output: m.seen + unseenOutput})
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
	for t := range plan.Root.Targets() {
		if path == "" || t.Path == path {
			return t
		}
	}
	return nil
}
