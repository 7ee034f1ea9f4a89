package billing_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing"
	"github.com/sluicegate/sluice/gateway/billing/billingtest"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// call runs one call on p's budget and returns its error.
func call(tb testing.TB, h *billing.Service, p *gateway.Principal, body string, end gateway.Handler) error {
	ex := gatewaytest.Exchange(tb, body)
	ex.Principal = p
	s, err := h.Meter(prices{}).Wrap(end)(context.Background(), ex)
	if err != nil {
		return err
	}
	defer s.Close()
	_, err = gatewaytest.Collect(s)
	return err
}

// answering returns an answer that costs usage, after d.
func answering(u gateway.Usage, d time.Duration) gateway.Handler {
	return func(context.Context, *gateway.Exchange) (gateway.Stream, error) {
		time.Sleep(d)
		return gateway.Chunks(gateway.Chunk{Form: gateway.FormBody, Raw: []byte(`{}`), Usage: &u}), nil
	}
}

// boundedCost is the most that a call of bounded costs.
var boundedCost = int64(len(bounded))*1_000 + 500*2_000

const bounded = `{"model":"gpt-mock","max_tokens":500,"messages":[{"role":"user","content":"Hello"}]}`

// 200 calls at once, each costing all it may: as many get through as fit, not one more.
func TestParallelCallsNeverExceed(t *testing.T) {
	worst := gateway.Usage{Input: int64(len(bounded)), Output: 500}
	each := boundedCost
	const fit = 37
	h := memory(t, func(c *billing.Config) { c.Patience = time.Minute })
	p := key(t, h, gateway.FormatUSD(fit*each+each-1))
	var through, refused atomic.Int64
	var wg sync.WaitGroup
	for range 200 {
		wg.Go(func() {
			switch err := call(t, h, p, bounded, answering(worst, time.Millisecond)); {
			case err == nil:
				through.Add(1)
			default:
				e := wantKind(t, "a call too many", err, gateway.Exhausted)
				if e.HTTPStatus() != 412 || e.Code != "04" {
					t.Errorf("status %d, code %q", e.HTTPStatus(), e.Code)
				}
				refused.Add(1)
			}
		})
	}
	wg.Wait()
	spent, reserved := h.Spending("k")
	if through.Load() != fit || refused.Load() != 200-fit || spent != fit*each || reserved != 0 {
		t.Errorf("%d through, %d refused, spent %d, reserved %d; want %d through and %d spent", through.Load(), refused.Load(), spent, reserved, fit, fit*each)
	}
}

// Cheap calls wait for money that others have reserved, and all get through while it lasts.
func TestCallsWaitForReservedMoney(t *testing.T) {
	h := memory(t, func(c *billing.Config) { c.Patience = time.Minute })
	each := boundedCost
	p := key(t, h, gateway.FormatUSD(2*each))
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() {
			if err := call(t, h, p, bounded, answering(gateway.Usage{Input: 9, Output: 3}, time.Millisecond)); err != nil {
				t.Errorf("refused though the money was only reserved: %v", err)
			}
		})
	}
	wg.Wait()
	spent, _ := h.Spending("k")
	if spent != 40*answerCost {
		t.Errorf("spent %d, want %d", spent, 40*answerCost)
	}
}

// Without max_tokens nothing bounds a call. Near the end of the budget such calls run one
// by one, and stop when less is left than one of them took.
func TestUnboundedCallsRunAlone(t *testing.T) {
	const unbounded = `{"model":"gpt-mock","messages":[{"role":"user","content":"Hello"}]}`
	h := memory(t, func(c *billing.Config) { c.Patience = time.Minute })
	usage := gateway.Usage{Input: 9, Output: 1_000}
	const each = 9*1_000 + 1_000*2_000
	p := key(t, h, gateway.FormatUSD(5*each+each/2))
	var running, most, through atomic.Int64
	var wg sync.WaitGroup
	for range 30 {
		wg.Go(func() {
			err := call(t, h, p, unbounded, func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
				most.Store(max(most.Load(), running.Add(1)))
				defer running.Add(-1)
				return answering(usage, time.Millisecond)(ctx, ex)
			})
			if err == nil {
				through.Add(1)
			} else {
				wantKind(t, "an unbounded call too many", err, gateway.Exhausted)
			}
		})
	}
	wg.Wait()
	spent, _ := h.Spending("k")
	if through.Load() != 5 || most.Load() != 1 || spent != 5*each {
		t.Errorf("%d through, %d at once, spent %d; want 5, 1 and %d", through.Load(), most.Load(), spent, 5*each)
	}
}

func TestRefusalSaysWhatIsLeft(t *testing.T) {
	h := memory(t)
	p := key(t, h, "0.0005")
	e := wantKind(t, "too expensive", call(t, h, p, bounded, answering(gateway.Usage{}, 0)), gateway.Exhausted)
	if !strings.Contains(e.Public, "0.0005") || !strings.Contains(e.Public, "max_tokens") || e.WireType() != "api_key_exhaust_error" {
		t.Errorf("%q", e.Public)
	}
	cheap := `{"model":"gpt-mock","max_tokens":1,"messages":[{"role":"user","content":"H"}]}`
	must(t, call(t, h, p, cheap, answering(gateway.Usage{Input: 500_000}, 0))) // the upstream lies: more than the bound
	e = wantKind(t, "spent", call(t, h, p, cheap, answering(gateway.Usage{}, 0)), gateway.Exhausted)
	if !strings.Contains(e.Public, "is spent") {
		t.Errorf("%q", e.Public)
	}
	key(t, h, "2")
	must(t, call(t, h, p, cheap, answering(gateway.Usage{}, 0)))
}

// The most expensive target decides, wherever it stands in the plan.
func TestMostExpensiveTargetDecides(t *testing.T) {
	h := memory(t)
	p := key(t, h, "0.01")
	ex := gatewaytest.Exchange(t, bounded, gatewaytest.WithPlan(gatewaytest.Plan(&gateway.Target{Path: "a", Provider: "mock"},
		&gateway.Target{Path: "b", Provider: "mock", Prices: gateway.Prices{"*": {Input: 1, Output: 1_000_000_000_000}}})))
	ex.Principal = p
	_, err := h.Meter(prices{}).Wrap(answering(gateway.Usage{}, 0))(t.Context(), ex)
	wantKind(t, "an expensive fallback", err, gateway.Exhausted)
}

// A reservation that cannot be written stops the call, and the money comes back.
func TestLedgerDown(t *testing.T) {
	store := billingtest.NewMemory()
	h := start(t, store)
	p := key(t, h, "1")
	store.Fail(errDown)
	end := gatewaytest.NewHandler()
	wantKind(t, "with the store down", call(t, h, p, bounded, end.Handle), gateway.Unavailable)
	if n := len(end.Calls()); n != 0 {
		t.Errorf("%d calls went upstream", n)
	}
	store.Fail(nil)
	must(t, call(t, h, p, bounded, gatewaytest.NewHandler().Handle))
	spent, reserved := h.Spending("k")
	if spent != answerCost || reserved != 0 {
		t.Errorf("spent %d, reserved %d", spent, reserved)
	}
	must(t, h.Close(t.Context()))
	if spent, reserved := store.State("k"); spent != answerCost || reserved != 0 {
		t.Errorf("stored: spent %d, %d reservations", spent, reserved)
	}
}

// Reservations of one moment share a transaction.
func TestReservationsShareTransactions(t *testing.T) {
	store := &lagging{billingtest.NewMemory()}
	h := start(t, store)
	p := key(t, h, "1000")
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			if err := call(t, h, p, bounded, gatewaytest.NewHandler().Handle); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if posts := store.Posts(); posts > 40 {
		t.Errorf("%d transactions for 100 calls at once", posts)
	}
}

// lagging is a store whose writes take their time.
type lagging struct{ *billingtest.Memory }

func (s *lagging) Post(ctx context.Context, rs []billing.Reservation, ss []billing.Settlement) error {
	time.Sleep(5 * time.Millisecond)
	return s.Memory.Post(ctx, rs, ss)
}

// stopped is a store whose writes wait until the test lets them go on.
type stopped struct {
	*billingtest.Memory
	entered, proceed chan struct{}
}

func (s *stopped) Post(ctx context.Context, rs []billing.Reservation, ss []billing.Settlement) error {
	select {
	case s.entered <- struct{}{}:
	default:
	}
	<-s.proceed
	return s.Memory.Post(ctx, rs, ss)
}

// A caller that leaves while its reservation is being written leaves nothing behind.
func TestCallerLeavesWhileReserving(t *testing.T) {
	store := &stopped{billingtest.NewMemory(), make(chan struct{}, 1), make(chan struct{})}
	h := start(t, store)
	p := key(t, h, "1")
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-store.entered
		cancel()
	}()
	ex := gatewaytest.Exchange(t, bounded)
	ex.Principal = p
	if _, err := h.Meter(prices{}).Wrap(answering(gateway.Usage{}, 0))(ctx, ex); err == nil {
		t.Error("a caller that left was served")
	}
	close(store.proceed)
	must(t, h.Close(t.Context()))
	if spent, reserved := store.State("k"); spent != 0 || reserved != 0 {
		t.Errorf("stored: spent %d, %d reservations", spent, reserved)
	}
	if _, reserved := h.Spending("k"); reserved != 0 {
		t.Errorf("reserved %d", reserved)
	}
}
