package gateway

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
)

// PriceCondition is a part of a price of one's own: what units cost under a condition. Units that it
// leaves out cost what they do without it.
type PriceCondition struct {
	Terms         // empty = any
	Over    int64 // tokens of input that the prompt has more than; 0 = any
	Amounts map[Unit]int64
}

// Bounds of prices of one's own.
const (
	maxOwnPrice      = 1_000_000 * NanoPerUSD // per million tokens, or per piece
	maxConditions    = 50
	maxConditionOver = 1_000_000_000
)

// NewPrice makes a price of one's own. Amounts are nano-USD by unit. An error names the field:
// "conditions[1].web_search".
func NewPrice(amounts map[Unit]int64, conditions []PriceCondition) (Price, error) {
	if err := checkAmounts("", amounts); err != nil {
		return Price{}, err
	}
	if err := checkConditions(conditions); err != nil {
		return Price{}, err
	}
	byTerms := map[Terms]map[Unit]int64{{}: amounts}
	for _, c := range conditions {
		if c.Over == 0 {
			byTerms[c.Terms] = overlaid(amounts, c.Amounts)
		}
	}
	bands := map[Terms][]PriceBand{}
	for _, c := range conditions {
		if c.Over == 0 {
			continue
		}
		base, ok := byTerms[c.Terms]
		if !ok {
			base = amounts
			byTerms[c.Terms] = base
		}
		bands[c.Terms] = append(bands[c.Terms], PriceBand{Over: c.Over, Price: priceOfAmounts(overlaid(base, c.Amounts))})
	}
	price := priceOfAmounts(amounts)
	for terms, amounts := range byTerms {
		slices.SortFunc(bands[terms], func(a, b PriceBand) int { return cmp.Compare(a.Over, b.Over) })
		if terms == (Terms{}) {
			price.Bands = bands[terms]
			continue
		}
		v := PriceVariant{Terms: terms, Price: priceOfAmounts(amounts)}
		v.Bands = bands[terms]
		price.Variants = append(price.Variants, v)
	}
	slices.SortFunc(price.Variants, func(a, b PriceVariant) int {
		return cmp.Or(cmp.Compare(a.Tier, b.Tier), cmp.Compare(a.Region, b.Region), cmp.Compare(a.Size, b.Size), cmp.Compare(a.Quality, b.Quality))
	})
	return price, nil
}

// checkConditions refuses conditions that are malformed, or that stand twice.
func checkConditions(conditions []PriceCondition) error {
	const op = "gateway.checkConditions"
	if len(conditions) > maxConditions {
		return InvalidField(op, "conditions", "The field 'conditions' must have at most "+strconv.Itoa(maxConditions)+" entries.")
	}
	type key struct {
		Terms
		over int64
	}
	seen := map[key]bool{}
	for i, c := range conditions {
		at, k := "conditions["+strconv.Itoa(i)+"]", key{c.Terms, c.Over}
		if err := c.check(at); err != nil {
			return err
		}
		if seen[k] {
			return InvalidField(op, at, "The field '"+at+"' has the condition of another entry.")
		}
		seen[k] = true
		if err := checkAmounts(at+".", c.Amounts); err != nil {
			return err
		}
	}
	return nil
}

// check refuses a malformed condition. at is its field.
func (c *PriceCondition) check(at string) error {
	const op = "gateway.PriceCondition"
	switch {
	case c.Terms == Terms{} && c.Over == 0:
		return InvalidField(op, at, "The field '"+at+"' needs a tier, a region, a size, a quality or 'over'.")
	case c.Tier != "" && Tier(c.Tier) != c.Tier:
		return InvalidField(op, at+".tier", "The field '"+at+".tier' must be a service tier as answers name it, in lower case, such as priority; the standard one has no condition.")
	case c.Region != "" && Region(c.Region) != c.Region:
		return InvalidField(op, at+".region", "The field '"+at+".region' must be a region as answers name it, in lower case, such as us.")
	case c.Size != "" && Size(c.Size) != c.Size:
		return InvalidField(op, at+".size", "The field '"+at+".size' must be a size of images or videos in lower case, such as 1024x1792 or 1080p; auto is no size.")
	case c.Quality != "" && Quality(c.Quality) != c.Quality:
		return InvalidField(op, at+".quality", "The field '"+at+".quality' must be a quality of images in lower case, such as hd; auto is no quality.")
	case c.Over < 0 || c.Over > maxConditionOver:
		return InvalidField(op, at+".over", "The field '"+at+".over' must be a number of tokens up to "+strconv.Itoa(maxConditionOver)+".")
	case len(c.Amounts) == 0:
		return InvalidField(op, at, "The field '"+at+"' names no unit.")
	}
	return nil
}

// Parts is the reverse of NewPrice: conditions tell all units.
func (p *Price) Parts() (amounts map[Unit]int64, conditions []PriceCondition) {
	add := func(terms Terms, of *Price) {
		if terms != (Terms{}) {
			conditions = append(conditions, PriceCondition{Terms: terms, Amounts: of.amounts()})
		}
		for i := range of.Bands {
			conditions = append(conditions, PriceCondition{Terms: terms, Over: of.Bands[i].Over, Amounts: of.Bands[i].amounts()})
		}
	}
	add(Terms{}, p)
	for i := range p.Variants {
		add(p.Variants[i].Terms, &p.Variants[i].Price)
	}
	return p.amounts(), conditions
}

func (p *Price) amounts() map[Unit]int64 {
	out := map[Unit]int64{}
	for _, unit := range Units {
		if n, apart := p.Of(unit); apart {
			out[unit] = n
		}
	}
	return out
}

func priceOfAmounts(amounts map[Unit]int64) Price {
	p := Price{Input: amounts[UnitInput], Output: amounts[UnitOutput]}
	for unit, n := range amounts {
		switch unit {
		case UnitInput, UnitOutput:
		case UnitCacheRead:
			p.CacheRead = &n
		case UnitCacheWrite:
			p.CacheWrite = &n
		default:
			if p.Units == nil {
				p.Units = map[Unit]int64{}
			}
			p.Units[unit] = n
		}
	}
	return p
}

func overlaid(base, with map[Unit]int64) map[Unit]int64 {
	out := maps.Clone(base)
	if out == nil {
		out = map[Unit]int64{}
	}
	maps.Copy(out, with)
	return out
}

func checkAmounts(at string, amounts map[Unit]int64) error {
	const op = "gateway.checkAmounts"
	for _, unit := range slices.Sorted(maps.Keys(amounts)) {
		field, n := at+string(unit), amounts[unit]
		if !slices.Contains(Units, unit) {
			return InvalidField(op, field, "The field '"+field+"' is no unit that Sluice bills.")
		}
		if n < 0 || n > maxOwnPrice {
			return InvalidField(op, field, "The field '"+field+"' must be between 0 and 1000000 USD, for a million tokens or for one piece.")
		}
	}
	return nil
}

// PriceFactor is a factor in millionths: 1.2 is 1_200_000.
type PriceFactor int64

// FactorOne leaves an amount as it is.
const FactorOne PriceFactor = 1_000_000

// PriceRule says what a caller pays for an attempt, in place of what the vendor bills.
type PriceRule struct {
	Name   string
	Factor PriceFactor // of the cost
	Price  *Price      // of the tokens, whatever they cost; Factor is not used then
}

// UnpricedModels says what becomes of calls to models whose price is not known. The zero value
// refuses those that count against a budget, and lets the others pass with an unknown cost.
type UnpricedModels struct {
	Deny    bool   `json:"deny,omitempty"`    // refuse all
	Ceiling *Price `json:"ceiling,omitempty"` // reserve and charge this price instead; nil = none
}
