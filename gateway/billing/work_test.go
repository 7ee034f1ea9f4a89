package billing_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing"
	"github.com/sluicegate/sluice/gateway/dialect/opaque"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// accepted is the answer of a vendor that takes a batch, or shows one.
func accepted(status int) gateway.Handler {
	return func(_ context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
		ex.Request.Pass.Answer.Status = status
		return gateway.Chunks(gateway.Chunk{Form: gateway.FormBody, Raw: []byte(`{}`), Usage: &gateway.Usage{}}), nil
	}
}

// submit runs a call that lets a vendor work.
func submit(tb testing.TB, b *books, work *gateway.VendorWork, vendor gateway.Handler) (*gateway.Exchange, error) {
	tb.Helper()
	req, err := gateway.NewRequest(opaque.Dialect{Free: true, Work: work}, gateway.OpPassThrough, []byte(`{}`))
	must(tb, err)
	req.Pass = &gateway.PassThrough{Method: http.MethodPost, Path: "/batches", Free: true, Work: work}
	return run(tb, b.Service, b.key, gatewaytest.Hello, vendor, gatewaytest.WithRequest(req))
}

// shown runs a call that learns what the work has cost.
func shown(tb testing.TB, b *books, of *gateway.WorkReservation, usage gateway.Usage) *gateway.Exchange {
	tb.Helper()
	req, err := gateway.NewRequest(opaque.Dialect{Free: true, Model: "gpt-mock"}, gateway.OpPassThrough, []byte(`{}`))
	must(tb, err)
	req.Pass = &gateway.PassThrough{Method: http.MethodGet, Path: "/batches/b", Free: true, Settled: &gateway.SettledWork{Used: []gateway.ModelUsage{{Usage: usage}}, Reservation: of}}
	ex, err := run(tb, b.Service, b.key, gatewaytest.Hello, func(_ context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
		ex.Facts.Attempts[len(ex.Facts.Attempts)-1].Served = "gpt-mock"
		return answering(usage, 0)(tb.Context(), ex)
	}, gatewaytest.WithRequest(req))
	must(tb, err)
	return ex
}

// TestWork: what a batch may cost stays reserved until its end is known, also by another process.
func TestWork(t *testing.T) {
	b := open(t, "1")
	work := &gateway.VendorWork{Calls: []gateway.CallsOf{{Model: "gpt-mock", Input: 1_000, Output: 100, Open: 2}, {Model: "dear", Input: 10, Output: 1}}}
	ex, err := submit(t, b, work, accepted(200))
	must(t, err)
	const bound = 1_000*1_000 + (100+2*4_000)*2_000 + 10*100_000 + 1*200_000
	kept := work.Reservation
	if _, reserved := b.Spending("k"); kept == nil || reserved < bound || reserved > bound+10 || reserved != kept.Amount || kept.APIKey != "k" || ex.Facts.Cost.Nano != 0 {
		t.Fatalf("%d reserved of %d, %+v, cost %+v", reserved, bound, kept, ex.Facts.Cost)
	}
	must(t, b.Close(t.Context()))
	b.Service = start(t, b.ledger)
	b.key = key(t, b.Service, "1")
	if spent, reserved := b.Spending("k"); spent != 0 || reserved != kept.Amount {
		t.Errorf("after a start: %d spent, %d reserved", spent, reserved)
	}
	used := gateway.Usage{Input: 900, Output: 50}
	if spent := b.agree(t, ex, shown(t, b, kept, used)); spent != 900*1_000+50*2_000 {
		t.Errorf("%d spent", spent)
	}
}

// TestWorkRefused: work that may cost more than there is, or that nobody can bound, is not asked for;
// what the vendor refuses costs nothing.
func TestWorkRefused(t *testing.T) {
	for name, c := range map[string]struct {
		work   gateway.VendorWork
		vendor gateway.Handler
		kind   gateway.Kind
		has    string
	}{
		"too dear":           {work: gateway.VendorWork{Calls: []gateway.CallsOf{{Model: "gpt-mock", Open: 1_000}}}, kind: gateway.Exhausted, has: "budget"},
		"more than any sum":  {work: gateway.VendorWork{Calls: []gateway.CallsOf{{Model: "gpt-mock", Open: 1 << 40, Input: 1 << 60}}}, kind: gateway.Exhausted, has: "budget"},
		"without a price":    {work: gateway.VendorWork{Calls: []gateway.CallsOf{{Model: "gpt-mock"}, {Model: "none"}}}, kind: gateway.Exhausted, has: "none"},
		"without a bound":    {work: gateway.VendorWork{Unbounded: "Nobody knows."}, kind: gateway.Invalid, has: "Nobody knows. The call has a budget"},
		"the vendor refuses": {work: gateway.VendorWork{Calls: []gateway.CallsOf{{Model: "gpt-mock", Output: 1}}}, vendor: accepted(400)},
		"the vendor fails":   {work: gateway.VendorWork{Calls: []gateway.CallsOf{{Model: "gpt-mock", Output: 1}}}, kind: gateway.BadUpstream, vendor: func(context.Context, *gateway.Exchange) (gateway.Stream, error) { return nil, broken }},
	} {
		b := open(t, "1")
		asked := false
		ex, err := submit(t, b, &c.work, func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
			asked = true
			return c.vendor(ctx, ex)
		})
		if asked != (c.vendor != nil) || c.work.Reservation != nil {
			t.Errorf("%s: asked %v, %+v", name, asked, c.work.Reservation)
		}
		if c.kind != 0 {
			if e := gateway.AsError(err); e == nil || e.Kind != c.kind || !strings.Contains(e.Public, c.has) {
				t.Errorf("%s: %v", name, err)
			}
		} else {
			must(t, err)
		}
		b.agree(t, ex)
	}
}

// TestWorkNobodyAsksAfter: the reservation of a batch whose end nobody learns counts as spent when its
// lease has ended, and is not charged twice.
func TestWorkNobodyAsksAfter(t *testing.T) {
	b := open(t, "1", func(c *billing.Config) { c.Lease = 30 * time.Millisecond })
	work := &gateway.VendorWork{Calls: []gateway.CallsOf{{Model: "gpt-mock", Output: 10}}}
	_, err := submit(t, b, work, accepted(200))
	must(t, err)
	must(t, b.ledger.Extend(t.Context(), []string{work.Reservation.ID}, time.Nanosecond))
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if spent, reserved := b.Spending("k"); spent == work.Reservation.Amount && reserved == 0 {
			break
		} else if time.Now().After(deadline) {
			t.Fatalf("%d spent, %d reserved", spent, reserved)
		}
	}
	shown(t, b, work.Reservation, gateway.Usage{Input: 1, Output: 1})
	if spent, _ := b.Spending("k"); spent != work.Reservation.Amount {
		t.Errorf("%d spent of %d", spent, work.Reservation.Amount)
	}
}

// TestWorkOfSeveralModels: each model's part of the work has its own price, and the row the sum of all.
func TestWorkOfSeveralModels(t *testing.T) {
	b := open(t, "1")
	work := &gateway.VendorWork{Calls: []gateway.CallsOf{{Model: "gpt-mock", Input: 1_000, Output: 100}, {Model: "dear", Input: 10, Output: 1}}}
	_, err := submit(t, b, work, accepted(200))
	must(t, err)
	req, err := gateway.NewRequest(opaque.Dialect{Free: true}, gateway.OpPassThrough, []byte(`{}`))
	must(t, err)
	used := []gateway.ModelUsage{{Model: "gpt-mock", Usage: gateway.Usage{Input: 500, Output: 10}}, {Model: "dear", Usage: gateway.Usage{Input: 5, Output: 1}}}
	req.Pass = &gateway.PassThrough{Method: http.MethodGet, Path: "/batches/b", Free: true, Owed: true, Settled: &gateway.SettledWork{Used: used, Reservation: work.Reservation}}
	ex, err := run(t, b.Service, b.key, gatewaytest.Hello, answering(*req.Pass.Settled.Usage(), 0), gatewaytest.WithRequest(req))
	must(t, err)
	const want = 500*1_000 + 10*2_000 + 5*100_000 + 1*200_000
	spent, reserved := b.Spending("k")
	if f := ex.Facts; f.Cost.Nano != want || spent != want || reserved != 0 || f.Usage.Input != 505 || f.Usage.Output != 11 || f.Cost.OverBound {
		t.Errorf("cost %+v, usage %+v, spent %d, reserved %d; want %d", f.Cost, *f.Usage, spent, reserved, want)
	}
}

// TestWorkOfManyTokens: a batch may use more tokens, and cost more, than any single call can.
func TestWorkOfManyTokens(t *testing.T) {
	b := open(t, "10000000")
	work := &gateway.VendorWork{Calls: []gateway.CallsOf{{Model: "dear", Input: 20_000_000_000, Output: 1}}}
	_, err := submit(t, b, work, accepted(200))
	must(t, err)
	const want = 20_000_000_000 * 100_000 // 2,000,000 USD
	if work.Reservation.Amount < want {
		t.Errorf("%d reserved of %d", work.Reservation.Amount, int64(want))
	}
	req, err := gateway.NewRequest(opaque.Dialect{Free: true}, gateway.OpPassThrough, []byte(`{}`))
	must(t, err)
	used := []gateway.ModelUsage{{Model: "dear", Usage: gateway.Usage{Input: 20_000_000_000}}}
	req.Pass = &gateway.PassThrough{Method: http.MethodGet, Path: "/batches/b", Free: true, Owed: true, Settled: &gateway.SettledWork{Used: used, Reservation: work.Reservation}}
	ex, err := run(t, b.Service, b.key, gatewaytest.Hello, answering(gateway.Usage{}, 0), gatewaytest.WithRequest(req))
	must(t, err)
	if spent := b.agree(t, ex); spent != want || ex.Facts.Cost.Partial {
		t.Errorf("%d spent, %+v", spent, ex.Facts.Cost)
	}
}
