package tariff

import (
	"bytes"
	"slices"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Possible says which prices a call may meet, as far as its request tells. What a request cannot
// exclude is possible: a vendor's account may have another default than the documented one.
type Possible struct {
	Sound    bool // input or output
	KeptHour bool // cache writes for an hour
	Tiers    func(tier string) bool
	Searches int64 // of the web, at most
}

// SearchesPerTool is how many searches of a tool that the vendor runs are reserved for. Vendors do
// not bound them by default; a call with more of them is billed above its bound.
const SearchesPerTool = 10

// PossibleOf looks for the words by which a request asks for a price. It looks into texts, too: a
// word in a question makes a reservation higher, and never a bound too low. What is written with an
// escape may be any word.
func PossibleOf(t *gateway.Target, req *gateway.Request, hosted int) Possible {
	raw := bytes.ToLower(req.Raw)
	says := func(words ...string) bool {
		return slices.ContainsFunc(words, func(word string) bool { return bytes.Contains(raw, []byte(word)) })
	}
	escaped := says("\\u")
	asked := jsonx.String(jsonx.Get(req.Raw, "service_tier"))
	standard := !escaped && bytes.Count(raw, []byte("service_tier")) == 1 && asked != "" && gateway.Tier(asked) == "" && asked != "auto"
	byDefault := t.Provider != "google" && t.Provider != "vertex-ai" // Google's accounts have no other default
	return Possible{
		Sound:    escaped || says("audio", "video", "file", "mp3", "wav"),
		KeptHour: escaped || says("1h"),
		Tiers: func(tier string) bool {
			switch tier {
			case "batch": // has routes of its own, and costs less
				return false
			case "priority", "flex":
				return !standard && byDefault || escaped || says(tier)
			}
			return escaped || says(tier)
		},
		Searches: SearchesPerTool * int64(hosted),
	}
}

// dearest is p with all tokens of input at the price of the dearest kind of input, and all of output
// at that of output, in the dearest of the terms that are possible: the most that a call can cost,
// whatever the vendor says afterwards. A longer prompt never costs less.
func dearest(p gateway.Price, may Possible) gateway.Price {
	out := dearestKinds(p, may, gateway.Price{})
	for _, v := range p.Variants {
		if v.Tier == "" || may.Tiers(v.Tier) {
			out = dearestKinds(v.Price, may, out)
		}
	}
	out.Units = dearestPieces(p, nil)
	for _, v := range p.Variants {
		if v.Tier == "" || may.Tiers(v.Tier) {
			out.Units = dearestPieces(v.Price, out.Units)
		}
	}
	return out
}

// dearestPieces are the dearest prices of pieces of p, of its bands, and of what was found so far.
func dearestPieces(p gateway.Price, found map[gateway.Unit]int64) map[gateway.Unit]int64 {
	prices := []gateway.Price{p}
	for _, band := range p.Bands {
		prices = append(prices, band.Price)
	}
	for _, of := range prices {
		for unit, n := range of.Units {
			if unit.PerMillion() {
				continue
			}
			if found == nil {
				found = map[gateway.Unit]int64{}
			}
			found[unit] = max(found[unit], n)
		}
	}
	return found
}

// dearestKinds is the dearest of p and of what was found so far, which has no units of its own.
func dearestKinds(p gateway.Price, may Possible, found gateway.Price) gateway.Price {
	out := gateway.Price{Input: max(p.Input, found.Input), Output: max(p.Output, found.Output)}
	for _, unit := range gateway.Units {
		n, apart := p.Of(unit)
		switch {
		case !apart, unit == gateway.UnitCacheWrite1h && !may.KeptHour, !may.Sound && sound(unit):
		case unit == gateway.UnitReasoning, unit == gateway.UnitAudioOutput, unit == gateway.UnitImageOutput:
			out.Output = max(out.Output, n)
		case unit.PerMillion() && unit != gateway.UnitOutput:
			out.Input = max(out.Input, n)
		}
	}
	at := map[int64]gateway.Price{}
	var limits []int64
	for _, of := range [][]gateway.PriceBand{p.Bands, found.Bands} {
		for _, band := range of {
			if _, known := at[band.Over]; !known {
				limits = append(limits, band.Over)
			}
			above := dearestKinds(band.Price, may, at[band.Over])
			at[band.Over] = gateway.Price{Input: above.Input, Output: above.Output}
		}
	}
	slices.Sort(limits)
	below := out
	for _, over := range limits {
		above := at[over]
		above.Input, above.Output = max(above.Input, below.Input), max(above.Output, below.Output)
		out.Bands = append(out.Bands, gateway.PriceBand{Over: over, Price: above})
		below = above
	}
	return out
}

func sound(unit gateway.Unit) bool {
	return unit == gateway.UnitAudioInput || unit == gateway.UnitAudioCacheRead || unit == gateway.UnitAudioOutput
}
