package billing_test

import (
	"context"
	"io"
	"math"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// What a row says of one attempt, for a key without a budget.
func TestCost(t *testing.T) {
	const list = "mock/gpt-mock@2026-01-01"
	body := gatewaytest.Script{Chunks: []gateway.Chunk{gatewaytest.Body(`{"choices":[{"message":{"content":"12345678"}}]}`)}}
	in := gateway.Usage{Input: 2 + 4, Output: 2} // "Hello" and what stands around a text; "12345678"
	for _, tc := range []struct {
		name   string
		script gatewaytest.Script
		target gateway.Target
		usage  gateway.Usage
		cost   gateway.Cost
	}{
		{name: "body", script: gatewaytest.Answer("Hi"), usage: gateway.Usage{Input: 9, Output: 3},
			cost: gateway.Cost{Nano: answerCost, Known: true, Basis: gateway.CostReported, Price: list}},
		{name: "stream", script: gatewaytest.Streamed("Hi", "!"), usage: gateway.Usage{Input: 9, Output: 3},
			cost: gateway.Cost{Nano: answerCost, Known: true, Basis: gateway.CostReported, Price: list}},
		{name: "unknown price", script: gatewaytest.Answer("Hi"), target: gateway.Target{Model: "gpt-other"}, usage: gateway.Usage{Input: 9, Output: 3},
			cost: gateway.Cost{Nano: answerCost, Known: true, Basis: gateway.CostReported, Price: list}}, // the answer names gpt-mock
		{name: "virtual key's price", script: gatewaytest.Answer("Hi"), target: gateway.Target{Prices: gateway.Prices{"gpt-mock": {Input: 7, Output: 0}}},
			usage: gateway.Usage{Input: 9, Output: 3}, cost: gateway.Cost{Nano: 1, Known: true, Basis: gateway.CostReported, Price: "virtual_key"}},
		{name: "virtual key's price for all", script: gatewaytest.Answer("Hi"), target: gateway.Target{Model: "anything", Prices: gateway.Prices{"*": {Input: 1_000_000, Output: 1_000_000}}},
			usage: gateway.Usage{Input: 9, Output: 3}, cost: gateway.Cost{Nano: 12, Known: true, Basis: gateway.CostReported, Price: "virtual_key"}},
		{name: "no usage reported", script: body, usage: in,
			cost: gateway.Cost{Nano: in.Input*1_000 + in.Output*2_000, Known: true, Basis: gateway.CostCounted, Price: list}},
		{name: "a usage that tells nothing", script: reporting(gateway.Usage{}), usage: in,
			cost: gateway.Cost{Nano: in.Input*1_000 + in.Output*2_000, Known: true, Basis: gateway.CostCounted, Price: list}},
		{name: "a usage without output", script: reporting(gateway.Usage{Input: 9}), usage: gateway.Usage{Input: 9, Output: 2},
			cost: gateway.Cost{Nano: 9*1_000 + 2*2_000, Known: true, Basis: gateway.CostCounted, Price: list}},
		{name: "a usage that is taken back", script: gatewaytest.Script{Chunks: append(gatewaytest.Streamed("Hi").Chunks, gateway.Chunk{Raw: []byte(`{"choices":[]}`), Usage: &gateway.Usage{}})},
			usage: gateway.Usage{Input: 9, Output: 3}, cost: gateway.Cost{Nano: answerCost, Known: true, Basis: gateway.CostReported, Price: list}},
		{name: "refused by the vendor", script: gatewaytest.Script{Fail: broken}},
		{name: "absurd usage", script: gatewaytest.Script{Chunks: []gateway.Chunk{{Form: gateway.FormBody, Raw: []byte(`{}`),
			Usage: &gateway.Usage{Input: math.MaxInt64, Output: -5, CacheRead: math.MinInt64}}}}, usage: gateway.Usage{Input: 1_000_000_000},
			cost: gateway.Cost{Nano: 1_000_000_000_000, Known: true, Basis: gateway.CostReported, Price: list}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			end := gatewaytest.NewHandler(tc.script)
			tc.target.Path, tc.target.Provider = "config", "mock"
			ex, _ := run(t, memory(t), nil, gatewaytest.Hello, end.Handle, gatewaytest.WithPlan(gatewaytest.Plan(&tc.target)))
			tc.cost.Charged, tc.cost.ChargedKnown = tc.cost.Nano, tc.cost.Known // there are no price rules
			if ex.Facts.Cost != tc.cost {
				t.Errorf("cost %+v, want %+v", ex.Facts.Cost, tc.cost)
			}
			if got := ex.Facts.Usage; got == nil && tc.usage != (gateway.Usage{}) || got != nil && *got != tc.usage {
				t.Errorf("usage %+v, want %+v", got, tc.usage)
			}
			end.NoneOpen(t)
		})
	}
}

// reporting is an answer of 8 letters that reports a usage.
func reporting(u gateway.Usage) gatewaytest.Script {
	c := gatewaytest.Body(`{"choices":[{"message":{"content":"12345678"}}]}`)
	c.Usage = &u
	return gatewaytest.Script{Chunks: []gateway.Chunk{c}}
}

// The rows, the account and the ledger agree, however an exchange ends.
func TestRowsAndMoneyAgree(t *testing.T) {
	const body = `{"model":"gpt-mock","max_tokens":100,"stream":true,"messages":[{"role":"user","content":"Hello"}]}`
	one := &gateway.Target{Path: "config", Provider: "mock"}
	two := gatewaytest.Plan(&gateway.Target{Path: "a", Provider: "mock"}, &gateway.Target{Path: "b", Provider: "mock"})
	retried := gatewaytest.Plan(&gateway.Target{Path: "config", Provider: "mock", Retry: gateway.RetryPolicy{Attempts: 2}})
	play := func(scripts ...gatewaytest.Script) gateway.Handler { return gatewaytest.NewHandler(scripts...).Handle }
	fails := func(status int) gatewaytest.Script {
		return gatewaytest.Script{Fail: &gateway.Error{Op: "test", Kind: gateway.Upstream, Status: status, Public: "No."}}
	}
	cut := gatewaytest.Script{Chunks: gatewaytest.Streamed("12345678").Chunks[:1], Err: broken}
	writing := gatewaytest.Script{Chunks: gatewaytest.Streamed("12345678", "12345678").Chunks[:2], Stall: true}
	for _, tc := range []struct {
		name     string
		plan     *gateway.Plan
		provider gateway.Handler
		guards   []gateway.Stage
		pulls    int // -1: to the end
		cost     int64
		basis    gateway.CostBasis
	}{
		{name: "unary", provider: play(gatewaytest.Answer("Hi")), pulls: -1, cost: answerCost, basis: gateway.CostReported},
		{name: "unary, not read to its end", provider: play(gatewaytest.Answer("Hi")), pulls: 1, cost: answerCost, basis: gateway.CostReported},
		{name: "stream", provider: play(gatewaytest.Streamed("Hi")), pulls: -1, cost: answerCost, basis: gateway.CostReported},
		{name: "client gone before it reads, all has arrived", provider: play(gatewaytest.Streamed("12345678")), pulls: 0, cost: answerCost, basis: gateway.CostReported},
		{name: "client gone in the stream, all has arrived", provider: play(gatewaytest.Streamed("12345678", "9")), pulls: 1, cost: answerCost, basis: gateway.CostReported},
		{name: "client gone before it reads, some has arrived", provider: play(writing), pulls: 0, cost: counted(4), basis: gateway.CostCounted},
		{name: "client gone in the stream, more has arrived", provider: play(writing), pulls: 1, cost: counted(4), basis: gateway.CostCounted},
		{name: "client gone in the stream, no more has arrived", provider: play(writing), pulls: 2, cost: counted(4), basis: gateway.CostCounted},
		{name: "client gone after the usage", provider: play(gatewaytest.Streamed("Hi")), pulls: 3, cost: answerCost, basis: gateway.CostReported},
		{name: "client gone before the first chunk", provider: play(gatewaytest.Script{Fail: context.Canceled}), pulls: -1, cost: counted(0), basis: gateway.CostCounted},
		{name: "timeout before the first chunk", provider: play(gatewaytest.Script{Fail: &gateway.Error{Kind: gateway.Timeout}}), pulls: -1, cost: counted(0), basis: gateway.CostCounted},
		{name: "upstream cut, or an error event", provider: play(cut), pulls: -1, cost: counted(2), basis: gateway.CostCounted},
		{name: "refused by the vendor", provider: play(fails(500)), pulls: -1},
		{name: "never reached", provider: play(gatewaytest.Script{Fail: broken}), pulls: -1},
		{name: "retries", plan: retried, provider: play(fails(500), fails(429), gatewaytest.Streamed("Hi")), pulls: -1, cost: answerCost, basis: gateway.CostReported},
		{name: "fallback", plan: two, provider: play(fails(400), gatewaytest.Answer("Hi")), pulls: -1, cost: answerCost, basis: gateway.CostReported},
		{name: "fallback after a timeout", plan: two, provider: play(gatewaytest.Script{Fail: &gateway.Error{Kind: gateway.Timeout}}, gatewaytest.Answer("Hi")), pulls: -1, cost: counted(0) + answerCost, basis: gateway.CostCounted},
		{name: "denied answer", guards: []gateway.Stage{denying}, provider: play(gatewaytest.Streamed("Hi")), pulls: -1, cost: answerCost, basis: gateway.CostReported},
		{name: "denied answers of two targets", plan: two, guards: []gateway.Stage{denying}, provider: play(gatewaytest.Answer("Hi")), pulls: -1, cost: 2 * answerCost, basis: gateway.CostReported},
		{name: "denied request", guards: []gateway.Stage{refusing}, provider: play(gatewaytest.Answer("Hi")), pulls: -1},
		{name: "panic", provider: func(context.Context, *gateway.Exchange) (gateway.Stream, error) { panic("ouch") }, pulls: -1},
		{name: "panic in Next", provider: func(context.Context, *gateway.Exchange) (gateway.Stream, error) { return panicking{}, nil }, pulls: -1, cost: counted(0), basis: gateway.CostCounted},
		{name: "panic in a guard's stream", guards: []gateway.Stage{breaking}, provider: play(gatewaytest.Streamed("12345678")), pulls: -1, cost: answerCost, basis: gateway.CostReported},
		{name: "panic of a guard that has the answer", guards: []gateway.Stage{losing}, provider: play(gatewaytest.Streamed("Hi")), pulls: -1, cost: answerCost, basis: gateway.CostReported},
		{name: "panics of a guard that has the answer, retried", plan: two, guards: []gateway.Stage{losing}, provider: play(writing, gatewaytest.Streamed("Hi")), pulls: -1, cost: counted(4) + answerCost, basis: gateway.CostCounted},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := open(t, "1")
			if tc.plan == nil {
				tc.plan = gatewaytest.Plan(one)
			}
			ex := gatewaytest.Exchange(t, body, gatewaytest.WithPlan(tc.plan))
			ex.Principal = b.key
			s, err := pipeline(b.Service, tc.provider, tc.guards...)(t.Context(), ex)
			if err == nil {
				for n := 0; err == nil && n != tc.pulls; n++ {
					_, err = s.Next()
				}
				if tc.pulls < 0 {
					if _, again := s.Next(); err == io.EOF && again != io.EOF {
						t.Errorf("after the end: %v", again)
					}
				}
				s.Close()
				s.Close()
			}
			if c := ex.Facts.Cost; c.Nano != tc.cost || c.Basis != tc.basis {
				t.Errorf("%+v, want %d, %q", c, tc.cost, tc.basis)
			}
			b.agree(t, ex)
			again := start(t, b.ledger)
			key(t, again, "1")
			if spent, _ := again.Spending("k"); spent != tc.cost {
				t.Errorf("after a restart spent %d, want %d", spent, tc.cost)
			}
		})
	}
}

// counted is the cost of an answer to "Hello" that was cut off after so many tokens.
func counted(output int64) int64 { return (2+4)*1_000 + output*2_000 }

// denying reads an answer and denies it, as an output guardrail does.
var denying = gateway.Stage{Name: "guard", Wrap: func(next gateway.Handler) gateway.Handler {
	return func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
		s, err := next(ctx, ex)
		if err != nil {
			return nil, err
		}
		_, _ = gatewaytest.Collect(s)
		return nil, &gateway.Error{Op: "test", Kind: gateway.Denied, Public: "No."}
	}
}}

// refusing denies before the call.
var refusing = gateway.Stage{Name: "guard", Wrap: func(gateway.Handler) gateway.Handler {
	return func(context.Context, *gateway.Exchange) (gateway.Stream, error) {
		return nil, &gateway.Error{Op: "test", Kind: gateway.Denied, Public: "No."}
	}
}}

// breaking panics in the first Next of its stream.
var breaking = gateway.Stage{Name: "guard", Wrap: func(next gateway.Handler) gateway.Handler {
	return func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
		s, err := next(ctx, ex)
		return failing{s}, err
	}
}}

// losing panics with the answer in its hands.
var losing = gateway.Stage{Name: "guard", Wrap: func(next gateway.Handler) gateway.Handler {
	return func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
		_, _ = next(ctx, ex)
		panic("ouch")
	}
}}

type failing struct{ gateway.Stream }

func (failing) Next() (gateway.Chunk, error) { panic("ouch") }

// Without an answer the row has the tokens of all attempts, as it has their cost.
func TestUsageWithoutAnAnswer(t *testing.T) {
	ex := gatewaytest.Exchange(t, "", gatewaytest.WithPlan(gatewaytest.Plan(&gateway.Target{Path: "a", Provider: "mock"}, &gateway.Target{Path: "b", Provider: "mock"})))
	_ = drain(pipeline(memory(t), gatewaytest.NewHandler().Handle, denying), ex)
	if want := (gateway.Usage{Input: 18, Output: 6}); ex.Facts.Usage == nil || *ex.Facts.Usage != want || ex.Facts.Cost.Nano != 2*answerCost {
		t.Errorf("%+v, %+v", ex.Facts.Usage, ex.Facts.Cost)
	}
}

// What Anthropic's first event says of the input beats an estimate.
func TestEarlyInputCounts(t *testing.T) {
	c := gatewaytest.Event(`{"choices":[{"delta":{"content":"12345678"}}]}`)
	c.Early = &gateway.Usage{Input: 1_000, Output: 1}
	ex, _ := run(t, memory(t), nil, gatewaytest.Hello, gatewaytest.NewHandler(gatewaytest.Script{Chunks: []gateway.Chunk{c}, Err: broken}).Handle)
	if want := (gateway.Usage{Input: 1_000, Output: 2}); ex.Facts.Usage == nil || *ex.Facts.Usage != want || ex.Facts.Cost.Basis != gateway.CostCounted {
		t.Errorf("%+v %+v", ex.Facts.Usage, ex.Facts.Cost)
	}
}

// A key with a budget calls no model without a price, in whatever field it stands.
func TestUnpricedModelOnBudget(t *testing.T) {
	for _, body := range []string{
		`{"model":"gpt-other","messages":[{"role":"user","content":"Hello"}]}`,
		`{"model":"gpt-mock","models":["gpt-other"],"messages":[{"role":"user","content":"Hello"}]}`,
	} {
		b := open(t, "1")
		end := gatewaytest.NewHandler()
		_, err := run(t, b.Service, b.key, body, end.Handle)
		e := wantKind(t, body, err, gateway.Exhausted)
		if e.Param != "model" || e.HTTPStatus() != 412 || len(end.Calls()) != 0 {
			t.Errorf("%+v, %d calls went on", e, len(end.Calls()))
		}
		b.agree(t)
	}
}
