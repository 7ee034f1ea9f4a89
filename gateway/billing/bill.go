package billing

import (
	"github.com/sluicegate/sluice/gateway"
)

// bill is what an exchange cost, in nano-USD.
type bill struct {
	fact     gateway.Cost // what is known; recorded
	charge   int64        // what a budget pays
	estimate int64        // for attempts that broke without a usage report; a budget pays it up to the reservation
}

// bill adds up the attempts: the one that answered by the usage in its stream, failed ones
// by the usage they reported. A failed attempt without a report is free, unless the caller,
// a timeout or a guardrail cut it off while the model was generating. A budget then pays
// for the input and for what may have been generated.
func (m *meter) bill(ex *gateway.Exchange, err error) bill {
	var b bill
	b.fact.Known = true
	attempts := ex.Facts.Attempts
	last := m.answeringAttempt(attempts)
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
	if m.reserved != nil {
		b.charge = addSaturating(b.charge, min(b.estimate, max(m.reserved.amount-b.charge, 0)))
	}
	return b
}

// addAnswer adds the attempt whose stream went to the caller. complete is false if the stream
// broke. It reports whether the cost is known.
func (m *meter) addAnswer(b *bill, ex *gateway.Exchange, a *gateway.Attempt, complete bool) bool {
	t := targetAt(ex.Plan, a.Target)
	if a.Provider == "" && t != nil {
		named := *a
		named.Provider, named.Model = t.Provider, t.Sends(ex.Request.Model())
		a = &named
	}
	if !m.usageReported && a.Usage != nil {
		m.usage, m.usageReported = clampUsage(*a.Usage), true
	}
	price, ok := m.priceOf(ex, t, a)
	if !ok {
		return false
	}
	b.fact.Price = price.Version
	if !m.usageReported {
		b.estimate = addSaturating(b.estimate, m.estimate(price))
		return false
	}
	spent := cost(price, m.usage)
	b.fact.Nano = addSaturating(b.fact.Nano, spent)
	if !complete {
		// An early usage report of a broken stream counts the input, not the output since.
		b.estimate = addSaturating(b.estimate, max(m.estimate(price)-spent, 0))
	}
	b.charge = addSaturating(b.charge, spent)
	return true
}

// addFailed adds an attempt without an answer, and reports whether its cost is known.
func (m *meter) addFailed(b *bill, ex *gateway.Exchange, a *gateway.Attempt) bool {
	cutOff := a.Err != nil && (a.Err.Kind == gateway.Cancelled || a.Err.Kind == gateway.Timeout || a.FirstChunk > 0)
	if a.Usage == nil && (m.reserved == nil || !cutOff) {
		return false
	}
	price, ok := m.priceOf(ex, targetAt(ex.Plan, a.Target), a)
	if !ok {
		b.fact.Known = false
		return false
	}
	if a.Usage == nil {
		b.estimate = addSaturating(b.estimate, cost(price, gateway.Usage{Input: m.reserved.inputTokens, Output: unseenOutput}))
		return false
	}
	spent := cost(price, *a.Usage)
	b.fact.Nano, b.fact.Price = addSaturating(b.fact.Nano, spent), price.Version
	b.charge = addSaturating(b.charge, spent)
	return true
}

// answeringAttempt finds the attempt whose stream went to the caller: the last one without
// an error, else the last one. It is -1 if there was no stream.
func (m *meter) answeringAttempt(as []gateway.Attempt) int {
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

// estimate is what a budget pays for an answer without a usage report: the bound of its
// input, the output that was seen, and what may have been generated since.
func (m *meter) estimate(p gateway.Price) int64 {
	if m.reserved == nil {
		return 0
	}
	return cost(p, gateway.Usage{Input: m.reserved.inputTokens, Output: m.bytesSeen + unseenOutput})
}

// priceOf finds the price of the model that was requested, else of the one that answered.
func (m *meter) priceOf(ex *gateway.Exchange, t *gateway.Target, a *gateway.Attempt) (gateway.Price, bool) {
	p, ok := priceAt(m.prices, t, a.Provider, a.Model, ex.Start)
	if !ok && a.Served != "" && a.Served != a.Model {
		p, ok = priceAt(m.prices, t, a.Provider, a.Served, ex.Start)
	}
	return p, ok
}

// targetAt finds the target with a path, or the first one for "".
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
