package gateway_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

func nano(n int64) *int64 { return &n }

// listPrice has a price for each kind of unit, in round numbers: a token of input costs 1,000 nano-USD.
var listPrice = gateway.Price{
	Input: 1e9, Output: 2e9, CacheRead: nano(1e8), CacheWrite: nano(1_250_000_000),
	Units: map[gateway.Unit]int64{gateway.UnitCacheWrite1h: 2e9, gateway.UnitReasoning: 3e9, gateway.UnitAudioInput: 10e9, gateway.UnitAudioOutput: 20e9, gateway.UnitSearch: 1e7},
	Bands: []gateway.PriceBand{{Over: 1000, Price: gateway.Price{Input: 5e9, Output: 6e9}}},
	Variants: []gateway.PriceVariant{
		{Terms: gateway.Terms{Tier: "flex"}, Price: gateway.Price{Input: 5e8, Output: 1e9}},
		{Terms: gateway.Terms{Region: "us"}, Price: gateway.Price{Input: 1_100_000_000, Output: 2_200_000_000}},
	},
}

func TestPriceLines(t *testing.T) {
	for _, tc := range []struct {
		name  string
		price gateway.Price
		usage gateway.Usage
		want  string // "unit quantity amount", "!" before what has no price, "partial" at the end
	}{
		{"tokens", listPrice, gateway.Usage{Input: 10, Output: 5}, "input 10 10000, output 5 10000"},
		{"caches", listPrice, gateway.Usage{Input: 100, CacheRead: 10, CacheWrite: 30, CacheWrite1h: 20}, "input 60 60000, cache_read 10 1000, cache_write 10 12500, cache_write_1h 20 40000"},
		{"thinking priced apart", listPrice, gateway.Usage{Output: 10, Reasoning: 4}, "output 6 12000, reasoning 4 12000"},
		{"thinking priced as output", gateway.Price{Output: 2e9}, gateway.Usage{Output: 10, Reasoning: 4}, "output 10 20000"},
		{"sound", listPrice, gateway.Usage{Input: 10, AudioInput: 4, Output: 10, AudioOutput: 6}, "input 6 6000, output 4 8000, audio_input 4 40000, audio_output 6 120000"},
		{"sound without a price", gateway.Price{Input: 1e9, Output: 2e9}, gateway.Usage{Input: 10, AudioInput: 4}, "input 10 10000 partial"},
		{"images as other input", listPrice, gateway.Usage{Input: 10, ImageInput: 4, VideoInput: 2}, "input 10 10000"},
		{"searches", listPrice, gateway.Usage{Input: 1, Searches: 3}, "input 1 1000, web_search 3 30000000"},
		{"searches without a price", gateway.Price{Input: 1e9}, gateway.Usage{Input: 1, Searches: 3}, "input 1 1000, !web_search 3 0 partial"},
		{"an hour without a price", gateway.Price{Input: 1e9, CacheWrite: nano(1e9)}, gateway.Usage{Input: 9, CacheWrite: 9, CacheWrite1h: 9}, "cache_write 9 9000 partial"},
		{"an hour where writes cost the input", gateway.Price{Input: 1e9}, gateway.Usage{Input: 9, CacheWrite: 9, CacheWrite1h: 9}, "input 9 9000"},
		{"per call", gateway.Price{Input: 1e9, Units: map[gateway.Unit]int64{gateway.UnitRequest: 5e6}}, gateway.Usage{Input: 1}, "input 1 1000, request 1 5000000"},
		{"long prompt", listPrice, gateway.Usage{Input: 1001, Output: 1}, "input 1001 5005000, output 1 6000"},
		{"another tier", listPrice, gateway.Usage{Input: 10, Output: 5, Terms: gateway.Terms{Tier: "flex"}}, "input 10 5000, output 5 5000"},
		{"a tier without a price", listPrice, gateway.Usage{Input: 10, Terms: gateway.Terms{Tier: "priority"}}, "input 10 10000 partial"},
		{"a region", listPrice, gateway.Usage{Input: 10, Terms: gateway.Terms{Region: "us"}}, "input 10 11000"},
		{"a region without a surcharge", listPrice, gateway.Usage{Input: 10, Terms: gateway.Terms{Region: "eu"}}, "input 10 10000"},
		{"a tier in a region with a surcharge", listPrice, gateway.Usage{Input: 10, Terms: gateway.Terms{Tier: "flex", Region: "us"}}, "input 10 5000 partial"},
		{"parts of a nano-USD", gateway.Price{Input: 400_000, Output: 400_000}, gateway.Usage{Input: 1, Output: 1}, "input 1 1, output 1 0"},
		{"a large batch", gateway.Price{Output: 60e9}, gateway.Usage{Output: 100_000_000}, "output 100000000 6000000000000"},
		{"parts beside a large batch", gateway.Price{Input: 400_000, Output: 60e9}, gateway.Usage{Input: 1, Output: 100_000_001}, "input 1 1, output 100000001 6000000060000"},
		{"the most tokens of a call at the highest list price", gateway.Price{Output: 600e9}, gateway.Usage{Output: 1_000_000_000}, "output 1000000000 600000000000000"},
		{"the most tokens of a batch at that price", gateway.Price{Output: 600e9}, gateway.Usage{Output: 1_000_000_000_000}, "output 1000000000000 600000000000000000"},
		{"more than anything costs", gateway.Price{Output: 1e15}, gateway.Usage{Output: 1_000_000_000_000}, "output 1000000000000 1000000000000000000 partial"},
		{"more pieces than anything costs", gateway.Price{Units: map[gateway.Unit]int64{gateway.UnitImage: 1e15}}, gateway.Usage{Images: 10_000_000}, "image 10000000 1000000000000000000 partial"},
	} {
		lines, complete := tc.price.Lines(tc.usage)
		var parts []string
		for _, l := range lines {
			mark := ""
			if l.Unpriced {
				mark = "!"
			}
			parts = append(parts, fmt.Sprintf("%s%s %d %d", mark, l.Unit, l.Count, l.Amount))
		}
		got := strings.Join(parts, ", ")
		if !complete {
			got += " partial"
		}
		if got != tc.want {
			t.Errorf("%s: %s, want %s", tc.name, got, tc.want)
		}
	}
}

// The lines of a bill add up to the exact sum, rounded up, whatever is used.
func TestPriceLinesAddUp(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		p := gateway.Price{Input: r.Int64N(1e10), Output: r.Int64N(1e10), CacheRead: nano(r.Int64N(1e9))}
		u := gateway.Usage{Input: r.Int64N(1e6), Output: r.Int64N(1e5)}
		u.CacheRead = r.Int64N(u.Input + 1)
		exact := (u.Input-u.CacheRead)*p.Input + u.CacheRead**p.CacheRead + u.Output*p.Output
		if got, want := p.Cost(u), (exact+999_999)/1_000_000; got != want {
			t.Fatalf("%+v of %v: %d, want %d", p, u, got, want)
		}
	}
}

func TestTermsFromVendors(t *testing.T) {
	for answered, want := range map[string]string{"": "", "default": "", "standard": "", "ON_DEMAND": "", "flex": "flex", "ON_DEMAND_PRIORITY": "priority",
		"PROVISIONED_THROUGHPUT": "provisioned_throughput", "<script>": "other", strings.Repeat("a", 41): "other"} {
		if got := gateway.Tier(answered); got != want {
			t.Errorf("tier %q: %q", answered, got)
		}
	}
	for answered, want := range map[string]string{"global": "", "not_available": "", "us": "us"} {
		if got := gateway.Region(answered); got != want {
			t.Errorf("region %q: %q", answered, got)
		}
	}
}
