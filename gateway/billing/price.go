package billing

import (
	"math"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Catalog knows list prices and what models can do.
type Catalog interface {
	// Price returns the price of a model at a time. ok is false if the price is unknown,
	// which does not mean that the model is free.
	Price(provider, model string, at time.Time) (price gateway.Price, ok bool)
	// MaxOutput returns the most output tokens of one answer; ok is false if that is unknown.
	MaxOutput(provider, model string) (tokens int64, ok bool)
}

// ownPrice is the version of a price that the virtual key sets.
const ownPrice = "virtual_key"

// makers is implemented by a Catalog that knows who makes a model.
type makers interface {
	// Vendors lists the vendors that have a model of this name, its maker first.
	Vendors(model string) []string
}

// PriceAt returns the price of a model at a target: the virtual key's own, else the list price. A
// relay bills a multiple of the list price, of the model's maker where it has none of its own.
func PriceAt(book Catalog, t *gateway.Target, provider, model string, at time.Time) (gateway.Price, bool) {
	if t != nil {
		provider = t.Provider
		p, ok := t.Prices[model]
		if !ok {
			p, ok = t.Prices["*"]
		}
		if ok {
			if p.Version == "" {
				p.Version = ownPrice
			}
			return p, true
		}
	}
	if book == nil {
		return gateway.Price{}, false
	}
	price, ok := book.Price(provider, model, at)
	if t == nil {
		return price, ok
	}
	multiplier, relay := t.Settings.PriceMultiplier()
	if !relay {
		return price, ok
	}
	if known, has := book.(makers); has && !ok {
		for _, maker := range known.Vendors(model) {
			if price, ok = book.Price(maker, model, at); ok {
				break
			}
		}
	}
	return price.Times(multiplier), ok
}

// clampUsage limits the usage that an upstream reports, which may be absurd.
func clampUsage(u gateway.Usage) gateway.Usage {
	u.Input, u.Output = clampTokens(u.Input), clampTokens(u.Output)
	u.CacheRead = min(clampTokens(u.CacheRead), u.Input)
	u.CacheWrite = min(clampTokens(u.CacheWrite), u.Input-u.CacheRead)
	u.Reasoning = min(clampTokens(u.Reasoning), u.Output)
	return u
}

// maxAmount is more than any call costs. Higher amounts are limited to it, so that sums of very
// many of them fit into 63 bits.
const maxAmount = math.MaxInt64 / 1_000_000

// cost is p.Cost in nano-USD, at most maxAmount.
func cost(p gateway.Price, u gateway.Usage) int64 {
	u = clampUsage(u)
	most := dearest(p)
	if n := len(most.Bands); n > 0 {
		most = most.Bands[n-1].Price
	}
	if float64(u.Input+u.Output)*float64(max(most.Input, most.Output)) > math.MaxInt64/2 {
		return maxAmount
	}
	return min(max(p.Cost(u), 0), maxAmount)
}

// dearest is p with all input at the price of the dearest kind of input: the most that input can
// cost, whatever of it the vendor reads from or writes to its cache. A longer prompt never costs
// less.
func dearest(p gateway.Price) gateway.Price {
	out := gateway.Price{Input: p.Input, Output: p.Output}
	for _, other := range []*int64{p.CacheRead, p.CacheWrite} {
		if other != nil {
			out.Input = max(out.Input, *other)
		}
	}
	below := out
	for _, band := range p.Bands {
		above := dearest(band.Price)
		above.Input, above.Output = max(above.Input, below.Input), max(above.Output, below.Output)
		out.Bands = append(out.Bands, gateway.PriceBand{Over: band.Over, Price: above})
		below = above
	}
	return out
}
