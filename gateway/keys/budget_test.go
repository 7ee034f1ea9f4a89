package keys_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/gateway/keys"
	"github.com/sluicegate/sluice/gateway/keys/keystest"
)

// call runs one call on p's budget and gives what it failed with.
func call(h *house, tb testing.TB, p *gateway.Principal, body string, end gateway.Handler) error {
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

// answering gives an answer that costs usage, after a while.
func answering(u gateway.Usage, d time.Duration) gateway.Handler {
	return func(context.Context, *gateway.Exchange) (gateway.Stream, error) {
		time.Sleep(d)
		return gateway.Chunks(gateway.Chunk{Form: gateway.FormBody, Raw: []byte(`{}`), Usage: &u}), nil
	}
}

const bounded = `{"model":"gpt-mock","max_tokens":500,"messages":[{"role":"user","content":"Hello"}]}`

// 200 calls at once, each costing all it may: as many get through as fit, not one more.
func TestParallelCallsNeverExceed(t *testing.T) {
	worst := gateway.Usage{Input: int64(len(bounded)), Output: 500}
	each := int64(len(bounded))*1_000 + 500*2_000
	const fit = 37
	h := memory(t, func(c *keys.Config) { c.Patience = time.Minute })
	_, p := h.key(t, keys.NewAPIKey{Name: "k", BudgetUSD: gateway.FormatUSD(fit*each + each - 1)})
	var through, refused atomic.Int64
	var wg sync.WaitGroup
	for range 200 {
		wg.Go(func() {
			switch err := call(h, t, p, bounded, answering(worst, time.Millisecond)); {
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
	k, err := h.APIKey(t.Context(), h.owner, "k")
	must(t, err)
	if through.Load() != fit || refused.Load() != 200-fit || k.Spent != fit*each || k.Held != 0 {
		t.Errorf("%d through, %d refused, spent %d, held %d; want %d through and %d spent", through.Load(), refused.Load(), k.Spent, k.Held, fit, fit*each)
	}
}

// Cheap calls wait for the money that others hold, and all get through while it lasts.
func TestCallsWaitForHeldMoney(t *testing.T) {
	h := memory(t, func(c *keys.Config) { c.Patience = time.Minute })
	each := int64(len(bounded))*1_000 + 500*2_000
	_, p := h.key(t, keys.NewAPIKey{Name: "k", BudgetUSD: gateway.FormatUSD(2 * each)})
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() {
			if err := call(h, t, p, bounded, answering(gateway.Usage{Input: 9, Output: 3}, time.Millisecond)); err != nil {
				t.Errorf("refused though the money was only held: %v", err)
			}
		})
	}
	wg.Wait()
	k, err := h.APIKey(t.Context(), h.owner, "k")
	must(t, err)
	if k.Spent != 40*answerCost {
		t.Errorf("spent %d, want %d", k.Spent, 40*answerCost)
	}
}

// Without max_tokens nothing bounds a call. Near the end of the budget such calls run one
// by one, and stop when less is left than one of them took.
func TestOpenCallsRunAlone(t *testing.T) {
	const open = `{"model":"gpt-mock","messages":[{"role":"user","content":"Hello"}]}`
	h := memory(t, func(c *keys.Config) { c.Patience = time.Minute })
	usage := gateway.Usage{Input: 9, Output: 1_000}
	const each = 9*1_000 + 1_000*2_000
	_, p := h.key(t, keys.NewAPIKey{Name: "k", BudgetUSD: gateway.FormatUSD(5*each + each/2)})
	var running, most, through atomic.Int64
	var wg sync.WaitGroup
	for range 30 {
		wg.Go(func() {
			err := call(h, t, p, open, func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
				most.Store(max(most.Load(), running.Add(1)))
				defer running.Add(-1)
				return answering(usage, time.Millisecond)(ctx, ex)
			})
			if err == nil {
				through.Add(1)
			} else {
				wantKind(t, "an open call too many", err, gateway.Exhausted)
			}
		})
	}
	wg.Wait()
	k, err := h.APIKey(t.Context(), h.owner, "k")
	must(t, err)
	if through.Load() != 5 || most.Load() != 1 || k.Spent != 5*each {
		t.Errorf("%d through, %d at once, spent %d; want 5, 1 and %d", through.Load(), most.Load(), k.Spent, 5*each)
	}
}

func TestSpentOutSaysWhatIsLeft(t *testing.T) {
	h := memory(t)
	_, p := h.key(t, keys.NewAPIKey{Name: "k", BudgetUSD: "0.0005"})
	e := wantKind(t, "too dear", call(h, t, p, bounded, answering(gateway.Usage{}, 0)), gateway.Exhausted)
	if !strings.Contains(e.Public, "0.0005") || !strings.Contains(e.Public, "max_tokens") || e.WireType() != "api_key_exhaust_error" {
		t.Errorf("%q", e.Public)
	}
	cheap := `{"model":"gpt-mock","max_tokens":1,"messages":[{"role":"user","content":"H"}]}`
	must(t, call(h, t, p, cheap, answering(gateway.Usage{Input: 500_000}, 0))) // the upstream lies: more than the bound
	e = wantKind(t, "spent", call(h, t, p, cheap, answering(gateway.Usage{}, 0)), gateway.Exhausted)
	if !strings.Contains(e.Public, "is spent") {
		t.Errorf("%q", e.Public)
	}
	_, err := h.SetAPIKeyBudget(t.Context(), h.owner, "k", "2")
	must(t, err)
	must(t, call(h, t, p, cheap, answering(gateway.Usage{}, 0)))
}

// The dearest target decides, wherever it stands in the plan.
func TestDearestTargetDecides(t *testing.T) {
	h := memory(t)
	_, p := h.key(t, keys.NewAPIKey{Name: "k", BudgetUSD: "0.01"})
	ex := gatewaytest.Exchange(t, bounded, gatewaytest.WithPlan(gatewaytest.Plan(&gateway.Target{Path: "a", Provider: "mock"},
		&gateway.Target{Path: "b", Provider: "mock", Prices: gateway.Prices{"*": {Input: 1, Output: 1_000_000_000_000}}})))
	ex.Principal = p
	_, err := h.Meter(prices{}).Wrap(answering(gateway.Usage{}, 0))(t.Context(), ex)
	wantKind(t, "a dear fallback", err, gateway.Exhausted)
}

// A reservation that cannot be written stops the call, and the money comes back.
func TestLedgerDown(t *testing.T) {
	store := keystest.NewMemory()
	h := start(t, store)
	_, p := h.key(t, keys.NewAPIKey{Name: "k", BudgetUSD: "1"})
	store.Fail(errDown)
	end := gatewaytest.NewHandler()
	wantKind(t, "with the store down", call(h, t, p, bounded, end.Handle), gateway.Unavailable)
	if n := len(end.Calls()); n != 0 {
		t.Errorf("%d calls went upstream", n)
	}
	store.Fail(nil)
	must(t, call(h, t, p, bounded, gatewaytest.NewHandler().Handle))
	k, err := h.APIKey(t.Context(), h.owner, "k")
	must(t, err)
	if k.Spent != answerCost || k.Held != 0 {
		t.Errorf("spent %d, held %d", k.Spent, k.Held)
	}
	must(t, h.Close(t.Context()))
	if spent, reserved := store.Ledger(k.ID); spent != answerCost || reserved != 0 {
		t.Errorf("stored: spent %d, %d reservations", spent, reserved)
	}
}

// Reservations of one moment share a transaction.
func TestReservationsShareTransactions(t *testing.T) {
	store := &lagging{keystest.NewMemory()}
	h := start(t, store)
	_, p := h.key(t, keys.NewAPIKey{Name: "k", BudgetUSD: "1000"})
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			if err := call(h, t, p, bounded, gatewaytest.NewHandler().Handle); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if _, posts := store.Calls(); posts > 40 {
		t.Errorf("%d transactions for 100 calls at once", posts)
	}
}

// lagging is a store whose writes take their time.
type lagging struct{ *keystest.Memory }

func (s *lagging) Post(ctx context.Context, rs []keys.Reservation, ss []keys.Settlement) error {
	time.Sleep(5 * time.Millisecond)
	return s.Memory.Post(ctx, rs, ss)
}

// stopped is a store whose writes wait until the test lets them go on.
type stopped struct {
	*keystest.Memory
	entered, proceed chan struct{}
}

func (s *stopped) Post(ctx context.Context, rs []keys.Reservation, ss []keys.Settlement) error {
	select {
	case s.entered <- struct{}{}:
	default:
	}
	<-s.proceed
	return s.Memory.Post(ctx, rs, ss)
}

// A caller that leaves while its reservation is being written leaves nothing behind.
func TestCallerLeavesWhileReserving(t *testing.T) {
	store := &stopped{keystest.NewMemory(), make(chan struct{}, 1), make(chan struct{})}
	h := start(t, store)
	_, p := h.key(t, keys.NewAPIKey{Name: "k", BudgetUSD: "1"})
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
	if spent, reserved := store.Ledger(p.APIKey); spent != 0 || reserved != 0 {
		t.Errorf("stored: spent %d, %d reservations", spent, reserved)
	}
	if k, err := h.APIKey(t.Context(), h.owner, "k"); err != nil || k.Held != 0 {
		t.Errorf("held %d, %v", k.Held, err)
	}
}
