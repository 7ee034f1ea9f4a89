package gateway_test

import (
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

// TestSizedPrices: a list that names sizes has no price for others; a price of one's own is for all
// sizes that its conditions do not name.
func TestSizedPrices(t *testing.T) {
	amounts := map[gateway.Unit]int64{gateway.UnitImage: 40}
	own, err := gateway.NewPrice(amounts, []gateway.PriceCondition{
		{Terms: gateway.Terms{Size: "1024x1792"}, Amounts: map[gateway.Unit]int64{gateway.UnitImage: 80}},
		{Terms: gateway.Terms{Size: "1024x1792", Quality: "hd"}, Amounts: map[gateway.Unit]int64{gateway.UnitImage: 120}},
		{Terms: gateway.Terms{Quality: "low"}, Amounts: map[gateway.Unit]int64{gateway.UnitImage: 10}},
	})
	if err != nil {
		t.Fatal(err)
	}
	list := own
	list.NoTokens, list.BySize = true, true
	for _, tc := range []struct {
		terms     gateway.Terms
		own, list int64 // -1: unknown
		condition string
	}{
		{gateway.Terms{}, 40, 40, ""},
		{gateway.Terms{Size: "1024x1024"}, 40, -1, ""},
		{gateway.Terms{Size: "1024x1792"}, 80, 80, "size 1024x1792"},
		{gateway.Terms{Size: "1024x1792", Quality: "standard"}, 80, 80, "size 1024x1792"},
		{gateway.Terms{Size: "1024x1792", Quality: "hd"}, 120, 120, "size 1024x1792, quality hd"},
		{gateway.Terms{Size: "1024x1024", Quality: "low"}, 10, 10, "quality low"},
	} {
		for name, p := range map[string]struct {
			price gateway.Price
			want  int64
		}{"own": {own, tc.own}, "list": {list, tc.list}} {
			lines, complete := p.price.Lines(gateway.Usage{Images: 1, Terms: tc.terms})
			if len(lines) != 1 || complete != (p.want >= 0) || lines[0].Unpriced != (p.want < 0) || lines[0].Amount != max(p.want, 0) || lines[0].Condition != tc.condition {
				t.Errorf("%s of %+v: %+v, complete %v", name, tc.terms, lines, complete)
			}
		}
	}
}
