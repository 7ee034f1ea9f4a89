package catalog

import (
	"slices"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/catalog/table"
)

// priceOf is the price of the standard tier at a time. ok is false where a model has none, or one
// that is not for tokens.
func priceOf(m *table.Model, at time.Time) (price gateway.Price, ok bool) {
	day := at.UTC().Format(time.DateOnly)
	plain, ok := inForce(m.Prices, table.Condition{}, day)
	for _, p := range m.Prices {
		if p.When.Hours == "" || p.When.Over > 0 || p.From > day {
			continue
		}
		if now, err := table.Hours(p.When.Hours, at); err == nil && now {
			plain, ok = p, true
		}
	}
	if !ok || !complete(m, plain.Amounts) {
		return price, false
	}
	price = amounts(plain.Amounts)
	price.Version = m.Provider + "/" + m.ID + "@" + plain.From
	if plain.From == "" {
		price.Version = m.Provider + "/" + m.ID + "@" + Day
	}
	for _, p := range m.Prices {
		if p.When == (table.Condition{Over: p.When.Over}) && p.When.Over > 0 && !slices.ContainsFunc(price.Bands, func(b gateway.PriceBand) bool { return b.Over == p.When.Over }) {
			if now, ok := inForce(m.Prices, p.When, day); ok && complete(m, now.Amounts) {
				price.Bands = append(price.Bands, gateway.PriceBand{Over: p.When.Over, Price: amounts(now.Amounts)})
			}
		}
	}
	return price, true
}

// inForce is the newest price under a condition on a day.
func inForce(prices []table.Price, when table.Condition, day string) (found table.Price, ok bool) {
	for _, p := range prices {
		if p.When == when && p.From <= day && (p.Until == "" || day < p.Until) && (!ok || p.From >= found.From) {
			found, ok = p, true
		}
	}
	return found, ok
}

// complete reports whether amounts price all tokens that a model bills.
func complete(m *table.Model, a table.Amounts) bool {
	_, input := a[table.Input]
	_, output := a[table.Output]
	return input && (output || !slices.Contains(inWords, m.Mode))
}

func amounts(a table.Amounts) gateway.Price {
	p := gateway.Price{Input: a[table.Input], Output: a[table.Output]}
	if n, ok := a[table.CacheRead]; ok {
		p.CacheRead = &n
	}
	if n, ok := a[table.CacheWrite]; ok {
		p.CacheWrite = &n
	}
	return p
}
