package tariff

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

// The rule of rounding: the smallest whole amount that is not below cost × factor, at most the
// limit. So a higher cost or factor never gives a lower price, and 1 changes nothing.
func TestMultiply(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	limit := big.NewInt(gateway.MostPerLine)
	lastCost, lastFactor, last := int64(0), gateway.PriceFactor(0), int64(0)
	for range 20_000 {
		cost := rnd.Int64N(limit.Int64()+1) >> rnd.IntN(44)
		factor := gateway.PriceFactor(rnd.Int64N(1_000_000_001) >> rnd.IntN(30))
		got := multiply(cost, factor)
		exact := new(big.Int).Mul(big.NewInt(cost), big.NewInt(int64(factor)))
		up, rest := new(big.Int).DivMod(exact, big.NewInt(1_000_000), new(big.Int))
		if rest.Sign() > 0 {
			up.Add(up, big.NewInt(1))
		}
		if up.Cmp(limit) > 0 {
			up = limit
		}
		if up.Int64() != got {
			t.Fatalf("%d × %d = %d, want %d", cost, factor, got, up)
		}
		if multiply(cost, gateway.FactorOne) != cost {
			t.Fatalf("%d × 1", cost)
		}
		if cost >= lastCost && factor >= lastFactor && got < last {
			t.Fatalf("%d × %d = %d < %d × %d = %d", cost, factor, got, lastCost, lastFactor, last)
		}
		lastCost, lastFactor, last = cost, factor, got
	}
}
