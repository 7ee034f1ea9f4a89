package billing_test

import (
	"context"
	"errors"
	"io"
	"math"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/billingtest"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// prices: gpt-mock costs 1 USD per million in and 2 out.
type prices struct{}

func (prices) Price(provider, model string, _ time.Time) (gateway.Price, bool) {
	if provider != "mock" || model != "gpt-mock" && model != "gpt-served" {
		return gateway.Price{}, false
	}
	return gateway.Price{Input: 1_000_000_000, Output: 2_000_000_000, Version: "mock/" + model + "@2026-01-01"}, true
}

// one answer of gatewaytest is 9 in and 3 out
const answerCost = 9*1_000 + 3*2_000

var broken = &gateway.Error{Op: "test", Kind: gateway.BadUpstream, Public: "It broke."}

func attempt(path, model string, usage *gateway.Usage, err *gateway.Error) gateway.Attempt {
	return gateway.Attempt{Target: path, Provider: "mock", Model: model, Usage: usage, Err: err}
}

func TestMeter(t *testing.T) {
	usage := &gateway.Usage{Input: 100, Output: 10}
	for _, tc := range []struct {
		name     string
		script   gatewaytest.Script
		attempts []gateway.Attempt
		target   gateway.Target
		body     string
		usage    *gateway.Usage
		cost     gateway.Cost
	}{
		{name: "body", script: gatewaytest.Answer("Hi"), attempts: []gateway.Attempt{attempt("config", "gpt-mock", nil, nil)},
			usage: &gateway.Usage{Input: 9, Output: 3}, cost: gateway.Cost{Nano: answerCost, Known: true, Price: "mock/gpt-mock@2026-01-01"}},
		{name: "stream", script: gatewaytest.Streamed("Hi", "!"), attempts: []gateway.Attempt{attempt("config", "gpt-mock", nil, nil)},
			usage: &gateway.Usage{Input: 9, Output: 3}, cost: gateway.Cost{Nano: answerCost, Known: true, Price: "mock/gpt-mock@2026-01-01"}},
		{name: "no attempt recorded", script: gatewaytest.Answer("Hi"),
			usage: &gateway.Usage{Input: 9, Output: 3}, cost: gateway.Cost{Nano: answerCost, Known: true, Price: "mock/gpt-mock@2026-01-01"}},
		{name: "unknown price", script: gatewaytest.Answer("Hi"), attempts: []gateway.Attempt{attempt("config", "gpt-other", nil, nil)},
			usage: &gateway.Usage{Input: 9, Output: 3}},
		{name: "price of the served model", script: gatewaytest.Answer("Hi"),
			attempts: []gateway.Attempt{{Target: "config", Provider: "mock", Model: "alias", Served: "gpt-served"}},
			usage:    &gateway.Usage{Input: 9, Output: 3}, cost: gateway.Cost{Nano: answerCost, Known: true, Price: "mock/gpt-served@2026-01-01"}},
		{name: "virtual key's price", script: gatewaytest.Answer("Hi"), attempts: []gateway.Attempt{attempt("config", "gpt-mock", nil, nil)},
			target: gateway.Target{Prices: gateway.Prices{"gpt-mock": {Input: 7, Output: 0}}},
			usage:  &gateway.Usage{Input: 9, Output: 3}, cost: gateway.Cost{Nano: 1, Known: true, Price: "virtual_key"}},
		{name: "virtual key's price for all", script: gatewaytest.Answer("Hi"), attempts: []gateway.Attempt{attempt("config", "anything", nil, nil)},
			target: gateway.Target{Prices: gateway.Prices{"*": {Input: 1_000_000, Output: 1_000_000}}},
			usage:  &gateway.Usage{Input: 9, Output: 3}, cost: gateway.Cost{Nano: 12, Known: true, Price: "virtual_key"}},
		{name: "no usage reported", script: gatewaytest.Script{Chunks: []gateway.Chunk{gatewaytest.Body(`{"choices":[]}`)}},
			attempts: []gateway.Attempt{attempt("config", "gpt-mock", nil, nil)}, cost: gateway.Cost{Price: "mock/gpt-mock@2026-01-01"}},
		{name: "usage from the attempt alone", script: gatewaytest.Script{Chunks: []gateway.Chunk{gatewaytest.Body(`{"choices":[]}`)}},
			attempts: []gateway.Attempt{attempt("config", "gpt-mock", usage, nil)}, usage: usage,
			cost: gateway.Cost{Nano: 120_000, Known: true, Price: "mock/gpt-mock@2026-01-01"}},
		{name: "failed attempt that cost", script: gatewaytest.Answer("Hi"),
			attempts: []gateway.Attempt{attempt("config", "gpt-mock", usage, broken), attempt("config", "gpt-mock", nil, broken), attempt("config", "gpt-mock", nil, nil)},
			usage:    &gateway.Usage{Input: 9, Output: 3}, cost: gateway.Cost{Nano: 120_000 + answerCost, Known: true, Price: "mock/gpt-mock@2026-01-01"}},
		{name: "all failed, one cost", script: gatewaytest.Script{Fail: broken},
			attempts: []gateway.Attempt{attempt("config", "gpt-mock", usage, broken)}, cost: gateway.Cost{Nano: 120_000, Known: true, Price: "mock/gpt-mock@2026-01-01"}},
		{name: "all failed", script: gatewaytest.Script{Fail: broken}, attempts: []gateway.Attempt{attempt("config", "gpt-mock", nil, broken)}},
		{name: "broken stream", script: gatewaytest.Script{Chunks: gatewaytest.Streamed("Hi").Chunks[:1], Err: broken},
			attempts: []gateway.Attempt{attempt("config", "gpt-mock", nil, broken)}, cost: gateway.Cost{Price: "mock/gpt-mock@2026-01-01"}},
		{name: "absurd usage", script: gatewaytest.Script{Chunks: []gateway.Chunk{{Form: gateway.FormBody, Raw: []byte(`{}`),
			Usage: &gateway.Usage{Input: math.MaxInt64, Output: -5, CacheRead: math.MinInt64}}}}, attempts: []gateway.Attempt{attempt("config", "gpt-mock", nil, nil)},
			usage: &gateway.Usage{Input: 1_000_000_000},
			cost:  gateway.Cost{Nano: 1_000_000_000_000, Known: true, Price: "mock/gpt-mock@2026-01-01"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h := memory(t)
			end := gatewaytest.NewHandler(tc.script)
			tc.target.Path, tc.target.Provider = "config", "mock"
			ex := gatewaytest.Exchange(t, `{"model":"gpt-mock","messages":[{"role":"user","content":"Hello"}]}`, gatewaytest.WithPlan(gatewaytest.Plan(&tc.target)))
			run := gateway.Chain("end", func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
				ex.Facts.Attempts = tc.attempts
				return end.Handle(ctx, ex)
			}, h.Meter(prices{}))
			if s, err := run(t.Context(), ex); err == nil {
				_, _ = gatewaytest.Collect(s)
				s.Close()
			}
			if ex.Facts.Cost != tc.cost {
				t.Errorf("cost %+v, want %+v", ex.Facts.Cost, tc.cost)
			}
			switch got := ex.Facts.Usage; {
			case got == nil || tc.usage == nil:
				if got != tc.usage {
					t.Errorf("usage %+v, want %+v", got, tc.usage)
				}
			case *got != *tc.usage:
				t.Errorf("usage %+v, want %+v", got, tc.usage)
			}
			end.NoneOpen(t)
		})
	}
}

// However an exchange ends, its budget is settled once.
func TestSettledOnce(t *testing.T) {
	body := `{"model":"gpt-mock","max_tokens":100,"messages":[{"role":"user","content":"Hello"}]}`
	estimate := int64(len(body))*1_000 + (2+1_024)*2_000 // the broken ones: input bound, "Hi", and what was not seen
	reserved := int64(len(body))*1_000 + 100*2_000
	estimate = min(estimate, reserved)
	for _, tc := range []struct {
		name  string
		end   gateway.Handler
		pulls int // -1: to the end
		spent int64
	}{
		{"EOF", gatewaytest.NewHandler(gatewaytest.Streamed("Hi")).Handle, -1, answerCost},
		{"closed", gatewaytest.NewHandler(gatewaytest.Streamed("Hi")).Handle, 1, estimate},
		{"closed unread", gatewaytest.NewHandler(gatewaytest.Streamed("Hi")).Handle, 0, estimate},
		{"stream error", gatewaytest.NewHandler(gatewaytest.Script{Chunks: gatewaytest.Streamed("Hi").Chunks[:1], Err: broken}).Handle, -1, estimate},
		{"refused", gatewaytest.NewHandler(gatewaytest.Script{Fail: broken}).Handle, -1, 0},
		{"panic", func(context.Context, *gateway.Exchange) (gateway.Stream, error) { panic("ouch") }, -1, 0},
		{"panic in Next", func(context.Context, *gateway.Exchange) (gateway.Stream, error) { return panicking{}, nil }, -1, estimate},
		{"cut off by a guard", func(_ context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
			denied := attempt("config", "gpt-mock", nil, &gateway.Error{Kind: gateway.Denied})
			denied.FirstChunk = time.Millisecond
			ex.Facts.Attempts = []gateway.Attempt{denied}
			return nil, denied.Err
		}, -1, reserved},
		{"denied before the call", func(_ context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
			ex.Facts.Attempts = []gateway.Attempt{attempt("config", "gpt-mock", nil, &gateway.Error{Kind: gateway.Denied})}
			return nil, broken
		}, -1, 0},
		{"cut off before the first chunk", func(_ context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
			ex.Facts.Attempts = []gateway.Attempt{attempt("config", "gpt-mock", nil, &gateway.Error{Kind: gateway.Cancelled})}
			return nil, context.Canceled
		}, -1, reserved},
	} {
		t.Run(tc.name, func(t *testing.T) {
			ledger := billingtest.NewMemory()
			h := start(t, ledger)
			p := key(t, h, "1")
			ex := gatewaytest.Exchange(t, body)
			ex.Principal = p
			s, err := h.Meter(prices{}).Wrap(tc.end)(t.Context(), ex)
			if err == nil {
				for n := 0; err == nil && n != tc.pulls; n++ {
					_, err = s.Next()
				}
				if tc.pulls < 0 {
					_, again := s.Next()
					if err == io.EOF && again != io.EOF {
						t.Errorf("after the end: %v", again)
					}
				}
				s.Close()
				s.Close()
			}
			if spent, reserved := h.Spending("k"); spent != tc.spent || reserved != 0 {
				t.Errorf("spent %d, reserved %d, want %d and 0", spent, reserved, tc.spent)
			}
			must(t, h.Close(t.Context()))
			again := start(t, ledger)
			key(t, again, "1")
			if spent, _ := again.Spending("k"); spent != tc.spent {
				t.Errorf("after a restart spent %d, want %d", spent, tc.spent)
			}
		})
	}
}

type panicking struct{}

func (panicking) Next() (gateway.Chunk, error) { panic("ouch") }
func (panicking) Close() error                 { return nil }

func TestUnpricedModelOnBudget(t *testing.T) {
	h := memory(t)
	p := key(t, h, "1")
	end := gatewaytest.NewHandler()
	plan := gatewaytest.Plan(&gateway.Target{Path: "config.targets[0]", Provider: "mock", Model: "gpt-mock"},
		&gateway.Target{Path: "config.targets[1]", Provider: "mock", Override: []byte(`{"model":"gpt-other"}`)})
	ex := gatewaytest.Exchange(t, "", gatewaytest.WithPlan(plan))
	ex.Principal = p
	_, err := h.Meter(prices{}).Wrap(end.Handle)(t.Context(), ex)
	e := wantKind(t, "an unpriced fallback", err, gateway.Exhausted)
	if e.Param != "model" || e.Target != "config.targets[1]" || e.HTTPStatus() != 412 || len(end.Calls()) != 0 {
		t.Errorf("%+v, %d calls went on", e, len(end.Calls()))
	}
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
}
