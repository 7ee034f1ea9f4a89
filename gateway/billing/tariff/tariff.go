package tariff

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

// Tariff is what one model costs, and what a caller pays for it.
type Tariff struct {
	List    gateway.Price // what the vendor bills
	Known   bool          // list is known, or a ceiling
	Assumed bool          // list is a ceiling
	Rule    gateway.PriceRule
	Ruled   bool
}

// Rates are where tariffs come from. The zero value knows no prices.
type Rates struct {
	Book    Catalog // nil: no list prices
	Pricing Pricing // nil: callers pay what vendors bill
	ByCost  bool    // budgets count what vendors bill
}

// Of returns that of a model at a target for one exchange. A list price of pieces that its operation
// never uses is not known.
func (r Rates) Of(ex *gateway.Exchange, t *gateway.Target, model string) (f Tariff) {
	p := ex.Principal
	f.List, f.Known = PriceAt(r.Book, t, t.Provider, model, ex.Start)
	f.Known = f.Known && pays(&f.List, ex.Request.Op, Piece(model, ex.Request))
	if r.Pricing == nil || p == nil {
		return f
	}
	f.Rule, f.Ruled = r.Pricing.PriceRule(p, t, model)
	if c := r.Unpriced(p).Ceiling; !f.Known && c != nil {
		f.List, f.Known, f.Assumed = *c, true, true
		f.List.Version = ceilingPrice
	}
	return f
}

// Unpriced is the setting for models without a price of the workspace of a caller.
func (r Rates) Unpriced(p *gateway.Principal) gateway.UnpricedModels {
	if r.Pricing == nil || p == nil {
		return gateway.UnpricedModels{}
	}
	return r.Pricing.UnpricedModels(p.Workspace)
}

// Counts reports whether the amount that budgets count is known.
func (r Rates) Counts(f Tariff) bool {
	return f.Known || !r.ByCost && f.Ruled && f.Rule.Price != nil
}

// Counted is the amount of a charge that budgets count.
func (r Rates) Counted(c gateway.Cost) int64 {
	if r.ByCost {
		return c.Nano
	}
	return c.Charged
}

// Charge prices what was used. Basis is the caller's.
func (f Tariff) Charge(u gateway.Usage) (c gateway.Cost) {
	if f.Known {
		nano, complete, any := cost(f.List, u)
		c.Known, c.Assumed, c.Nano, c.Partial = any, f.Assumed, nano, any && !complete
		if any {
			c.Price = f.List.Version
		}
	}
	c.Charged, c.ChargedKnown = c.Nano, c.Known
	if !f.Ruled {
		return c
	}
	c.Rule = f.Rule.Name
	if f.Rule.Price != nil {
		c.Charged, _, _ = cost(f.withPieces(*f.Rule.Price, u), u)
		c.ChargedKnown = true
	} else {
		c.Charged = multiply(c.Nano, f.Rule.Factor)
	}
	c.Partial = c.Partial || c.Charged >= maxAmount
	return c
}

// withPieces is a rule's price for what was used, with the vendor's prices of pieces that the rule
// does not name, which the caller pays as they are.
func (f Tariff) withPieces(own gateway.Price, u gateway.Usage) gateway.Price {
	p, _, _ := own.Under(u)
	p.Bands, p.Variants = nil, nil
	list, _, _ := f.List.Under(gateway.Usage{Terms: u.Terms})
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

// Most is the most that u can cost under what is possible.
func (f Tariff) Most(u gateway.Usage, may Possible) gateway.Cost {
	f.List = dearest(f.List.For(u.Terms), may)
	if f.Rule.Price != nil {
		price := dearest(f.Rule.Price.For(u.Terms), may)
		f.Rule.Price = &price
	}
	return f.Charge(u)
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
