package tariff

import (
	"slices"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/catalog"
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

// ClampUsage limits the usage that an upstream reports of one call, which may be absurd.
func ClampUsage(u gateway.Usage) gateway.Usage { return clampUsage(u, MaxTokens) }

// ClampWork does the same for a vendor's work of many calls, such as a batch.
func ClampWork(u gateway.Usage) gateway.Usage { return clampUsage(u, maxWork) }

func clampUsage(u gateway.Usage, most int64) gateway.Usage {
	clamp := func(n int64) int64 { return clampBetween(n, 0, most) }
	u.Input, u.Output = clamp(u.Input), clamp(u.Output)
	u.CacheRead = min(clamp(u.CacheRead), u.Input)
	u.CacheWrite = min(clamp(u.CacheWrite), u.Input-u.CacheRead)
	u.Reasoning = min(clamp(u.Reasoning), u.Output)
	u.CacheWrite1h = min(clamp(u.CacheWrite1h), u.CacheWrite)
	fresh := u.Input - u.CacheRead - u.CacheWrite
	u.AudioCacheRead = min(clamp(u.AudioCacheRead), u.CacheRead)
	u.ImageCacheRead = min(clamp(u.ImageCacheRead), u.CacheRead-u.AudioCacheRead)
	u.AudioInput = clampBetween(u.AudioInput, u.AudioCacheRead, u.AudioCacheRead+fresh)
	fresh -= u.AudioInput - u.AudioCacheRead
	u.ImageInput = clampBetween(u.ImageInput, u.ImageCacheRead, u.ImageCacheRead+fresh)
	fresh -= u.ImageInput - u.ImageCacheRead
	u.VideoInput = clampBetween(u.VideoInput, 0, fresh)
	u.AudioOutput = min(clamp(u.AudioOutput), u.Output-u.Reasoning)
	u.ImageOutput = min(clamp(u.ImageOutput), u.Output-u.Reasoning-u.AudioOutput)
	for _, unit := range gateway.Units {
		if n := u.Count(unit); !unit.PerMillion() {
			*n = min(max(*n, 0), MaxPieces)
		}
	}
	return u
}

// MaxPieces is more than one call uses of anything that is billed by the piece.
const MaxPieces = 10_000_000

func clampBetween(n, low, high int64) int64 { return min(max(n, low), high) }

// maxAmount is more than any call costs. Higher amounts are limited to it, so that sums of several of
// them fit into 63 bits.
const maxAmount = gateway.MostPerLine

// cost returns the cost of u in nano-USD, at most maxAmount, whether all of u has a price, and whether
// any of it has: what was used without a single price is not free.
func cost(p gateway.Price, u gateway.Usage) (nano int64, complete, any bool) {
	lines, complete := p.Lines(ClampWork(u))
	any = len(lines) == 0
	for _, line := range lines {
		nano = min(nano+line.Amount, maxAmount)
		any = any || !line.Unpriced
	}
	return nano, complete && nano < maxAmount, any
}

// Piece is the size and quality that a request asks a model for, as far as it or its vendor tells.
func Piece(model string, req *gateway.Request) gateway.Terms {
	switch req.Op {
	case gateway.OpImage, gateway.OpImageEdit, gateway.OpImageVariation:
		p := req.Parameters()
		return gateway.Terms{Size: p.Size, Quality: p.Quality}.Or(catalog.DefaultPiece(model))
	}
	return gateway.Terms{}
}

// pays reports whether an operation uses anything that has a price. Passed-on calls may use all. A
// call that leaves the size to the vendor may have the price of each.
func pays(p *gateway.Price, op gateway.Op, piece gateway.Terms) bool {
	if !p.NoTokens || op == gateway.OpPassThrough {
		return true
	}
	units := []gateway.Unit{gateway.UnitRequest}
	switch op {
	case gateway.OpImage, gateway.OpImageEdit, gateway.OpImageVariation:
		units = append(units, gateway.UnitImage)
	case gateway.OpSpeech:
		units = append(units, gateway.UnitInputCharacter)
	case gateway.OpTranscription, gateway.OpAudioTranslation, gateway.OpRealtime:
		units = append(units, gateway.UnitInputSecond)
	case gateway.OpRerank:
		units = append(units, gateway.UnitQuery)
	}
	has := func(p *gateway.Price) bool {
		return slices.ContainsFunc(units, func(unit gateway.Unit) bool { _, apart := p.Of(unit); return apart })
	}
	of := p.For(piece)
	return has(&of) || slices.ContainsFunc(of.Variants, func(v gateway.PriceVariant) bool { return has(&v.Price) })
}

// MaxTokens is more than any model can read or write in one call. A higher report is wrong.
const MaxTokens = 1_000_000_000

// maxWork is the same for a batch: a hundred thousand calls of ten million tokens.
const maxWork = 1_000_000_000_000

// ClampTokens limits a number of tokens.
func ClampTokens(n int64) int64 { return min(max(n, 0), MaxTokens) }
