package billing

import (
	"maps"
	"math/bits"

	"github.com/sluicegate/sluice/gateway"
)

// Pricing says what callers pay, and what becomes of models without a price.
type Pricing interface {
	// PriceRule returns the rule for a call of p to a model at t; ok is false if the caller pays
	// what the vendor bills.
	PriceRule(p *gateway.Principal, t *gateway.Target, model string) (rule gateway.PriceRule, ok bool)
	// UnpricedModels returns the setting of a workspace, by its id.
	UnpricedModels(workspace string) gateway.UnpricedModels
}

// ceilingPrice is the version of a price that stands in for one that nobody knows.
const ceilingPrice = "ceiling"

// tariff is what one model costs, and what a caller pays for it.
type tariff struct {
	list    gateway.Price // what the vendor bills
	known   bool          // list is known, or a ceiling
	assumed bool          // list is a ceiling
	rule    gateway.PriceRule
	ruled   bool
}

// rates are where tariffs come from. The zero value knows no prices.
type rates struct {
	book    Catalog // nil: no list prices
	pricing Pricing // nil: callers pay what vendors bill
	byCost  bool    // budgets count what vendors bill
}

// tariff is that of a model at a target for one exchange. A list price of pieces that its operation
// never uses is not known.
func (r rates) tariff(ex *gateway.Exchange, t *gateway.Target, model string) (f tariff) {
	p := ex.Principal
	f.list, f.known = PriceAt(r.book, t, t.Provider, model, ex.Start)
	f.known = f.known && pays(&f.list, ex.Request.Op, piece(model, ex.Request))
	if r.pricing == nil || p == nil {
		return f
	}
	f.rule, f.ruled = r.pricing.PriceRule(p, t, model)
	if c := r.unpriced(p).Ceiling; !f.known && c != nil {
		f.list, f.known, f.assumed = *c, true, true
		f.list.Version = ceilingPrice
	}
	return f
}

func (r rates) unpriced(p *gateway.Principal) gateway.UnpricedModels {
	if r.pricing == nil || p == nil {
		return gateway.UnpricedModels{}
	}
	return r.pricing.UnpricedModels(p.Workspace)
}

// counts reports whether the amount that budgets count is known.
func (r rates) counts(f tariff) bool {
	return f.known || !r.byCost && f.ruled && f.rule.Price != nil
}

// counted is the amount of a charge that budgets count.
func (r rates) counted(c gateway.Cost) int64 {
	if r.byCost {
		return c.Nano
	}
	return c.Charged
}

// charge prices what was used. Basis is the caller's.
func (f tariff) charge(u gateway.Usage) (c gateway.Cost) {
	if f.known {
		nano, complete, any := cost(f.list, u)
		c.Known, c.Assumed, c.Nano, c.Partial = any, f.assumed, nano, any && !complete
		if any {
			c.Price = f.list.Version
		}
	}
	c.Charged, c.ChargedKnown = c.Nano, c.Known
	if !f.ruled {
		return c
	}
	c.Rule = f.rule.Name
	if f.rule.Price != nil {
		c.Charged, _, _ = cost(f.withPieces(*f.rule.Price, u), u)
		c.ChargedKnown = true
		return c
	}
	c.Charged = multiply(c.Nano, f.rule.Factor)
	return c
}

// withPieces is a rule's price for what was used, with the vendor's prices of pieces that the rule
// does not name, which the caller pays as they are.
func (f tariff) withPieces(own gateway.Price, u gateway.Usage) gateway.Price {
	p, _, _ := own.Under(u)
	p.Bands, p.Variants = nil, nil
	list, _, _ := f.list.Under(gateway.Usage{Terms: u.Terms})
	units := maps.Clone(p.Units)
	for unit, n := range list.Units {
		if _, own := units[unit]; !own && !unit.PerMillion() {
			if units == nil {
				units = map[gateway.Unit]int64{}
			}
			units[unit] = n
		}
	}
	p.Units = units
	return p
}

// most is the most that u can cost under what is possible.
func (f tariff) most(u gateway.Usage, may possible) gateway.Cost {
	f.list = dearest(f.list.For(u.Terms), may)
	if f.rule.Price != nil {
		price := dearest(f.rule.Price.For(u.Terms), may)
		f.rule.Price = &price
	}
	return f.charge(u)
}

// multiply is what a caller pays for a cost, at most maxAmount. The cost is whole nano-USD already;
// the product is rounded up once more, so that anybody can compute it from the row.
func multiply(cost int64, by gateway.PriceFactor) int64 {
	high, low := bits.Mul64(uint64(max(cost, 0)), uint64(max(by, 0)))
	if high >= uint64(gateway.FactorOne) {
		return maxAmount
	}
	whole, rest := bits.Div64(high, low, uint64(gateway.FactorOne))
	if whole >= maxAmount {
		return maxAmount
	}
	if rest > 0 {
		whole++
	}
	return int64(whole)
}
