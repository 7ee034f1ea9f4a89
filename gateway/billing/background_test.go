package billing_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing"
	"github.com/sluicegate/sluice/gateway/billing/billingtest"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// queued is the answer of a vendor that writes in the background.
func queued(context.Context, *gateway.Exchange) (gateway.Stream, error) {
	return gateway.Chunks(gateway.Chunk{Form: gateway.FormBody, Raw: []byte(`{"status":"queued"}`)}), nil
}

// begin runs a call that is answered in the background.
func begin(tb testing.TB, s *billing.Service, p *gateway.Principal) *gateway.Exchange {
	tb.Helper()
	req, err := responses.NewRequest(gateway.OpChat, []byte(`{"model":"gpt-mock","background":true,"input":"Hi","max_output_tokens":100}`))
	must(tb, err)
	ex, err := run(tb, s, p, gatewaytest.Hello, queued, gatewaytest.WithRequest(req))
	must(tb, err)
	return ex
}

// retrieve runs a retrieval of its answer.
func retrieve(tb testing.TB, s *billing.Service, of *gateway.Exchange, provider gateway.Handler) *gateway.Exchange {
	tb.Helper()
	req, err := responses.NewRequest(gateway.OpRetrieve, of.Request.Raw)
	must(tb, err)
	var target *gateway.Target
	for t := range of.Plan.Root.Targets() {
		target = t
	}
	req.Background = &gateway.BackgroundAnswer{Exchange: of.ID, At: of.Start, ID: "resp_1", Target: target.Path, VirtualKey: target.VirtualKey, Reservation: of.Facts.Unsettled}
	ex, err := run(tb, s, of.Principal, gatewaytest.Hello, provider, gatewaytest.WithRequest(req))
	must(tb, err)
	return ex
}

// What a background answer may cost stays reserved until a retrieval sees its usage, which is
// charged once.
func TestBackgroundIsChargedOnce(t *testing.T) {
	b := open(t, "1")
	begun := begin(t, b.Service, b.key)
	_, reserved := b.Spending("k")
	if reserved < 100*2_000 || len(begun.Facts.Charges) > 0 {
		t.Errorf("%d reserved, charged %v", reserved, begun.Facts.Charges)
	}
	if ex := retrieve(t, b.Service, begun, queued); len(ex.Facts.Charges) > 0 {
		t.Errorf("charged without a usage: %v", ex.Facts.Charges)
	}
	if _, still := b.Spending("k"); still != reserved {
		t.Errorf("%d reserved, then %d", reserved, still)
	}
	rows := []*gateway.Exchange{begun, retrieve(t, b.Service, begun, answering(answered, 0)), retrieve(t, b.Service, begun, answering(answered, 0))}
	if spent := b.agree(t, rows...); spent != answerCost {
		t.Errorf("%d spent", spent)
	}
}

var answered = gateway.Usage{Input: 9, Output: 3} // costs answerCost

// The reservation of a background answer outlives its process: one that owns the ledger finds it open at
// its start, and what the answer costs is settled by it.
func TestBackgroundAfterRestart(t *testing.T) {
	b := open(t, "1")
	begun := begin(t, b.Service, b.key)
	_, reserved := b.Spending("k")
	again := &books{ledger: b.ledger, Service: start(t, b.ledger)} // without a Close of the first
	again.key = key(t, again.Service, "1")
	if spent, still := again.Spending("k"); spent != 0 || still != reserved {
		t.Errorf("after the start: %d spent, %d of %d reserved", spent, still, reserved)
	}
	if spent := again.agree(t, retrieve(t, again.Service, begun, answering(answered, 0))); spent != answerCost {
		t.Errorf("%d spent", spent)
	}
}

// Whichever process retrieves the usage first is charged, and no other one, also when all do it at once
// and the process that began the answer has died. It does not matter whether the answer has a budget.
func TestBackgroundRetrievedElsewhere(t *testing.T) {
	for name, budgeted := range map[string]bool{"with a budget": true, "without": false} {
		memory := billingtest.NewMemory()
		var services []*billing.Service
		var p *gateway.Principal
		for range 3 {
			s := startShared(t, memory, billing.Config{})
			p = key(t, s, "1")
			services = append(services, s)
		}
		p.Budgeted = budgeted
		begun := begin(t, services[0], p)
		must(t, services[0].Close(t.Context()))
		rows := make([]*gateway.Exchange, 8)
		var wg sync.WaitGroup
		for i := range rows {
			wg.Go(func() { rows[i] = retrieve(t, services[1+i%2], begun, answering(answered, 0)) })
		}
		wg.Wait()
		sum, spent := int64(0), int64(0)
		for _, ex := range rows {
			sum += ex.Facts.Cost.Nano
		}
		if budgeted {
			spent = answerCost
		}
		got, _ := memory.State("k")
		v, err := memory.Verify(t.Context())
		if must(t, err); sum != answerCost || got != spent || v.Reservations != 0 || !v.Sound() {
			t.Errorf("%s: rows %d, ledger %d, %+v", name, sum, got, v)
		}
	}
}

// What nobody retrieves costs what was reserved when its lease ends, once. A retrieval after that tells
// the cost in its row, and takes no more money.
func TestBackgroundThatNobodyRetrieves(t *testing.T) {
	var late atomic.Bool
	b := open(t, "1", func(c *billing.Config) {
		c.Lease = 30 * time.Millisecond
		c.Now = func() time.Time {
			if late.Load() {
				return time.Now().Add(25 * time.Hour)
			}
			return time.Now()
		}
	})
	begun := begin(t, b.Service, b.key)
	of := begun.Facts.Unsettled
	if left := time.Until(of.Until); left < 23*time.Hour || left > 24*time.Hour {
		t.Errorf("it stands for %v", left)
	}
	must(t, b.ledger.Extend(t.Context(), []string{of.ID}, time.Nanosecond))
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if spent, reserved := b.Spending("k"); spent == of.Amount && reserved == 0 {
			break
		} else if time.Now().After(deadline) {
			t.Fatalf("%d spent, %d reserved of %d", spent, reserved, of.Amount)
		}
	}
	late.Store(true)
	ex := retrieve(t, b.Service, begun, answering(answered, 0))
	if spent, reserved := b.Spending("k"); spent != of.Amount || reserved != 0 || ex.Facts.Cost.Nano != answerCost {
		t.Errorf("a day later: %d spent, %d reserved, row %d", spent, reserved, ex.Facts.Cost.Nano)
	}
}

// An answer that comes at once although it was asked for in the background leaves nothing behind, with or
// without a budget; the answer of an attempt that is not used costs what was reserved for it.
func TestBackgroundLeavesNothing(t *testing.T) {
	for _, budgeted := range []bool{true, false} {
		b := open(t, "1")
		b.key.Budgeted = budgeted
		req, err := responses.NewRequest(gateway.OpChat, []byte(`{"model":"gpt-mock","background":true,"input":"Hi","max_output_tokens":100}`))
		must(t, err)
		first := true
		ex := gatewaytest.Exchange(t, gatewaytest.Hello, gatewaytest.WithRequest(req), gatewaytest.WithTarget(&gateway.Target{Path: "config", Provider: "mock", Retry: gateway.RetryPolicy{Attempts: 1, OnStatus: []int{gateway.StatusDenied}}}))
		ex.Principal = b.key
		denies := gateway.Stage{Name: "guard", Wrap: func(next gateway.Handler) gateway.Handler {
			return func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
				s, err := next(ctx, ex)
				if err != nil || !first {
					return s, err
				}
				first = false
				_ = s.Close()
				return nil, &gateway.Error{Op: "test", Kind: gateway.Denied, Public: "No."}
			}
		}}
		must(t, drain(pipeline(b.Service, func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
			if first {
				return queued(ctx, ex)
			}
			return answering(answered, 0)(ctx, ex)
		}, denies), ex))
		must(t, b.Close(t.Context()))
		v, err := b.ledger.Verify(t.Context())
		spent, _ := b.ledger.State("k")
		if must(t, err); v.Reservations != 0 || !v.Sound() || ex.Facts.Unsettled != nil || ex.Facts.Cost.Nano != answerCost || budgeted != (spent > answerCost+100*2_000) {
			t.Errorf("budget %v: %d spent, row %d, %+v, %+v", budgeted, spent, ex.Facts.Cost.Nano, ex.Facts.Unsettled, v)
		}
	}
}
