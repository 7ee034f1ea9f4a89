package gateway

import (
	"maps"
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// Prices are a virtual key's own prices by model. "*" is the price of all other models.
type Prices map[string]Price

// Price is in nano-USD per million tokens: 1 USD per million tokens is 1e9. A nil CacheRead
// or CacheWrite means the price of Input.
type Price struct {
	Input      int64  `json:"input"`
	Output     int64  `json:"output"`
	CacheRead  *int64 `json:"cache_read,omitempty"`
	CacheWrite *int64 `json:"cache_write,omitempty"`
	Version    string `json:"version,omitempty"`
	NoTokens   bool   `json:"no_tokens,omitempty"` // only pieces have a price: Input and Output tell nothing
	BySize     bool   `json:"by_size,omitempty"`   // pieces of a size or quality that no variant is for have no price

	// Units are the prices of all other units that are priced apart: of tokens per million, of others
	// per piece.
	Units    map[Unit]int64 `json:"units,omitempty"`
	Bands    []PriceBand    `json:"bands,omitempty"`    // ascending
	Variants []PriceVariant `json:"variants,omitempty"` // for terms that an answer may tell
}

// PriceBand is the price of all tokens of a call whose prompt has more than Over tokens.
type PriceBand struct {
	Over int64
	Price
}

// PriceVariant is the price of a call that was served under Terms.
type PriceVariant struct {
	Terms
	Price
}

// PriceLine is a part of a cost: Count × Price / Per nano-USD.
type PriceLine struct {
	Unit      Unit
	Count     int64
	Price     int64  // nano-USD for Per units
	Per       int64  // 1,000,000 for tokens, 1 for pieces
	Condition string // why this price applies and not another one of the model; "" if none does
	Unpriced  bool   // the unit was used and has no price: Price and Amount are 0
	Amount    int64  // nano-USD, rounded so that the lines of a cost add up to it
}

// tokensPriced is the number of tokens that a price is for.
const tokensPriced = 1_000_000

// MostPerLine is a billion USD, more than a line costs: a billion tokens do at the highest price that
// anybody may set. A higher amount is limited to it, so that sums of several lines fit into 63 bits, and the
// bill is then not complete.
const MostPerLine = 1_000_000_000 * NanoPerUSD

// Times returns p multiplied by a number of ten-thousandths, rounded up.
func (p Price) Times(tenThousandths int64) Price {
	times := func(n int64) int64 {
		whole, rest := n/10_000, n%10_000 // prices are at most 1e15, so neither product overflows
		return whole*tenThousandths + (rest*tenThousandths+9_999)/10_000
	}
	amount := func(n *int64) *int64 {
		if n == nil {
			return nil
		}
		product := times(*n)
		return &product
	}
	p.Input, p.Output, p.CacheRead, p.CacheWrite = times(p.Input), times(p.Output), amount(p.CacheRead), amount(p.CacheWrite)
	p.Units = maps.Clone(p.Units)
	for unit, n := range p.Units {
		p.Units[unit] = times(n)
	}
	p.Bands = slices.Clone(p.Bands)
	for i := range p.Bands {
		p.Bands[i].Price = p.Bands[i].Price.Times(tenThousandths)
	}
	p.Variants = slices.Clone(p.Variants)
	for i := range p.Variants {
		p.Variants[i].Price = p.Variants[i].Price.Times(tenThousandths)
	}
	return p
}

// Of returns the price of a unit, and whether the unit is priced apart.
func (p *Price) Of(unit Unit) (amount int64, apart bool) {
	switch unit {
	case UnitInput:
		return p.Input, !p.NoTokens
	case UnitOutput:
		return p.Output, !p.NoTokens
	case UnitCacheRead:
		if p.CacheRead != nil {
			return *p.CacheRead, true
		}
		return 0, false
	case UnitCacheWrite:
		if p.CacheWrite != nil {
			return *p.CacheWrite, true
		}
		return 0, false
	}
	amount, apart = p.Units[unit]
	return amount, apart
}

// Under returns the price of a call with this usage: the variant for its terms, and in it the band
// for its prompt; condition says which. exact is false if no price is known for its tier; the
// standard one stands in for it. A region without a price of its own has the standard one.
func (p Price) Under(u Usage) (chosen Price, condition string, exact bool) {
	chosen, met, exact := p.served(u.Terms)
	var conditions []string
	for _, c := range []struct{ name, value string }{{"service tier ", met.Tier}, {"region ", met.Region}, {"size ", met.Size}, {"quality ", met.Quality}} {
		if c.value != "" {
			conditions = append(conditions, c.name+c.value)
		}
	}
	for _, band := range slices.Backward(chosen.Bands) {
		if u.Input > band.Over {
			chosen = band.Price
			conditions = append(conditions, "more than "+strconv.FormatInt(band.Over, 10)+" input tokens")
			break
		}
	}
	return chosen, strings.Join(conditions, ", "), exact
}

// served is the price under terms, as far as there is one: met are those that it is for.
func (p Price) served(terms Terms) (chosen Price, met Terms, exact bool) {
	for _, piece := range []Terms{terms.piece(), {Size: terms.Size}, {Quality: terms.Quality}, {}} {
		for _, served := range []Terms{{Tier: terms.Tier, Region: terms.Region}, {Tier: terms.Tier}, {Region: terms.Region}, {}} {
			t := served.Or(piece)
			for _, v := range p.Variants {
				if t == v.Terms && t != (Terms{}) {
					return v.Price.ofPiece(p.BySize, terms, t), t, t.Tier == terms.Tier && (t.Region == terms.Region || !p.surcharges(terms.Region))
				}
			}
		}
	}
	return p.ofPiece(p.BySize, terms, Terms{}), Terms{}, terms.Tier == ""
}

// ofPiece is p, which was found for the terms met, without the prices of pieces if it may be that of
// another size or quality.
func (p Price) ofPiece(bySize bool, terms, met Terms) Price {
	if !bySize || terms.piece() == (Terms{}) || met.piece() != (Terms{}) {
		return p
	}
	p.Units = maps.Clone(p.Units)
	maps.DeleteFunc(p.Units, func(unit Unit, _ int64) bool { return unit.PaysCall() })
	return p
}

// For returns p without the variants that are not for the size and quality of terms, as far as these
// are told.
func (p Price) For(terms Terms) Price {
	variants := slices.DeleteFunc(slices.Clone(p.Variants), func(v PriceVariant) bool {
		return terms.Size != "" && v.Size != "" && terms.Size != v.Size || terms.Quality != "" && v.Quality != "" && terms.Quality != v.Quality
	})
	p = p.ofPiece(p.BySize, terms, Terms{})
	p.Variants = variants
	return p
}

// surcharges reports whether a region has a price of its own.
func (p Price) surcharges(region string) bool {
	for _, v := range p.Variants {
		if region != "" && v.Region == region {
			return true
		}
	}
	return false
}

// Lines returns the bill for u, and whether all that was used has a price. Tokens that are not
// priced apart are on the line of the tokens that they are a kind of. The sum of the tokens is
// rounded up to a nano-USD; lines are rounded so that they add up to it.
func (p Price) Lines(u Usage) (lines []PriceLine, complete bool) {
	p, condition, complete := p.Under(u)
	b := bill{price: &p, complete: complete}
	b.fold(u)
	for _, unit := range Units {
		n := *b.left.Count(unit)
		if n == 0 {
			continue
		}
		amount, known := p.Of(unit)
		line := PriceLine{Unit: unit, Count: n, Price: amount, Per: 1, Condition: condition, Unpriced: !known}
		switch {
		case !known:
			b.complete = false
		case unit.PerMillion():
			line.Amount = b.tokens(n, amount)
		default:
			line.Amount = saturatingProduct(n, amount)
		}
		b.complete = b.complete && line.Amount < MostPerLine
		if unit.PerMillion() {
			line.Per = tokensPriced
		}
		lines = append(lines, line)
	}
	return lines, b.complete
}

// Cost returns the cost of u in nano-USD, rounded up. It leaves out what has no price.
func (p Price) Cost(u Usage) (sum int64) {
	lines, _ := p.Lines(u)
	for _, line := range lines {
		sum = min(sum+line.Amount, MostPerLine)
	}
	return sum
}

// bill divides a usage into lines.
type bill struct {
	price    *Price
	left     Usage // each token in one unit, that which it is billed by
	complete bool
	rest     int64 // millionths of a nano-USD by which billed is rounded up
}

// fold counts each token once. A kind of tokens that has no price of its own is billed as the kind
// that it belongs to, which is what vendors do with images, videos, thinking and caches. For audio
// and for what is kept for an hour, they do not: the bill is then not complete.
func (b *bill) fold(u Usage) {
	left := u
	left.AudioInput -= u.AudioCacheRead
	left.ImageInput -= u.ImageCacheRead
	left.CacheRead -= u.AudioCacheRead + u.ImageCacheRead
	left.CacheWrite -= u.CacheWrite1h
	left.Input -= u.CacheRead + u.CacheWrite + left.AudioInput + left.ImageInput + u.VideoInput
	left.Output -= u.Reasoning + u.AudioOutput + u.ImageOutput
	for _, unit := range Units { // a report may contradict itself
		*left.Count(unit) = max(*left.Count(unit), 0)
	}
	b.left = left
	if _, perCall := b.price.Of(UnitRequest); perCall {
		b.left.Requests = max(u.Requests, 1)
	}
	b.choose()
	b.move(UnitImageCacheRead, UnitCacheRead, true)
	b.move(UnitAudioCacheRead, UnitCacheRead, false)
	b.move(UnitCacheWrite1h, UnitCacheWrite, b.price.CacheWrite == nil)
	b.move(UnitCacheRead, UnitInput, true)
	b.move(UnitCacheWrite, UnitInput, true)
	b.move(UnitAudioInput, UnitInput, false)
	b.move(UnitImageInput, UnitInput, true)
	b.move(UnitVideoInput, UnitInput, true)
	b.move(UnitReasoning, UnitOutput, true)
	b.move(UnitAudioOutput, UnitOutput, false)
	b.move(UnitImageOutput, UnitOutput, false)
}

// choose keeps what is counted twice, in tokens and in pieces, once. An image is billed by its tokens
// where these have a price of their own. Pieces of a price without tokens pay for all tokens.
func (b *bill) choose() {
	if _, apart := b.price.Of(UnitImageOutput); apart && b.left.ImageOutput > 0 {
		b.left.Images = 0
	}
	paid := b.price.NoTokens && slices.ContainsFunc(Units, func(unit Unit) bool {
		_, apart := b.price.Of(unit)
		return apart && unit.PaysCall() && *b.left.Count(unit) > 0
	})
	for _, unit := range Units {
		if paid && unit.PerMillion() {
			*b.left.Count(unit) = 0
		}
	}
}

// move bills what has no price of its own as another unit; same is true if that is its price.
func (b *bill) move(from, to Unit, same bool) {
	if _, apart := b.price.Of(from); apart {
		return
	}
	n := b.left.Count(from)
	if *n > 0 {
		*b.left.Count(to) += *n
		b.complete = b.complete && same
	}
	*n = 0
}

// tokens is the amount of a line of tokens. All amounts so far add up to the exact sum, rounded up.
// The product of a count and a price needs up to 128 bits: that of a large batch does not fit into 63.
func (b *bill) tokens(n, price int64) int64 {
	const per = tokensPriced
	high, low := bits.Mul64(uint64(max(n, 0)), uint64(max(price, 0)))
	if high == 0 && low < uint64(b.rest) {
		b.rest -= int64(low)
		return 0
	}
	low, borrow := bits.Sub64(low, uint64(b.rest), 0)
	if high -= borrow; high >= per {
		return MostPerLine
	}
	amount, rest := bits.Div64(high, low, per)
	if b.rest = 0; rest > 0 {
		amount++
		b.rest = int64(per - rest)
	}
	return int64(min(amount, MostPerLine))
}

func saturatingProduct(n, price int64) int64 {
	high, low := bits.Mul64(uint64(max(n, 0)), uint64(max(price, 0)))
	if high > 0 || low > MostPerLine {
		return MostPerLine
	}
	return int64(low)
}
