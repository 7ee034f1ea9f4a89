package billing

import (
	"context"
	"slices"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/ledger"
	"github.com/sluicegate/sluice/gateway/billing/tariff"
)

// session is what an attempt keeps that lasts as a realtime session. Its reservation grows: when a
// response begins, all that was used so far and the most that this response can cost is reserved.
type session struct {
	ctx    context.Context
	ex     *gateway.Exchange
	raised []*reservation       // on top of the attempt's first one
	others []gateway.ModelUsage // of models besides the session's
	lost   bool                 // some usage was not told
}

// maxOtherModels bounds the models of one session besides its own.
const maxOtherModels = 16

// observe notes what a chunk tells of the cost besides its usage. The caller holds mu.
func (a *attempt) observe(c *gateway.ExtraCost) {
	s := a.session
	if s == nil {
		a.beside = c.Others
		return
	}
	s.lost = s.lost || c.Lost
	if c.Other == nil {
		return
	}
	u := tariff.ClampUsage(c.Other.Usage)
	i := slices.IndexFunc(s.others, func(o gateway.ModelUsage) bool { return o.Model == c.Other.Model })
	switch {
	case i >= 0:
		s.others[i].Usage.Add(&u)
	case len(s.others) < maxOtherModels:
		s.others = append(s.others, gateway.ModelUsage{Model: c.Other.Model, Usage: u})
	default:
		s.lost = true
	}
}

// raise reserves what a response that begins can cost, on top of what the session has used. It fails
// where a budget has too little: the session must end then.
func (a *attempt) raise(most *gateway.Usage) error {
	s := a.session
	if s == nil || a.reserved == nil {
		return nil
	}
	a.mu.Lock()
	need := a.countedOf(tariff.ClampUsage(*most))
	if a.usage != nil {
		need = addSaturating(need, a.countedOf(*a.usage))
	}
	for _, c := range a.otherCharges(s.ex) {
		need = addSaturating(need, a.rates.Counted(c.Cost))
	}
	short := need - a.granted()
	a.mu.Unlock()
	if short <= 0 {
		return nil
	}
	d := &demand{fixed: short}
	r := &reservation{id: a.service.reservationID(s.ex), apiKey: a.reserved.apiKey, provider: a.reserved.provider, demand: d}
	var err error
	r.accounts, r.grant, _, err = a.service.claim(s.ctx, s.ex, ledger.Reservation{ID: r.id, APIKey: r.apiKey, At: a.service.cfg.Now(), Lease: a.service.lease()}, d, a.service.cfg.Patience)
	if err != nil {
		a.mu.Lock()
		s.lost = true // the vendor has begun the response
		a.mu.Unlock()
		return err
	}
	if len(r.accounts) == 0 { // the budgets are gone
		return nil
	}
	for _, account := range r.accounts {
		account.hold()
	}
	a.service.leases.add(r.id)
	s.raised = append(s.raised, r)
	return nil
}

// granted is all that is reserved.
func (a *attempt) granted() int64 {
	sum := a.reserved.grant.amount
	for _, r := range a.session.raised {
		sum = addSaturating(sum, r.grant.amount)
	}
	return sum
}

// countedOf is the amount that budgets count for what the session's own model has used.
func (a *attempt) countedOf(u gateway.Usage) int64 {
	return a.rates.Counted(a.tariff(a.session.ex).Charge(u))
}

// otherCharges are the charges of the models besides the one that the attempt asks, or that did most of
// the work that it settles. The caller holds mu.
func (a *attempt) otherCharges(ex *gateway.Exchange) []gateway.Charge {
	others := a.others
	if a.session != nil {
		others = a.session.others
	}
	var out []gateway.Charge
	for _, o := range others {
		out = append(out, a.chargeOf(a.rates.Of(ex, a.target, o.Model), o.Usage))
	}
	for _, o := range a.beside {
		by := a.tariff(ex)
		if o.Model != "" {
			by = a.rates.Of(ex, a.target, a.target.Settings.ModelOf(o.Model))
		}
		out = append(out, a.chargeOf(by, o.Usage))
	}
	return out
}

// chargeOf is what a reported usage costs by a tariff.
func (a *attempt) chargeOf(by tariff.Tariff, used gateway.Usage) gateway.Charge {
	u := tariff.ClampWork(used)
	c := gateway.Charge{Target: a.target.Path, Usage: u, Cost: by.Charge(u)}
	c.Cost.Basis = gateway.CostReported
	if by.Known {
		c.Lines, _ = by.List.Lines(u)
	}
	return c
}
