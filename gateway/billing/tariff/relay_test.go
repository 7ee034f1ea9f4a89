package tariff

import (
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// listOf is a catalogue with one model of one maker.
type listOf struct{ maker, model string }

func (l listOf) Price(provider, model string, _ time.Time) (gateway.Price, bool) {
	read := int64(125_000_000)
	return gateway.Price{Input: 1_250_000_001, Output: 10_000_000_000, CacheRead: &read, Bands: []gateway.PriceBand{{Over: 200_000, Price: gateway.Price{Input: 3, Output: 7}}}},
		provider == l.maker && model == l.model
}
func (listOf) MaxOutput(string, string) (int64, bool) { return 0, false }
func (l listOf) Vendors(string) []string              { return []string{"other", l.maker} }

func TestRelayPrices(t *testing.T) {
	book := listOf{"openai", "gpt-5"}
	relay := &gateway.Target{Provider: "new-api", Settings: gateway.ProviderSettings{"price_multiplier": "0.8"}}
	p, ok := PriceAt(book, relay, "", "gpt-5", time.Now())
	if !ok || p.Input != 1_000_000_001 || p.Output != 8_000_000_000 || *p.CacheRead != 100_000_000 || p.CacheWrite != nil || p.Bands[0].Input != 3 || p.Bands[0].Output != 6 {
		t.Errorf("a multiple of the maker's price: %+v %v", p, ok)
	}
	if p, ok := PriceAt(book, relay, "", "unknown", time.Now()); ok {
		t.Errorf("a model without a list price costs %+v", p)
	}
	if _, ok := PriceAt(book, &gateway.Target{Provider: "new-api"}, "", "gpt-5", time.Now()); ok {
		t.Error("a relay without a multiplier has the maker's price")
	}
	own := &gateway.Target{Provider: "new-api", Settings: relay.Settings, Prices: gateway.Prices{"*": {Input: 5}}}
	if p, _ := PriceAt(book, own, "", "gpt-5", time.Now()); p.Input != 5 {
		t.Errorf("the price of the virtual key itself is multiplied: %+v", p)
	}
}
