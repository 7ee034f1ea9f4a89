package billing_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing"
	"github.com/sluicegate/sluice/gateway/billing/billingtest"
	"github.com/sluicegate/sluice/gateway/billing/ledger"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

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

// Calls without a limit take turns on a small budget: none is refused while money is left.
func TestUnboundedCallsShareTheBudget(t *testing.T) {
	const unbounded = `{"model":"gpt-mock","messages":[{"role":"user","content":"Hello"}]}`
	b := open(t, "0.001")
	rows := make([]*gateway.Exchange, 10)
	var wg sync.WaitGroup
	for i := range rows {
		wg.Go(func() {
			ex, err := run(t, b.Service, b.key, unbounded, answering(gateway.Usage{Input: 9, Output: 20}, 10*time.Millisecond))
			if err != nil {
				t.Errorf("refused though the money was only reserved: %v", err)
			}
			rows[i] = ex
		})
	}
	wg.Wait()
	if spent := b.agree(t, rows...); spent != 10*(9*1_000+20*2_000) {
		t.Errorf("spent %d", spent)
	}
}

// What is written is what the money that nobody has reserved affords, up to the model's
// maximum.
func TestWrittenLimit(t *testing.T) {
	const body = `{"model":"gpt-mock","messages":[{"role":"user","content":"Hello"}]}`
	input := int64(len(body)+40) * 1_000 // and the limit itself
	for _, tc := range []struct {
		name, body string
		budget     int64
		target     gateway.Target
		want       int64
		choices    int64
	}{
		{name: "rich", body: body, budget: 1_000_000_000, want: 4_000},
		{name: "what is left", body: body, budget: input + 500*2_000 + 1_999, want: 500},
		{name: "the virtual key's maximum", body: body, budget: 1_000_000_000, want: 700, target: gateway.Target{MaxOutput: map[string]int64{"gpt-mock": 700}}},
		{name: "the virtual key's maximum of all", body: body, budget: 1_000_000_000, want: 900, target: gateway.Target{MaxOutput: map[string]int64{"*": 900}}},
		{name: "nobody knows the maximum", body: strings.Replace(body, "gpt-mock", "gpt-served", 1), budget: 9_000_000_000, want: 131_072},
		{name: "for each answer", body: strings.Replace(body, `{`, `{"n":2,`, 1), budget: input + 6*1_000 + 2*500*2_000, want: 500, choices: 2},
		{name: "no more than the caller wants", body: strings.Replace(body, `{`, `{"max_completion_tokens":50,"max_tokens":null,`, 1), budget: 1_000_000_000, want: 50},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := open(t, gateway.FormatUSD(tc.budget))
			end := gatewaytest.NewHandler()
			tc.target.Path, tc.target.Provider = "config", "mock"
			ex, err := run(t, b.Service, b.key, tc.body, end.Handle, gatewaytest.WithPlan(gatewaytest.Plan(&tc.target)))
			must(t, err)
			p := end.Calls()[0].Request.Parameters()
			if !p.Bounded || p.MaxOutput != tc.want || p.Choices != max(tc.choices, 1) {
				t.Errorf("sent %s: %+v, want %d", end.Calls()[0].Request.Raw, p, tc.want)
			}
			b.agree(t, ex)
		})
	}
	t.Run("no budget", func(t *testing.T) {
		b := open(t, "1")
		b.SetLimit("k", nil)
		end := gatewaytest.NewHandler()
		_, err := run(t, b.Service, b.key, body, end.Handle)
		must(t, err)
		if got := string(end.Calls()[0].Request.Raw); got != body {
			t.Errorf("sent %s", got)
		}
	})
}

// A call that waits gives up after its patience, all its attempts together.
func TestPatienceIsOfTheExchange(t *testing.T) {
	b := open(t, gateway.FormatUSD(boundedCost), func(c *billing.Config) { c.Patience = 200 * time.Millisecond })
	entered, leave, done := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		done <- call(t, b.Service, b.key, bounded, func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
			close(entered)
			<-leave
			return answering(gateway.Usage{}, 0)(ctx, ex)
		})
	}()
	<-entered
	targets := make([]*gateway.Target, 40)
	for i := range targets {
		targets[i] = &gateway.Target{Path: fmt.Sprintf("config.targets[%d]", i), Provider: "mock"}
	}
	began := time.Now()
	_, err := run(t, b.Service, b.key, bounded, gatewaytest.NewHandler().Handle, gatewaytest.WithPlan(gatewaytest.Plan(targets...)))
	e := wantKind(t, "a call that waited", err, gateway.Exhausted)
	if took := time.Since(began); took < 200*time.Millisecond || took > 4*time.Second || e.RetryAfter == 0 {
		t.Errorf("%v after %v", e, took)
	}
	close(leave)
	must(t, <-done)
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
	if !strings.Contains(e.Public, "closed") {
		t.Errorf("%q", e.Public)
	}
	key(t, h, "2")
	must(t, call(t, h, p, cheap, answering(gateway.Usage{}, 0)))
}

// A vendor that bills above the limits that it was sent is paid in full, and closes the key
// until its budget is raised, also over a restart.
func TestOverBoundClosesTheKey(t *testing.T) {
	b := open(t, "1")
	lying := answering(gateway.Usage{Input: 9, Output: 501}, 0)
	ex, err := run(t, b.Service, b.key, bounded, lying)
	must(t, err)
	want := gateway.Cost{Nano: 9*1_000 + 501*2_000, Known: true, Charged: 9*1_000 + 501*2_000, ChargedKnown: true, Basis: gateway.CostReported, Price: "mock/gpt-mock@2026-01-01"}
	if ex.Facts.Cost != want {
		t.Errorf("within the reservation: %+v", ex.Facts.Cost)
	}
	lying = answering(gateway.Usage{Input: 9, Output: 50_000}, 0)
	over, err := run(t, b.Service, b.key, bounded, lying)
	must(t, err)
	if c := over.Facts.Cost; !c.OverBound || c.Nano != 9*1_000+50_000*2_000 {
		t.Errorf("%+v", c)
	}
	if !b.Closed("k") || b.Closed("another") {
		t.Errorf("closed %v, and a key without an account %v", b.Closed("k"), b.Closed("another"))
	}
	wantKind(t, "after a lie", call(t, b.Service, b.key, bounded, gatewaytest.NewHandler().Handle), gateway.Exhausted)
	b.agree(t, ex, over)
	again := start(t, b.ledger)
	key(t, again, "1")
	wantKind(t, "after a restart", call(t, again, b.key, bounded, gatewaytest.NewHandler().Handle), gateway.Exhausted)
	if !again.Closed("k") {
		t.Error("not closed after a restart")
	}
	key(t, again, "1.1")
	if again.Closed("k") {
		t.Error("closed after its budget was raised")
	}
	must(t, call(t, again, b.key, bounded, gatewaytest.NewHandler().Handle))
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

func (s *lagging) Post(ctx context.Context, rs []ledger.Reservation, ss []ledger.Settlement) (ledger.Posted, error) {
	time.Sleep(5 * time.Millisecond)
	return s.Memory.Post(ctx, rs, ss)
}

// stopped is a store whose writes wait until the test lets them go on.
type stopped struct {
	*billingtest.Memory
	entered, proceed chan struct{}
}

func (s *stopped) Post(ctx context.Context, rs []ledger.Reservation, ss []ledger.Settlement) (ledger.Posted, error) {
	select {
	case s.entered <- struct{}{}:
	default:
	}
	<-s.proceed
	return s.Memory.Post(ctx, rs, ss)
}

// An answer in one piece that does not come, because its caller has left or its time is over,
// costs what was reserved: the vendor may have written all of it. One that comes in time costs
// what the vendor says.
func TestAnswersThatNobodyAwaits(t *testing.T) {
	for _, tc := range []struct {
		name   string
		answer func(ctx context.Context, leave func()) (gateway.Stream, error)
		left   bool // the reservation is charged
	}{
		{"it comes after the caller has left", func(ctx context.Context, leave func()) (gateway.Stream, error) {
			leave()
			time.Sleep(20 * time.Millisecond)
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			return gateway.Chunks(gatewaytest.Answer("Hi").Chunks...), nil
		}, false},
		{"it never comes", func(_ context.Context, leave func()) (gateway.Stream, error) {
			leave()
			return nil, context.Canceled
		}, true},
		{"its time is over", func(context.Context, func()) (gateway.Stream, error) {
			return nil, &gateway.Error{Op: "test", Kind: gateway.Timeout, Public: "Late."}
		}, true},
	} {
		b := open(t, "1")
		ctx, leave := context.WithCancel(t.Context())
		ex := gatewaytest.Exchange(t, bounded)
		ex.Principal = b.key
		reserved := int64(0)
		s, err := pipeline(b.Service, func(ctx context.Context, _ *gateway.Exchange) (gateway.Stream, error) {
			_, reserved = b.Spending("k")
			return tc.answer(ctx, leave)
		})(ctx, ex)
		if err == nil {
			s.Close()
		}
		want := int64(answerCost)
		if tc.left {
			want = reserved
		}
		if spent := b.agree(t, ex); spent != want || reserved == 0 {
			t.Errorf("%s: spent %d, want %d; reserved %d, %v", tc.name, spent, want, reserved, err)
		}
		leave()
	}
}

// A stream that is left is read on only until as much has arrived as the vendor may bill.
func TestEndlessStreamsAreNotReadOn(t *testing.T) {
	b := open(t, "1")
	ex := gatewaytest.Exchange(t, `{"model":"gpt-mock","max_tokens":10,"stream":true,"messages":[{"role":"user","content":"Hello"}]}`)
	ex.Principal = b.key
	e := &endless{}
	s, err := pipeline(b.Service, func(context.Context, *gateway.Exchange) (gateway.Stream, error) { return e, nil })(t.Context(), ex)
	must(t, err)
	s.Close()
	if spent := b.agree(t, ex); spent != counted(10) || e.read > 10 {
		t.Errorf("spent %d, want %d; %d chunks were read", spent, counted(10), e.read)
	}
}

// endless is a stream of a token and a half in each chunk.
type endless struct{ read int }

func (e *endless) Next() (gateway.Chunk, error) {
	e.read++
	return gatewaytest.Streamed("123456").Chunks[0], nil
}
func (e *endless) Close() error { return nil }

// A stream whose caller has left does not outlive it for long.
func TestStreamsEndSoonAfterTheirCaller(t *testing.T) {
	b := open(t, "1", func(c *billing.Config) { c.StreamPause = 0 })
	ctx, leave := context.WithCancel(t.Context())
	ex := gatewaytest.Exchange(t, `{"model":"gpt-mock","max_tokens":100,"stream":true,"messages":[{"role":"user","content":"Hello"}]}`)
	ex.Principal = b.key
	_, err := pipeline(b.Service, func(ctx context.Context, _ *gateway.Exchange) (gateway.Stream, error) {
		leave()
		began := time.Now()
		<-ctx.Done()
		if d := time.Since(began); d > 3*time.Second || context.Cause(ctx) != context.Canceled {
			t.Errorf("after %v: %v", d, context.Cause(ctx))
		}
		return nil, ctx.Err()
	})(ctx, ex)
	if err == nil || b.agree(t, ex) != counted(0) {
		t.Errorf("%v, %+v", err, ex.Facts.Cost)
	}
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
	if _, err := pipeline(h, answering(gateway.Usage{}, 0))(ctx, ex); err == nil {
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
