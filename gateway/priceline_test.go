package gateway_test

import (
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

// TestPriceLines: lines add up to the cost, and name no unit that was not used.
func TestPriceLines(t *testing.T) {
	read, write := int64(125_000_000), int64(1_562_500_000)
	price := gateway.Price{Input: 1_250_000_000, Output: 10_000_000_000, CacheRead: &read, CacheWrite: &write,
		Bands: []gateway.PriceBand{{Over: 1000, Price: gateway.Price{Input: 2_500_000_000, Output: 15_000_000_000}}}}
	for _, c := range []struct {
		name  string
		usage gateway.Usage
		lines int
	}{
		{"nothing", gateway.Usage{}, 0},
		{"plain", gateway.Usage{Input: 7, Output: 3}, 2},
		{"all from the cache", gateway.Usage{Input: 900, CacheRead: 900, Output: 1}, 2},
		{"all kinds", gateway.Usage{Input: 1000, CacheRead: 300, CacheWrite: 200, Output: 77}, 4},
		{"a long prompt", gateway.Usage{Input: 1001, CacheRead: 300, Output: 77}, 3},
	} {
		var sum int64
		lines := price.Lines(c.usage)
		for _, l := range lines {
			sum += l.Count * l.Price
			if l.Per != 1_000_000 || (l.Condition != "") != (c.usage.Input > 1000) {
				t.Errorf("%s: %+v", c.name, l)
			}
		}
		if cost := price.Cost(c.usage); len(lines) != c.lines || (sum+999_999)/1_000_000 != cost {
			t.Errorf("%s: %+v add up to %d millionths, the cost is %d", c.name, lines, sum, cost)
		}
	}
}
