package tariff

import (
	"math"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

// FuzzCost: whatever a vendor reports and whatever a price says, a cost is never negative and never wraps,
// and its lines add up to it.
func FuzzCost(f *testing.F) {
	f.Add(int64(math.MinInt64), int64(math.MaxInt64), int64(-1), int64(7), int64(math.MaxInt64), int64(math.MaxInt64), int64(1), uint8(3))
	f.Add(int64(1_000), int64(100), int64(2_000), int64(math.MinInt64), int64(1_250_000_000), int64(5_000_000_000), int64(40_000_000), uint8(0))
	f.Fuzz(func(t *testing.T, input, output, cached, other, inputPrice, outputPrice, unitPrice int64, which uint8) {
		u := gateway.Usage{Input: input, Output: output, CacheRead: cached, CacheWrite: other, Reasoning: cached, CacheWrite1h: other, AudioInput: output, ImageInput: cached}
		unit := gateway.Units[int(which)%len(gateway.Units)]
		*u.Count(unit) = other
		price := func(n int64) int64 { return min(max(n, 0), 1_000_000*gateway.NanoPerUSD) } // as gateway.NewPrice bounds it
		p := gateway.Price{Input: price(inputPrice), Output: price(outputPrice), Units: map[gateway.Unit]int64{unit: price(unitPrice)}}
		clamped := ClampWork(u)
		for _, each := range gateway.Units {
			if *clamped.Count(each) < 0 {
				t.Errorf("%s is %d", each, *clamped.Count(each))
			}
		}
		nano, _, _ := cost(p, u)
		if nano < 0 || nano > maxAmount {
			t.Errorf("%+v at %+v costs %d", u, p, nano)
		}
		lines, _ := p.Lines(clamped)
		sum := int64(0)
		for _, line := range lines {
			if line.Amount < 0 || line.Count <= 0 {
				t.Errorf("a line is %+v", line)
			}
			sum = min(sum+line.Amount, maxAmount)
		}
		if sum != nano {
			t.Errorf("lines of %d add up to %d", nano, sum)
		}
		c := Tariff{List: p, Known: true, Ruled: true, Rule: gateway.PriceRule{Factor: gateway.PriceFactor(price(unitPrice))}}.Charge(u)
		if c.Nano != nano || c.Charged < 0 || c.Charged > maxAmount {
			t.Errorf("charged %+v", c)
		}
	})
}
