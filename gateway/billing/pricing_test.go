package billing_test

import (
	"context"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// pricing has one rule for all calls, if it has a name.
type pricing struct {
	rule     gateway.PriceRule
	unpriced gateway.UnpricedModels
}

func (p pricing) PriceRule(*gateway.Principal, *gateway.Target, string) (gateway.PriceRule, bool) {
	return p.rule, p.rule.Name != ""
}

func (p pricing) UnpricedModels(string) gateway.UnpricedModels { return p.unpriced }

func TestPriceRules(t *testing.T) {
	const unknown = `{"model":"nobody-knows","max_tokens":10,"messages":[{"role":"user","content":"Hello"}]}`
	flat := &gateway.Price{Input: 5_000_000_000, Output: 1_000_000_000}
	ceiling := gateway.UnpricedModels{Ceiling: &gateway.Price{Input: 10_000_000_000, Output: 20_000_000_000}}
	u := gateway.Usage{Input: 9, Output: 3}
	const flatCost, ceilingCost = 9*5_000 + 3*1_000, 9*10_000 + 3*20_000
	for _, tc := range []struct {
		name          string
		pricing       pricing
		body          string
		cost, charged int64
		state         gateway.CostState
		unknownCharge bool
	}{
		{name: "no rule", body: bounded, cost: answerCost, charged: answerCost, state: gateway.CostKnown},
		{name: "multiplier", body: bounded, pricing: pricing{rule: gateway.PriceRule{Name: "r", Factor: 1_500_000}}, cost: answerCost, charged: answerCost * 3 / 2, state: gateway.CostKnown},
		{name: "free", body: bounded, pricing: pricing{rule: gateway.PriceRule{Name: "r"}}, cost: answerCost, state: gateway.CostKnown},
		{name: "fixed price", body: bounded, pricing: pricing{rule: gateway.PriceRule{Name: "r", Price: flat}}, cost: answerCost, charged: flatCost, state: gateway.CostKnown},
		{name: "unknown model", body: unknown, state: gateway.CostUnknown, unknownCharge: true},
		{name: "unknown model, multiplier", body: unknown, pricing: pricing{rule: gateway.PriceRule{Name: "r", Factor: 1_500_000}}, state: gateway.CostUnknown, unknownCharge: true},
		{name: "unknown model, fixed price", body: unknown, pricing: pricing{rule: gateway.PriceRule{Name: "r", Price: flat}}, charged: flatCost, state: gateway.CostUnknown},
		{name: "unknown model, ceiling", body: unknown, pricing: pricing{unpriced: ceiling}, cost: ceilingCost, charged: ceilingCost, state: gateway.CostCeiling},
		{name: "unknown model, ceiling and multiplier", body: unknown, pricing: pricing{unpriced: ceiling, rule: gateway.PriceRule{Name: "r", Factor: 500_000}},
			cost: ceilingCost, charged: ceilingCost / 2, state: gateway.CostCeiling},
		{name: "unknown model, denied, fixed price", body: unknown, pricing: pricing{unpriced: gateway.UnpricedModels{Deny: true}, rule: gateway.PriceRule{Name: "r", Price: flat}},
			charged: flatCost, state: gateway.CostUnknown},
	} {
		t.Run(tc.name, func(t *testing.T) {
			ex := gatewaytest.Exchange(t, tc.body)
			ex.Principal = &gateway.Principal{APIKey: "free"}
			must(t, drain(priced(memory(t), tc.pricing, answering(u, 0)), ex))
			c := ex.Facts.Cost
			if c.Nano != tc.cost || c.Charged != tc.charged || c.State() != tc.state || c.ChargedKnown == tc.unknownCharge || c.Rule != tc.pricing.rule.Name {
				t.Errorf("%+v", c)
			}
		})
	}
}

// A budget counts what the caller pays, or what the vendor bills: the account and the ledger have
// the sum of the rows.
func TestBudgetCounts(t *testing.T) {
	double := pricing{rule: gateway.PriceRule{Name: "double", Factor: 2_000_000}}
	for name, byCost := range map[string]bool{"price": false, "cost": true} {
		t.Run(name, func(t *testing.T) {
			b := open(t, "1", func(c *billing.Config) { c.CountCost = byCost })
			want := int64(0)
			for range 3 {
				ex := gatewaytest.Exchange(t, bounded)
				ex.Principal = b.key
				must(t, drain(priced(b.Service, double, answering(gateway.Usage{Input: 9, Output: 3}, 0)), ex))
				if want += ex.Facts.Cost.Charged; byCost {
					want += ex.Facts.Cost.Nano - ex.Facts.Cost.Charged
				}
			}
			must(t, b.Close(context.Background()))
			spent, _ := b.Spending("k")
			if stored, open := b.ledger.State("k"); spent != want || stored != want || open != 0 {
				t.Errorf("account %d, ledger %d, rows %d; %d reservations", spent, stored, want, open)
			}
		})
	}
}

// A budget that affords a call at its cost does not at a higher price, and the reservation is
// what the caller may pay: a vendor that keeps its bounds never closes the key.
func TestReservationsAreAtThePrice(t *testing.T) {
	b := open(t, "0.01")
	expensive := pricing{rule: gateway.PriceRule{Name: "r", Factor: 100_000_000}}
	ex := gatewaytest.Exchange(t, bounded)
	ex.Principal = b.key
	wantKind(t, "price", drain(priced(b.Service, expensive, greedy), ex), gateway.Exhausted)
	ex = gatewaytest.Exchange(t, `{"model":"gpt-mock","messages":[{"role":"user","content":"Hello"}]}`)
	ex.Principal = b.key
	must(t, drain(priced(b.Service, pricing{rule: gateway.PriceRule{Name: "r", Factor: 3_000_001}}, greedy), ex))
	spent, _ := b.Spending("k")
	if c := ex.Facts.Cost; c.OverBound || c.Charged != spent || spent > 10_000_000 || c.Charged <= 3*c.Nano {
		t.Errorf("spent %d, %+v", spent, c)
	}
}

func TestUnpricedModelsAreRefused(t *testing.T) {
	const unknown = `{"model":"nobody-knows","max_tokens":10,"messages":[{"role":"user","content":"Hello"}]}`
	ceiling := gateway.UnpricedModels{Ceiling: &gateway.Price{Input: 1_000_000_000, Output: 1_000_000_000}}
	b := open(t, "1")
	for _, tc := range []struct {
		name    string
		key     *gateway.Principal
		policy  gateway.UnpricedModels
		refused bool
	}{
		{"no budget", &gateway.Principal{APIKey: "free"}, gateway.UnpricedModels{}, false},
		{"no budget, deny", &gateway.Principal{APIKey: "free"}, gateway.UnpricedModels{Deny: true}, true},
		{"budget", b.key, gateway.UnpricedModels{}, true},
		{"budget, ceiling", b.key, ceiling, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			ex := gatewaytest.Exchange(t, unknown)
			ex.Principal = tc.key
			err := drain(priced(b.Service, pricing{unpriced: tc.policy}, greedy), ex)
			if !tc.refused {
				must(t, err)
				return
			}
			if e := wantKind(t, "deny", err, gateway.Exhausted); e.Code != "unpriced_model" || e.Param != "model" || !strings.Contains(e.Public, "nobody-knows") {
				t.Errorf("%+v", e)
			}
		})
	}
}
