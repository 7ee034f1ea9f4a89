package billing

import (
	"slices"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/ledger"
	"github.com/sluicegate/sluice/gateway/billing/tariff"
)

// What a vendor does after the call that asked for it, such as the calls of a batch, outlives the
// exchange and the process. The most that it can cost is reserved before the vendor is asked, and
// stands until the first exchange that learns of its end settles it. Work of which nobody learns the
// end costs what was reserved.

// workLease is how long such a reservation stands: a vendor takes a day for a batch, and callers may
// look for it after a weekend.
const workLease = 7 * 24 * time.Hour

// addWork adds to a demand what work may cost, at the prices of single calls: those of batches are
// not above them.
func (d *demand) addWork(t *gateway.Target, w *gateway.VendorWork, ex *gateway.Exchange) error {
	if w.Unbounded != "" {
		return &gateway.Error{Op: opReserve, Kind: gateway.Invalid, Code: "cost_unbounded", Public: w.Unbounded + " The call has a budget, so it is not made."}
	}
	d.unbound, d.work = false, 1 // a budget that is spent pays for none of it
	for i := range w.Calls {
		c := &w.Calls[i]
		model := t.Settings.ModelOf(c.Model)
		f := d.rates.Of(ex, t, model)
		f.Known = f.Known && !f.List.NoTokens // these calls use tokens
		if !d.rates.Counts(f) {
			return unpriced(t, model)
		}
		limit, known := maxOutput(d.rates.Book, t, model)
		if !known {
			limit = unknownLimit
		}
		may := tariff.Possible{Sound: c.Special, KeptHour: true, Tiers: func(string) bool { return false }, Searches: tariff.SearchesPerTool * c.Hosted}
		used := gateway.Usage{Input: c.Input, Output: c.Output + c.Open*limit, Searches: may.Searches}
		d.work = addSaturating(d.work, d.rates.Counted(f.Most(used, may)))
	}
	for i := range w.Known {
		k := &w.Known[i]
		f := d.rates.Of(ex, t, t.Settings.ModelOf(k.Model))
		cost := f.Most(tariff.ClampWork(k.Usage), tariff.Possible{Tiers: func(string) bool { return false }})
		if !d.rates.Counts(f) || cost.Partial || f.Known && !cost.Known {
			return unpriced(t, k.Model)
		}
		d.work = addSaturating(d.work, d.rates.Counted(cost))
	}
	return nil
}

// keepsWorking reports whether the vendor has accepted work, or may have. The caller holds mu.
func (a *attempt) keepsWorking(ex *gateway.Exchange, err error) bool {
	pass := ex.Request.Pass
	if pass == nil || pass.Work == nil || a.reserved == nil {
		return false
	}
	if err != nil {
		return abandoned(err)
	}
	return a.Stream != nil && pass.Answer.Status < 300
}

// leaveWorking lets the reservation of work stand after its exchange. The caller holds mu.
func (a *attempt) leaveWorking(ex *gateway.Exchange) {
	r := a.reserved
	for _, account := range r.accounts {
		account.release(r.apiKey, false)
	}
	if a.usage == nil {
		a.usage = &gateway.Usage{} // of this call itself
	}
	ex.Request.Pass.Work.Reservation = &gateway.WorkReservation{ID: r.id, APIKey: r.apiKey, Amount: r.grant.amount, Until: a.service.cfg.Now().Add(workLease)}
	a.reserved = nil
}

// takeWork makes an attempt that has learned what work cost charge that, and settle the reservation of
// it in the place of its own. The caller holds mu.
func (a *attempt) takeWork(ex *gateway.Exchange) {
	pass := ex.Request.Pass
	if pass == nil || pass.Settled == nil {
		return
	}
	if used := pass.Settled.Used; len(used) > 0 {
		u := tariff.ClampWork(used[0].Usage)
		a.usage, a.model, a.others = &u, a.target.Settings.ModelOf(used[0].Model), slices.Clone(used[1:])
		for i := range a.others {
			a.others[i].Model = a.target.Settings.ModelOf(a.others[i].Model)
		}
	}
	of := pass.Settled.Reservation
	if of == nil {
		return
	}
	if a.reserved != nil {
		a.service.settle(a.reserved, ledger.Settlement{}, false)
	}
	a.reserved = &reservation{id: of.ID, apiKey: of.APIKey, provider: a.target.Provider, grant: grant{amount: of.Amount}, demand: &demand{work: of.Amount}}
}
