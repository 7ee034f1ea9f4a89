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
	"github.com/sluicegate/sluice/gateway/billing/ledger"
)

// startShared opens a service on a ledger that others use, too, and closes it when the test ends.
func startShared(tb testing.TB, memory ledger.Shared, cfg billing.Config) *billing.Service {
	tb.Helper()
	s := billing.OpenShared(memory, cfg)
	tb.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// Three services on one ledger admit together what the budget pays, and each of them knows what
// all have spent.
func TestSharedBudget(t *testing.T) {
	memory := billingtest.NewMemory()
	const admits = 40
	usd := gateway.FormatUSD(admits * boundedCost)
	var services []*billing.Service
	var p *gateway.Principal
	for range 3 {
		s := startShared(t, memory, billing.Config{Patience: time.Minute})
		p = key(t, s, usd)
		services = append(services, s)
	}
	var answered atomic.Int64
	var wg sync.WaitGroup
	for i := range 200 {
		s := services[i%len(services)]
		wg.Go(func() {
			err := call(t, s, p, bounded, greedy)
			if err == nil {
				answered.Add(1)
			} else if gateway.AsError(err).Kind != gateway.Exhausted {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, s := range services {
		must(t, s.Close(t.Context()))
	}
	limit, err := gateway.ParseUSD("budget", usd)
	must(t, err)
	spent, open := memory.State("k")
	if spent > limit || open != 0 || answered.Load() < admits {
		t.Errorf("spent %d of %d, %d reservations stand, %d answered; want at least %d", spent, limit, open, answered.Load(), admits)
	}
	for i, s := range services {
		if told, reserved := s.Spending("k"); told != spent || reserved != 0 {
			t.Errorf("service %d tells %d spent and %d reserved, the ledger %d", i, told, reserved, spent)
		}
	}
}

// A call waits for money that a call of another process has reserved.
func TestSharedPatience(t *testing.T) {
	memory := billingtest.NewMemory()
	one, two := startShared(t, memory, billing.Config{Patience: time.Minute}), startShared(t, memory, billing.Config{Patience: time.Minute})
	usd := gateway.FormatUSD(boundedCost)
	p := key(t, one, usd)
	key(t, two, usd)
	entered, leave, first := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		first <- call(t, one, p, bounded, func(context.Context, *gateway.Exchange) (gateway.Stream, error) {
			close(entered)
			<-leave
			return nil, broken // costs nothing
		})
	}()
	<-entered
	second := make(chan error, 1)
	go func() { second <- call(t, two, p, bounded, answering(gateway.Usage{}, 0)) }()
	select {
	case err := <-second:
		t.Errorf("it did not wait: %v", err)
	case <-time.After(300 * time.Millisecond):
	}
	close(leave)
	if err := <-first; err == nil {
		t.Error("the first call did not fail")
	}
	must(t, <-second)
}

// The reservations of a process that died count as spent once their lease has ended; those of a
// call that goes on do not.
func TestSharedLeases(t *testing.T) {
	memory := billingtest.NewMemory()
	const lease = 300 * time.Millisecond
	s := startShared(t, memory, billing.Config{Lease: lease})
	p := key(t, s, "1")
	_, err := memory.Post(t.Context(), []ledger.Reservation{{ID: "dead", APIKey: "k", Amount: 700, Claims: []ledger.Claim{{Account: "k", Limit: 1_000_000_000}}, Lease: lease}}, nil)
	must(t, err)
	entered, leave, running := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		running <- call(t, s, p, bounded, func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
			close(entered)
			<-leave
			return answering(gateway.Usage{Input: 9, Output: 3}, 0)(ctx, ex)
		})
	}()
	<-entered
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if spent, open := memory.State("k"); spent == 700 && open == 1 {
			break
		} else if time.Now().After(end) {
			t.Fatalf("spent %d, %d reservations stand; want 700 and the one of the running call", spent, open)
		}
	}
	time.Sleep(2 * lease) // the running call's lease would have ended
	close(leave)
	must(t, <-running)
	must(t, s.Close(t.Context()))
	if spent, open := memory.State("k"); spent != 700+answerCost || open != 0 {
		t.Errorf("spent %d, %d reservations stand; want %d and none", spent, open, 700+answerCost)
	}
}

// While the ledger does not answer, calls with a budget are told when to try again. Afterwards
// they go on, and nothing was lost.
func TestSharedLedgerDown(t *testing.T) {
	memory := billingtest.NewMemory()
	s := startShared(t, memory, billing.Config{})
	p := key(t, s, "1")
	must(t, call(t, s, p, bounded, answering(gateway.Usage{Input: 9, Output: 3}, 0)))
	memory.Fail(errDown)
	e := wantKind(t, "the ledger is down", call(t, s, p, bounded, answering(gateway.Usage{}, 0)), gateway.Unavailable)
	if e.RetryAfter <= 0 {
		t.Error("no time to try again")
	}
	memory.Fail(nil)
	must(t, call(t, s, p, bounded, answering(gateway.Usage{Input: 9, Output: 3}, 0)))
	must(t, s.Close(t.Context()))
	if spent, open := memory.State("k"); spent != 2*answerCost || open != 0 {
		t.Errorf("spent %d, %d reservations stand; want %d and none", spent, open, 2*answerCost)
	}
}
