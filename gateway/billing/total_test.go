package billing

import (
	"math"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

// FuzzTotal: the sum of the costs of an exchange never wraps, and is not below any of them.
func FuzzTotal(f *testing.F) {
	f.Add(int64(math.MaxInt64), int64(1))
	f.Add(int64(0), int64(7))
	f.Fuzz(func(t *testing.T, nano, charged int64) {
		c := gateway.Cost{Nano: max(nano, 0), Charged: max(charged, 0)}
		all := total([]gateway.Charge{{Cost: c}, {Cost: c}, {Cost: c}})
		if all.Nano < c.Nano || all.Charged < c.Charged {
			t.Errorf("three times %+v is %+v", c, all)
		}
	})
}
