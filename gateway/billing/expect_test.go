package billing_test

import (
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing"
	"github.com/sluicegate/sluice/gateway/dialect/task"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// TestExpected: what a call is expected to cost follows its input, its limit and the prices at the target,
// and is not known where a part of it has no price.
func TestExpected(t *testing.T) {
	long := strings.Repeat("word ", 4_000) // 5,000 tokens, and 4 of the message
	own := gateway.Prices{"*": {Input: 500_000_000, Output: 8_000_000_000}}
	tiers := gateway.Prices{"*": {Input: 1_000_000_000, Output: 2_000_000_000, Variants: []gateway.PriceVariant{{Terms: gateway.Terms{Tier: "priority"}, Price: gateway.Price{Input: 2_000_000_000, Output: 4_000_000_000}}}}}
	banded := gateway.Prices{"*": {Input: 1_000, Output: 1_000, Bands: []gateway.PriceBand{{Over: 4_000, Price: gateway.Price{Input: 2_000_000_000, Output: 3_000_000_000}}}}}
	chat := func(fields string) string {
		return `{"model":"gpt-mock","messages":[{"role":"user","content":"` + long + `"}]` + fields + `}`
	}
	for name, c := range map[string]struct {
		op     gateway.Op
		body   string
		prices gateway.Prices
		want   int64 // -1: unknown
	}{
		"without a limit":      {gateway.OpChat, chat(""), nil, 5_004*1_000 + 500*2_000},
		"with a limit":         {gateway.OpChat, chat(`,"max_tokens":7000`), nil, 5_004*1_000 + 7_000*2_000},
		"several answers":      {gateway.OpChat, chat(`,"max_tokens":100,"n":3`), nil, 5_004*1_000 + 300*2_000},
		"the key's own price":  {gateway.OpChat, chat(`,"max_tokens":100`), own, 5_004*500 + 100*8_000},
		"free by its own":      {gateway.OpChat, chat(``), gateway.Prices{"gpt-mock": {}}, 0},
		"a longer prompt":      {gateway.OpChat, chat(`,"max_tokens":1`), banded, 5_004*2_000 + 3_000},
		"a tier":               {gateway.OpChat, chat(`,"max_tokens":1,"service_tier":"priority"`), tiers, 5_004*2_000 + 4_000},
		"a tier with no price": {gateway.OpChat, chat(`,"service_tier":"flex"`), tiers, -1},
		"no price":             {gateway.OpChat, `{"model":"unheard-of","messages":[{"role":"user","content":"a"}]}`, nil, -1},
		"no model":             {gateway.OpChat, `{"messages":[{"role":"user","content":"a"}]}`, nil, -1},
		"images":               {gateway.OpImage, `{"model":"by-the-piece","prompt":"a cat","n":3}`, nil, 120_000_000},
		"speech":               {gateway.OpSpeech, `{"model":"by-the-piece","input":"` + long[:1_000] + `"}`, nil, 15_000 * 1_035},
		"a recording":          {gateway.OpTranscription, `{"model":"by-the-piece","file":{}}`, nil, -1},
	} {
		t.Run(name, func(t *testing.T) {
			ex := gatewaytest.Exchange(t, gatewaytest.Hello)
			req, err := gateway.NewRequest(ex.Request.Dialect, c.op, []byte(c.body))
			if c.op != gateway.OpChat {
				req, err = gateway.NewRequest(task.Dialect{Op: c.op}, c.op, []byte(c.body))
			}
			must(t, err)
			got, known := billing.Expected(prices{}, ex, &gateway.Target{Provider: "mock", Prices: c.prices}, req)
			if known != (c.want >= 0) || known && got != c.want {
				t.Errorf("%d %v, want %d", got, known, c.want)
			}
		})
	}
}
