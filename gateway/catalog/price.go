package catalog

import (
	"cmp"
	"slices"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/catalog/table"
)

// priceOf is the price of the standard tier at a time. ok is false where a model has none, or one
// that leaves out some of its tokens. told is the day of prices that have none of their own.
func priceOf(m *table.Model, told string, at time.Time) (price gateway.Price, ok bool) {
	day := at.UTC().Format(time.DateOnly)
	plain, ok := inForce(m.Prices, table.Condition{}, day)
	bySize := slices.ContainsFunc(m.Prices, func(p table.Price) bool { return p.When.Size != "" || p.When.Quality != "" })
	if !ok && bySize { // each size has a price of its own
		plain, ok = table.Price{}, true
	}
	for _, p := range m.Prices {
		if p.When.Hours == "" || p.When.Over > 0 || p.From > day {
			continue
		}
		if now, err := table.Hours(p.When.Hours, at); err == nil && now {
			plain, ok = p, true
		}
	}
	whole := ok && complete(m, plain.Amounts)
	if !ok || !whole && !pieces(plain.Amounts) && !bySize {
		return price, false
	}
	price = amounts(m, plain.Amounts)
	price.NoTokens, price.BySize = !whole, bySize
	price.Version = m.Provider + "/" + m.ID + "@" + plain.From
	if plain.From == "" {
		price.Version = m.Provider + "/" + m.ID + "@" + told
	}
	price.Bands = bands(m, gateway.Terms{}, price, day)
	for _, p := range m.Prices {
		terms := gateway.Terms{Tier: p.When.Tier, Region: p.When.Region, Size: p.When.Size, Quality: p.When.Quality}
		if terms == (gateway.Terms{}) || p.When.Hours != "" || slices.ContainsFunc(price.Variants, func(v gateway.PriceVariant) bool { return v.Terms == terms }) {
			continue
		}
		now, ok := inForce(m.Prices, condition(terms), day)
		if !ok || !complete(m, now.Amounts) && !(price.NoTokens && pieces(now.Amounts)) {
			continue
		}
		variant := under(price, amounts(m, now.Amounts))
		variant.NoTokens = pieces(now.Amounts)
		variant.Bands = bands(m, terms, variant, day)
		price.Variants = append(price.Variants, gateway.PriceVariant{Terms: terms, Price: variant})
	}
	return price, true
}

// bands are the prices under terms for long prompts, by length.
func bands(m *table.Model, terms gateway.Terms, short gateway.Price, day string) (out []gateway.PriceBand) {
	for _, p := range m.Prices {
		when := condition(terms)
		when.Over = p.When.Over
		if p.When != when || when.Over == 0 || slices.ContainsFunc(out, func(b gateway.PriceBand) bool { return b.Over == when.Over }) {
			continue
		}
		if now, ok := inForce(m.Prices, when, day); ok && complete(m, now.Amounts) {
			out = append(out, gateway.PriceBand{Over: when.Over, Price: under(short, amounts(m, now.Amounts))})
		}
	}
	slices.SortFunc(out, func(a, b gateway.PriceBand) int { return cmp.Compare(a.Over, b.Over) })
	return out
}

func condition(t gateway.Terms) table.Condition {
	return table.Condition{Tier: t.Tier, Region: t.Region, Size: t.Size, Quality: t.Quality}
}

// under is a price under a condition. Its pieces cost what they do without the condition, unless the
// table says otherwise.
func under(plain, p gateway.Price) gateway.Price {
	p.Version = plain.Version
	for unit, n := range plain.Units {
		if _, own := p.Units[unit]; own || unit.PerMillion() {
			continue
		}
		if p.Units == nil {
			p.Units = map[gateway.Unit]int64{}
		}
		p.Units[unit] = n
	}
	return p
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

// pieces reports whether amounts price pieces that a call is billed by, and no tokens.
func pieces(a table.Amounts) bool {
	paid := false
	for unit := range a {
		if table.PerMillion[unit] {
			return false
		}
		paid = paid || slices.Contains(gateway.Units, gateway.Unit(unit)) && gateway.Unit(unit).PaysCall()
	}
	return paid
}

// amounts are the prices of units. Google bills audio as other input unless it says otherwise.
func amounts(m *table.Model, a table.Amounts) gateway.Price {
	p := gateway.Price{Input: a[table.Input], Output: a[table.Output]}
	if n, ok := a[table.CacheRead]; ok {
		p.CacheRead = &n
	}
	if n, ok := a[table.CacheWrite]; ok {
		p.CacheWrite = &n
	}
	for _, unit := range gateway.Units {
		n, ok := a[table.Unit(unit)]
		switch unit {
		case gateway.UnitInput, gateway.UnitOutput, gateway.UnitCacheRead, gateway.UnitCacheWrite:
			continue
		case gateway.UnitAudioInput:
			if _, words := a[table.Input]; !ok && words && (m.Provider == "google" || m.Provider == "vertex-ai") {
				n, ok = p.Input, true
			}
		}
		if ok {
			if p.Units == nil {
				p.Units = map[gateway.Unit]int64{}
			}
			p.Units[unit] = n
		}
	}
	return p
}
