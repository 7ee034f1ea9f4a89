package keys

import (
	"math"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// PriceBook knows list prices. ok is false when a price is not known, which is not the
// same as nothing to pay.
type PriceBook interface {
	Price(provider, model string, at time.Time) (price gateway.Price, ok bool)
}

const ownPrice = "virtual_key"

// quote is the price of a model at a target: the virtual key's own price, else the list.
func quote(book PriceBook, t *gateway.Target, provider, model string, at time.Time) (gateway.Price, bool) {
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
	return book.Price(provider, model, at)
}

// sane bounds what an upstream claims, which may be anything.
func sane(u gateway.Usage) gateway.Usage {
	u.Input, u.Output = clampTokens(u.Input), clampTokens(u.Output)
	u.CacheRead = min(clampTokens(u.CacheRead), u.Input)
	u.CacheWrite = min(clampTokens(u.CacheWrite), u.Input-u.CacheRead)
	u.Reasoning = min(clampTokens(u.Reasoning), u.Output)
	return u
}

// cost is p.Cost, but what does not fit into 63 bits costs as much as can be written.
func cost(p gateway.Price, u gateway.Usage) int64 {
	u = sane(u)
	dearest := max(p.Input, p.Output)
	if p.CacheRead != nil {
		dearest = max(dearest, *p.CacheRead)
	}
	if p.CacheWrite != nil {
		dearest = max(dearest, *p.CacheWrite)
	}
	if float64(u.Input+u.Output)*float64(dearest) > math.MaxInt64/2 {
		return math.MaxInt64 / 1_000_000
	}
	return max(p.Cost(u), 0)
}
