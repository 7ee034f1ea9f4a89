package billing_test

import (
	"context"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing"
	"github.com/sluicegate/sluice/gateway/billing/billingtest"
	"github.com/sluicegate/sluice/gateway/billing/tariff"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/gateway/route/router"
)

// prices: gpt-mock costs 1 USD per million in and 2 out, dear a hundred times that. What
// cached input costs is the same for both.
type prices struct{}

func (prices) Price(provider, model string, _ time.Time) (gateway.Price, bool) {
	if provider != "mock" && provider != "anthropic" {
		return gateway.Price{}, false
	}
	switch model {
	case "gpt-mock", "gpt-served":
		return gateway.Price{Input: 1_000_000_000, Output: 2_000_000_000, Version: "mock/" + model + "@2026-01-01"}, true
	case "painter":
		return gateway.Price{Units: map[gateway.Unit]int64{gateway.UnitImage: 40_000_000, gateway.UnitInputCharacter: 1_000}, Version: "mock/painter@2026-01-01"}, true
	case "by-the-piece":
		return gateway.Price{NoTokens: true, Units: map[gateway.Unit]int64{gateway.UnitImage: 40_000_000, gateway.UnitOutputSecond: 100_000_000, gateway.UnitInputSecond: 100_000, gateway.UnitInputCharacter: 15_000}, Version: "mock/by-the-piece@2026-01-01"}, true
	case "dall-e-3":
		sized := func(size, quality string, n int64) gateway.PriceVariant {
			return gateway.PriceVariant{Terms: gateway.Terms{Size: size, Quality: quality}, Price: gateway.Price{NoTokens: true, Units: map[gateway.Unit]int64{gateway.UnitImage: n}}}
		}
		return gateway.Price{NoTokens: true, BySize: true, Variants: []gateway.PriceVariant{sized("1024x1024", "standard", 44_000_000), sized("1024x1792", "hd", 132_000_000)}, Version: "mock/dall-e-3@2026-01-01"}, true
	case "dear":
		return gateway.Price{Input: 100_000_000_000, Output: 200_000_000_000, Version: "mock/dear@2026-01-01"}, true
	}
	return gateway.Price{}, false
}

func (prices) MaxOutput(_, model string) (int64, bool) { return 4_000, model == "gpt-mock" }

// one answer of gatewaytest is 9 in and 3 out
const answerCost = 9*1_000 + 3*2_000

var broken = &gateway.Error{Op: "test", Kind: gateway.BadUpstream, Public: "It broke."}

// pipeline is Meter around the real Router, with Reserve inside of each attempt.
func pipeline(s *billing.Service, provider gateway.Handler, guards ...gateway.Stage) gateway.Handler {
	return priced(s, nil, provider, guards...)
}

// priced is pipeline with price rules.
func priced(s *billing.Service, p tariff.Pricing, provider gateway.Handler, guards ...gateway.Stage) gateway.Handler {
	settings := router.Config{Sleep: func(context.Context, time.Duration) error { return nil }}
	return gateway.Chain("router", router.New(settings, provider, append(guards, s.Reserve(prices{}, p))...), s.Meter())
}

// run runs one call of p to its end.
func run(tb testing.TB, s *billing.Service, p *gateway.Principal, body string, provider gateway.Handler, options ...gatewaytest.Option) (*gateway.Exchange, error) {
	tb.Helper()
	ex := gatewaytest.Exchange(tb, body, options...)
	ex.Principal = p
	return ex, drain(pipeline(s, provider), ex)
}

func drain(h gateway.Handler, ex *gateway.Exchange) error {
	s, err := h(context.Background(), ex)
	if err != nil {
		return err
	}
	_, err = gatewaytest.Collect(s)
	return err
}

// call runs one call and returns its error.
func call(tb testing.TB, s *billing.Service, p *gateway.Principal, body string, provider gateway.Handler) error {
	_, err := run(tb, s, p, body, provider)
	return err
}

// answering returns an answer that costs usage, after d.
func answering(u gateway.Usage, d time.Duration) gateway.Handler {
	return func(context.Context, *gateway.Exchange) (gateway.Stream, error) {
		time.Sleep(d)
		return gateway.Chunks(gateway.Chunk{Form: gateway.FormBody, Raw: []byte(`{}`), Usage: &u}), nil
	}
}

// greedy is a vendor that bills all that the body it gets allows it to.
func greedy(_ context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
	p := ex.Request.Parameters()
	out := p.MaxOutput
	if !p.Bounded {
		out = 100_000
	}
	u := gateway.Usage{Input: int64(len(ex.Request.Raw)), Output: out * p.Choices}
	return gateway.Chunks(gateway.Chunk{Form: gateway.FormBody, Raw: []byte(`{}`), Usage: &u}), nil
}

// books are where the money of one key is written.
type books struct {
	ledger *billingtest.Memory
	*billing.Service
	key *gateway.Principal
}

func open(tb testing.TB, usd string, edit ...func(*billing.Config)) *books {
	tb.Helper()
	b := &books{ledger: billingtest.NewMemory()}
	b.Service = start(tb, b.ledger, edit...)
	b.key = key(tb, b.Service, usd)
	return b
}

// agree fails the test unless the rows' costs, the account and the ledger say the same, and
// nothing is reserved any longer. It returns what was spent.
func (b *books) agree(tb testing.TB, rows ...*gateway.Exchange) int64 {
	tb.Helper()
	sum := int64(0)
	for _, ex := range rows {
		sum += ex.Facts.Cost.Nano
		if ex.Facts.Cost.Nano > 0 && (!ex.Facts.Cost.Known || ex.Facts.Cost.Basis == "") {
			tb.Errorf("a charged row does not say so: %+v", ex.Facts.Cost)
		}
	}
	spent, reserved := b.Spending("k")
	must(tb, b.Close(context.Background()))
	stored, open := b.ledger.State("k")
	if sum != spent || spent != stored || reserved != 0 || open != 0 {
		tb.Errorf("rows %d, account %d, ledger %d; reserved %d, reservations %d", sum, spent, stored, reserved, open)
	}
	return spent
}

// panicking is a stream that fails by a panic.
type panicking struct{}

func (panicking) Next() (gateway.Chunk, error) { panic("ouch") }
func (panicking) Close() error                 { return nil }
