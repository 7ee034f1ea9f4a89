package billing_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing"
	"github.com/sluicegate/sluice/gateway/billing/billingtest"
	"github.com/sluicegate/sluice/gateway/billing/ledger"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start opens a service on a ledger, and closes it when the test ends.
func start(tb testing.TB, memory ledger.Ledger, edit ...func(*billing.Config)) *billing.Service {
	tb.Helper()
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	cfg := billing.Config{Now: func() time.Time { return now }, StreamPause: 300 * time.Millisecond} // a loaded machine is slow to read
	for _, f := range edit {
		f(&cfg)
	}
	s, err := billing.Open(context.Background(), memory, cfg)
	must(tb, err)
	tb.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil && !errors.Is(err, errDown) {
			tb.Error(err)
		}
	})
	return s
}

func memory(tb testing.TB, edit ...func(*billing.Config)) *billing.Service {
	return start(tb, billingtest.NewMemory(), edit...)
}

// key gives the API key "k" a budget, and returns its principal.
func key(tb testing.TB, s *billing.Service, usd string) *gateway.Principal {
	tb.Helper()
	limit, err := gateway.ParseUSD("budget", usd)
	must(tb, err)
	s.SetLimit("k", &limit)
	return &gateway.Principal{Workspace: "w", Role: gateway.RoleMember, APIKey: "k", Budgeted: true}
}

var errDown = errors.New("the ledger is down")

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func wantKind(tb testing.TB, what string, err error, kind gateway.Kind) *gateway.Error {
	tb.Helper()
	var e *gateway.Error
	if !errors.As(err, &e) || e.Kind != kind {
		tb.Errorf("%s: %v, want %v", what, err, kind)
		return &gateway.Error{}
	}
	return e
}

func TestOpenFails(t *testing.T) {
	memory := billingtest.NewMemory()
	memory.Fail(errDown)
	_, err := billing.Open(t.Context(), memory, billing.Config{})
	wantKind(t, "a ledger that cannot be read", err, gateway.Internal)
}

// What a key spent outlives changes of its budget, and a restart.
func TestSetLimit(t *testing.T) {
	memory := billingtest.NewMemory()
	s := start(t, memory)
	p := key(t, s, "1")
	must(t, call(t, s, p, bounded, answering(gateway.Usage{Input: 9, Output: 3}, 0)))
	s.SetLimit("k", nil)
	must(t, call(t, s, p, bounded, answering(gateway.Usage{Input: 9, Output: 3}, 0))) // authenticated while it had a budget
	if spent, reserved := s.Spending("k"); spent != answerCost || reserved != 0 {
		t.Errorf("without a budget: spent %d, reserved %d", spent, reserved)
	}
	key(t, s, "0.000000001")
	wantKind(t, "a budget below what was spent", call(t, s, p, bounded, answering(gateway.Usage{}, 0)), gateway.Exhausted)
	s.Remove("k")
	wantKind(t, "a deleted key", call(t, s, p, bounded, answering(gateway.Usage{}, 0)), gateway.Unauthorized)
	must(t, s.Close(t.Context()))

	again := start(t, memory)
	key(t, again, "1")
	if spent, _ := again.Spending("k"); spent != answerCost {
		t.Errorf("after a restart: spent %d", spent)
	}
	if spent, reserved := again.Spending("nobody"); spent != 0 || reserved != 0 {
		t.Errorf("a key without a budget: %d, %d", spent, reserved)
	}
}

// A budget that is raised or taken away lets a waiting call go on at once.
func TestSetLimitWakesWaiters(t *testing.T) {
	large := int64(1_000_000_000)
	for name, limit := range map[string]*int64{"raised": &large, "taken away": nil} {
		s := memory(t, func(c *billing.Config) { c.Patience = time.Minute })
		p := key(t, s, gateway.FormatUSD(boundedCost))
		entered, leave, second := make(chan struct{}), make(chan struct{}), make(chan error)
		go func() {
			second <- call(t, s, p, bounded, func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
				close(entered)
				<-leave
				return answering(gateway.Usage{}, 0)(ctx, ex)
			})
		}()
		<-entered
		first := make(chan error)
		go func() { first <- call(t, s, p, bounded, answering(gateway.Usage{}, 0)) }()
		time.Sleep(10 * time.Millisecond)
		s.SetLimit("k", limit)
		if err := <-first; err != nil {
			t.Errorf("%s: %v", name, err)
		}
		close(leave)
		must(t, <-second)
	}
}
