package billing

import (
	"slices"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/tariff"
)

// charge is what the attempt cost, by the usage that the vendor reported, else by what
// arrived. charged is false if it cost nothing: the vendor refused it, or was not reached.
// The caller holds mu.
func (a *attempt) charge(ex *gateway.Exchange, err error) (c gateway.Charge, charged bool) {
	c.Target = a.target.Path
	lost := a.session != nil && a.session.lost
	switch {
	case a.usage != nil && !lost && (a.text == gateway.TokenCount{} || err == nil && !a.leavesOutWords()):
		c.Usage, c.Cost.Basis = *a.usage, gateway.CostReported
	case a.Stream != nil || abandoned(err):
		c.Usage, c.Cost.Basis = a.counted(ex.Request), gateway.CostCounted
	default:
		return c, false
	}
	basis := c.Cost.Basis
	if model := ex.Request.Model(); c.Usage.Images > 0 {
		c.Usage.Terms = c.Usage.Terms.Or(tariff.Piece(model, ex.Request))
	}
	by := a.tariff(ex)
	c.Cost = by.Charge(c.Usage)
	c.Cost.Basis = basis
	c.Cost.Partial = c.Cost.Partial || lost
	if by.Known {
		c.Lines, _ = by.List.Lines(tariff.ClampWork(c.Usage))
	}
	return c, true
}

// leavesOutWords reports a usage without output: some vendors tell it before they write. The caller holds mu.
func (a *attempt) leavesOutWords() bool { return a.billed && a.usage.Output == 0 }

// abandoned reports a call that Sluice itself gave up while the vendor was at work on it.
func abandoned(err error) bool {
	kind := gateway.AsError(err).Kind
	return kind == gateway.Cancelled || kind == gateway.Timeout
}

// counted is the usage of an answer that was cut, or that reports none.
func (a *attempt) counted(req *gateway.Request) gateway.Usage {
	var u gateway.Usage
	switch {
	case a.usage != nil:
		u = *a.usage
	case a.early != nil:
		u = *a.early
		u.Output, u.Reasoning = 0, 0
	default:
		u.Input = req.EstimatedInput()
	}
	u.Output += a.text.Tokens()
	if r := a.reserved; r != nil && a.Stream == nil && !req.Stream() { // nobody can tell how much of it was written
		all := r.demand.pieces
		all.Input, all.Output = r.demand.input, r.demand.tokens(r.grant.output)
		return all
	}
	if r := a.reserved; r != nil && a.usage == nil { // an estimate is no proof that the vendor billed above the limit
		u.Output = min(u.Output, r.demand.tokens(r.grant.output))
		if a.early == nil {
			u.Input = min(u.Input, r.demand.input)
		}
	}
	return tariff.ClampUsage(u)
}

// tariff is that of the model that answered, if the body names it or the one that was asked for has
// no price; else that of the model that was asked for.
func (a *attempt) tariff(ex *gateway.Exchange) tariff.Tariff {
	if a.model != "" {
		return a.rates.Of(ex, a.target, a.model)
	}
	model, served := ex.Request.Model(), ""
	if n := len(ex.Facts.Attempts); n > 0 {
		served = ex.Facts.Attempts[n-1].Served
	}
	if names, _ := ex.Request.Dialect.Models(ex.Request.Raw); model == "" && served == "" && len(names) == 1 {
		model = names[0] // of a call that is passed on, whose answer names none
	}
	asked := a.rates.Of(ex, a.target, model)
	if served == "" || served == model {
		return asked
	}
	known := asked.Known && !asked.Assumed
	if names, _ := ex.Request.Dialect.Models(ex.Request.Raw); known && !slices.Contains(names, served) {
		return asked
	}
	if f := a.rates.Of(ex, a.target, served); f.Known && !f.Assumed {
		return f
	}
	return asked
}
