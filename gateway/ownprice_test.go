package gateway_test

import (
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

type amounts = map[gateway.Unit]int64

// TestOwnPrice: each unit that a price of one's own names is billed by it, under its conditions, and
// nothing of it is partial.
func TestOwnPrice(t *testing.T) {
	all := amounts{}
	used := gateway.Usage{Input: 1_000_000, Output: 1_000_000, CacheRead: 10, CacheWrite: 20, CacheWrite1h: 5, Reasoning: 7, AudioInput: 11, AudioOutput: 13, ImageInput: 17, ImageOutput: 19, VideoInput: 23,
		Searches: 1, Images: 1, InputCharacters: 1, InputSeconds: 1, OutputSeconds: 1, Queries: 1, Pages: 1, Requests: 1}
	for i, unit := range gateway.Units {
		all[unit] = int64(i+1) * 1e6
	}
	p, err := gateway.NewPrice(all, []gateway.PriceCondition{
		{Terms: gateway.Terms{Tier: "priority"}, Amounts: amounts{gateway.UnitSearch: 5e9}},
		{Terms: gateway.Terms{Tier: "priority"}, Over: 2_000_000, Amounts: amounts{gateway.UnitOutput: 9e9}},
		{Over: 2_000_000, Amounts: amounts{gateway.UnitInput: 7e9}},
		{Over: 3_000_000, Amounts: amounts{gateway.UnitInput: 8e9}},
	})
	if err != nil {
		t.Fatal(err)
	}
	lines, complete := p.Lines(used)
	if !complete {
		t.Error("partial")
	}
	for _, l := range lines {
		if l.Unpriced || l.Price != all[l.Unit] {
			t.Errorf("%+v", l)
		}
	}
	for _, tc := range []struct {
		name  string
		usage gateway.Usage
		unit  gateway.Unit
		price int64
	}{
		{"a tier", gateway.Usage{Searches: 1, Terms: gateway.Terms{Tier: "priority"}}, gateway.UnitSearch, 5e9},
		{"what a condition leaves out", gateway.Usage{Pages: 1, Terms: gateway.Terms{Tier: "priority"}}, gateway.UnitPage, all[gateway.UnitPage]},
		{"a long prompt", gateway.Usage{Input: 2_000_001}, gateway.UnitInput, 7e9},
		{"a longer one", gateway.Usage{Input: 3_000_001}, gateway.UnitInput, 8e9},
		{"a long prompt in a tier", gateway.Usage{Input: 2_000_001, Output: 1, Terms: gateway.Terms{Tier: "priority"}}, gateway.UnitOutput, 9e9},
	} {
		found := false
		lines, complete := p.Lines(tc.usage)
		for _, l := range lines {
			found = found || l.Unit == tc.unit && l.Price == tc.price
		}
		if !found || !complete {
			t.Errorf("%s: %+v, %v", tc.name, lines, complete)
		}
	}
	again, err := gateway.NewPrice(p.Parts())
	if got, want := again.Cost(used), p.Cost(used); err != nil || got != want {
		t.Errorf("%d, want %d: %v", got, want, err)
	}
}

func TestOwnPriceRefuses(t *testing.T) {
	good := amounts{gateway.UnitInput: 1, gateway.UnitOutput: 2}
	for _, tc := range []struct {
		amounts    amounts
		conditions []gateway.PriceCondition
		field      string
	}{
		{amounts{"inputs": 1}, nil, "inputs"},
		{amounts{gateway.UnitPage: -1}, nil, "page"},
		{amounts{gateway.UnitSearch: 1e15 + 1}, nil, "web_search"},
		{good, []gateway.PriceCondition{{Amounts: good}}, "conditions[0]"},
		{good, []gateway.PriceCondition{{Over: 5}}, "conditions[0]"},
		{good, []gateway.PriceCondition{{Over: -5, Amounts: good}}, "conditions[0].over"},
		{good, []gateway.PriceCondition{{Terms: gateway.Terms{Tier: "Flex"}, Amounts: good}}, "conditions[0].tier"},
		{good, []gateway.PriceCondition{{Terms: gateway.Terms{Tier: "default"}, Amounts: good}}, "conditions[0].tier"},
		{good, []gateway.PriceCondition{{Terms: gateway.Terms{Region: "<x>"}, Amounts: good}}, "conditions[0].region"},
		{good, []gateway.PriceCondition{{Terms: gateway.Terms{Size: "1024X1024"}, Amounts: good}}, "conditions[0].size"},
		{good, []gateway.PriceCondition{{Terms: gateway.Terms{Quality: "auto"}, Amounts: good}}, "conditions[0].quality"},
		{good, []gateway.PriceCondition{{Over: 5, Amounts: good}, {Over: 5, Amounts: good}}, "conditions[1]"},
		{good, []gateway.PriceCondition{{Over: 5, Amounts: amounts{gateway.UnitImage: -1}}}, "conditions[0].image"},
		{good, make([]gateway.PriceCondition, 51), "conditions"},
	} {
		_, err := gateway.NewPrice(tc.amounts, tc.conditions)
		if err == nil || gateway.AsError(err).Param != tc.field || !strings.Contains(gateway.AsError(err).Public, "'"+tc.field+"'") {
			t.Errorf("%s: %v", tc.field, err)
		}
	}
}
