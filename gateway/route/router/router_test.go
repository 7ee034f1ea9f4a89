package router_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/gateway/route/router"
)

var (
	none  gateway.RetryPolicy
	twice = gateway.RetryPolicy{Attempts: 2}
	down  = reply{err: &gateway.Error{Op: "test", Kind: gateway.BadUpstream, Public: "not reached"}}
	no    = reply{err: &gateway.Error{Op: "test", Kind: gateway.Denied, Public: "denied"}}
)

func wait(d time.Duration, r reply) reply {
	e := *gateway.AsError(r.err)
	e.RetryAfter = d
	return reply{err: &e}
}

// TestRouter runs scripts of upstream replies and checks the calls and the outcome.
func TestRouter(t *testing.T) {
	a, b := leaf("a", none), leaf("b", none)
	for _, c := range []struct {
		name    string
		root    *gateway.Node
		scripts map[string][]reply
		calls   string
		want    string // text, or "status target"
		slept   int
	}{
		{"single", a, map[string][]reply{"a": {text("A")}}, "a", "A", 0},
		{"an error keeps its status and names its target", a, map[string][]reply{"a": {status(418)}}, "a", "418 config.a", 0},
		{"retry until it works", leaf("a", twice), map[string][]reply{"a": {status(503), status(503), text("A")}}, "a a a", "A", 2},
		{"retries run out", leaf("a", twice), map[string][]reply{"a": {status(503)}}, "a a a", "503 config.a", 2},
		{"no retry on a refusal", leaf("a", twice), map[string][]reply{"a": {status(400)}}, "a", "400 config.a", 0},
		{"retry on a listed refusal", leaf("a", gateway.RetryPolicy{Attempts: 1, OnStatus: []int{400}}), map[string][]reply{"a": {status(400), text("A")}}, "a a", "A", 1},
		{"a list narrows", leaf("a", gateway.RetryPolicy{Attempts: 1, OnStatus: []int{400}}), map[string][]reply{"a": {status(503)}}, "a", "503 config.a", 0},
		{"529 is retried", leaf("a", twice), map[string][]reply{"a": {status(529), text("A")}}, "a a", "A", 1},
		{"not reached is retried", leaf("a", twice), map[string][]reply{"a": {down, text("A")}}, "a a", "A", 1},
		{"our own bug is not", leaf("a", twice), map[string][]reply{"a": {{panics: true}}}, "a", "500 config.a", 0},
		{"retry-after of a 429", leaf("a", twice), map[string][]reply{"a": {wait(7*time.Second, status(429)), text("A")}}, "a a", "A", 1},
		{"a wait over a minute gives up", leaf("a", twice), map[string][]reply{"a": {wait(61*time.Second, status(429))}}, "a", "429 config.a", 0},
		{"waits over a minute in all give up", leaf("a", gateway.RetryPolicy{Attempts: 5}), map[string][]reply{"a": {wait(25*time.Second, status(429))}}, "a a a", "429 config.a", 2},
		{"retry-after of a 503 counts if asked", leaf("a", gateway.RetryPolicy{Attempts: 1, UseRetryAfter: true}), map[string][]reply{"a": {wait(61*time.Second, status(503))}}, "a", "503 config.a", 0},
		{"retry-after of a 503 is not asked", leaf("a", gateway.RetryPolicy{Attempts: 1}), map[string][]reply{"a": {wait(61*time.Second, status(503)), text("A")}}, "a a", "A", 1},
		{"fallback on any failure, 400 too", fallback(nil, a, b), map[string][]reply{"a": {status(400)}, "b": {text("B")}}, "a b", "B", 0},
		{"fallback after a panic", fallback(nil, a, b), map[string][]reply{"a": {{panics: true}}, "b": {text("B")}}, "a b", "B", 0},
		{"fallback narrowed stays", fallback([]int{429}, a, b), map[string][]reply{"a": {status(500)}, "b": {text("B")}}, "a", "500 config.a", 0},
		{"fallback narrowed leaves", fallback([]int{429}, a, b), map[string][]reply{"a": {status(429)}, "b": {text("B")}}, "a b", "B", 0},
		{"fallback on not reached, as 502", fallback([]int{502}, a, b), map[string][]reply{"a": {down}, "b": {text("B")}}, "a b", "B", 0},
		{"fallback on a denial", fallback([]int{446}, a, b), map[string][]reply{"a": {no}, "b": {text("B")}}, "a b", "B", 0},
		{"the last failure is told", fallback(nil, a, b), map[string][]reply{"a": {status(500)}, "b": {status(404)}}, "a b", "404 config.b", 0},
		{"retries come before the fallback", fallback(nil, leaf("a", twice), b), map[string][]reply{"a": {status(503)}, "b": {text("B")}}, "a a a b", "B", 2},
		{"nested", fallback(nil, fallback([]int{429}, a, leaf("c", none)), b), map[string][]reply{"a": {status(429)}, "c": {status(500)}, "b": {text("B")}}, "a c b", "B", 0},
		{"single takes the first", &gateway.Node{Mode: gateway.ModeSingle, Nodes: []*gateway.Node{b, a}}, map[string][]reply{"b": {text("B")}}, "b", "B", 0},
		{"loadbalance does not fall back", &gateway.Node{Mode: gateway.ModeLoadbalance, Nodes: []*gateway.Node{a, b}}, map[string][]reply{"a": {status(500)}}, "a", "500 config.a", 0},
		{"broken after the first chunk: no fallback", fallback(nil, leaf("a", twice), b),
			map[string][]reply{"a": {{chunks: text("A").chunks[:1], breaks: down.err}}, "b": {text("B")}}, "a", "A502 config.a", 0},
		{"cancelled upstream: no fallback", fallback(nil, leaf("a", twice), b), map[string][]reply{"a": {{err: context.Canceled}}, "b": {text("B")}}, "a", "499 config.a", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, c.scripts)
			ex := exchange(t, c.root)
			got, err := r.run(context.Background(), ex)
			if err != nil {
				e := gateway.AsError(err)
				got += fmt.Sprintf("%d %s", e.HTTPStatus(), e.Target)
			}
			if got != c.want {
				t.Errorf("got %q, want %q (%v)", got, c.want, err)
			}
			if calls := strings.Join(r.up.calls, " "); calls != c.calls {
				t.Errorf("called %q, want %q", calls, c.calls)
			}
			if len(r.slept) != c.slept {
				t.Errorf("waited %v, want %d times", r.slept, c.slept)
			}
			if len(ex.Facts.Attempts) != len(r.up.calls) {
				t.Errorf("%d attempts recorded for %d calls", len(ex.Facts.Attempts), len(r.up.calls))
			}
		})
	}
}

func TestBackoffGrowsWithJitter(t *testing.T) {
	for _, drawn := range []float64{0, 0.999} {
		r := newRig(t, map[string][]reply{"a": {status(500)}})
		r.drawn = drawn
		_, _ = r.run(context.Background(), exchange(t, leaf("a", gateway.RetryPolicy{Attempts: 5})))
		for i, d := range r.slept {
			full := 500 * time.Millisecond << i
			if d < full/2 || d > full {
				t.Errorf("wait %d is %s, want %s to %s", i, d, full/2, full)
			}
		}
	}
}

// TestPausesAreNoted: a delay is recorded on the attempt before it, also if it was cut
// short.
func TestPausesAreNoted(t *testing.T) {
	clock := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	var cut error
	up := &upstream{scripts: map[string][]reply{"a": {status(503), wait(7*time.Second, status(429)), status(503)}, "b": {text("B")}}}
	h := router.New(router.Config{Now: func() time.Time { return clock }, Rand: func() float64 { return 0 }, Sleep: func(_ context.Context, d time.Duration) error {
		clock = clock.Add(d)
		return cut
	}}, up.handle)
	r := &rig{t: t, up: up, router: h}
	ex := exchange(t, fallback(nil, leaf("a", twice), leaf("b", none)))
	if got, err := r.run(context.Background(), ex); err != nil || got != "B" {
		t.Fatalf("%q %v", got, err)
	}
	var waits []time.Duration
	for _, a := range ex.Facts.Attempts {
		waits = append(waits, a.Wait)
	}
	if len(waits) != 4 || waits[0] != 250*time.Millisecond || waits[1] != 7*time.Second || waits[2] != 0 || waits[3] != 0 {
		t.Errorf("waits %v", waits)
	}
	cut = context.Canceled
	ex = exchange(t, leaf("a", twice))
	if _, err := r.run(context.Background(), ex); err == nil || len(ex.Facts.Attempts) != 1 || ex.Facts.Attempts[0].Wait == 0 {
		t.Errorf("cut short: %v, %+v", err, ex.Facts.Attempts)
	}
}

func TestWeightsHold(t *testing.T) {
	mk := func(name string, w float64) *gateway.Node {
		n := leaf(name, none)
		n.Weight = w
		return n
	}
	root := &gateway.Node{Mode: gateway.ModeLoadbalance, Nodes: []*gateway.Node{mk("never", 0), mk("a", 0.7), mk("b", 0.3), mk("never", 0)}}
	count := map[string]int{}
	up := &upstream{scripts: map[string][]reply{"a": {text("A")}, "b": {text("B")}, "never": {text("!")}}}
	h := router.New(router.Config{}, up.handle)
	const draws = 10_000
	for range draws {
		st, err := h(context.Background(), exchange(t, root))
		if err != nil {
			t.Fatal(err)
		}
		st.Close()
	}
	for _, name := range up.calls {
		count[name]++
	}
	if count["never"] != 0 {
		t.Errorf("a weight of 0 was drawn %d times", count["never"])
	}
	if share := float64(count["a"]) / draws; math.Abs(share-0.7) > 0.025 { // 5 sigma
		t.Errorf("0.7 was drawn with a share of %g", share)
	}
}

func TestPickAtTheEdges(t *testing.T) {
	zero := leaf("z", none)
	zero.Weight = 0
	for _, drawn := range []float64{0, 0.5, math.Nextafter(1, 0)} {
		r := newRig(t, map[string][]reply{"a": {text("A")}})
		r.drawn = drawn
		if got, err := r.run(context.Background(), exchange(t, &gateway.Node{Mode: gateway.ModeLoadbalance, Nodes: []*gateway.Node{zero, leaf("a", none), zero}})); got != "A" {
			t.Errorf("drawn at %g: %q, %v", drawn, got, err)
		}
	}
}

func TestNoModelAtAllGoesNowhere(t *testing.T) {
	for _, body := range []string{`{"model":"","messages":[{}]}`, `{"model":null,"messages":[{}]}`, `{"messages":[{}]}`} {
		r := newRig(t, map[string][]reply{"a": {text("A")}})
		ex := exchange(t, leaf("a", none))
		ex.Request = gatewaytest.Request(t, body)
		_, err := r.run(context.Background(), ex)
		if e := gateway.AsError(err); e == nil || e.Kind != gateway.Invalid || e.Param != "model" || len(r.up.calls) != 0 {
			t.Errorf("%s: %v, %d calls", body, err, len(r.up.calls))
		}
		leafWithModel := leaf("a", none)
		leafWithModel.Target.Override = []byte(`{"model":"m"}`)
		ex = exchange(t, leafWithModel)
		ex.Request = gatewaytest.Request(t, body)
		if got, err := r.run(context.Background(), ex); got != "A" {
			t.Errorf("%s with a model of the config: %q, %v", body, got, err)
		}
	}
}

func TestTimeout(t *testing.T) {
	slow := leaf("a", none)
	slow.Target.Timeout = 20 * time.Millisecond
	t.Run("tells the time", func(t *testing.T) {
		r := newRig(t, map[string][]reply{"a": {{stall: true}}})
		ex := exchange(t, slow)
		_, err := r.run(context.Background(), ex)
		e := gateway.AsError(err)
		if e.HTTPStatus() != 408 || e.WireType() != "timeout_error" || e.Public != "Request exceeded the timeout sent in the request: 20ms" || e.Target != "config.a" {
			t.Errorf("%+v", e)
		}
		if a := ex.Facts.Attempts[0]; a.Err == nil || a.Err.Kind != gateway.Timeout || a.Duration < 20*time.Millisecond || a.FirstChunk != 0 {
			t.Errorf("%+v", a)
		}
	})
	t.Run("of the server's own limit tells no other's", func(t *testing.T) {
		r := newRig(t, map[string][]reply{"a": {{stall: true}}})
		bound := router.New(router.Config{FirstChunkTimeout: 20 * time.Millisecond}, r.up.handle)
		_, err := bound(context.Background(), exchange(t, leaf("a", none)))
		if e := gateway.AsError(err); e.HTTPStatus() != 408 || e.Code != "first_byte_timeout" || !strings.Contains(e.Public, "'openai' did not begin its answer within 20ms") {
			t.Errorf("%+v", e)
		}
	})
	t.Run("falls back on 408", func(t *testing.T) {
		r := newRig(t, map[string][]reply{"a": {{stall: true}}, "b": {text("B")}})
		if got, err := r.run(context.Background(), exchange(t, fallback([]int{408}, slow, leaf("b", none)))); got != "B" {
			t.Errorf("%q, %v", got, err)
		}
	})
	t.Run("retries on a listed 408 only", func(t *testing.T) {
		listed := leaf("a", gateway.RetryPolicy{Attempts: 1, OnStatus: []int{408}})
		listed.Target.Timeout = 20 * time.Millisecond
		r := newRig(t, map[string][]reply{"a": {{stall: true}, text("A")}})
		if got, err := r.run(context.Background(), exchange(t, listed)); got != "A" {
			t.Errorf("%q, %v", got, err)
		}
		slow.Target.Retry = twice
		r = newRig(t, map[string][]reply{"a": {{stall: true}}})
		if _, err := r.run(context.Background(), exchange(t, slow)); err == nil || len(r.up.calls) != 1 {
			t.Errorf("%v, calls %v", err, r.up.calls)
		}
		slow.Target.Retry = none
	})
	t.Run("ends with the first chunk", func(t *testing.T) {
		r := newRig(t, map[string][]reply{"a": {text("A")}})
		st, err := r.router(context.Background(), exchange(t, slow))
		if err != nil {
			t.Fatal(err)
		}
		defer st.Close()
		time.Sleep(60 * time.Millisecond)
		for range 3 {
			if _, err := st.Next(); err != nil {
				t.Fatalf("cut after the first chunk: %v", err)
			}
		}
	})
}

func TestCancellation(t *testing.T) {
	t.Run("during a call", func(t *testing.T) {
		r := newRig(t, map[string][]reply{"a": {{stall: true}}, "b": {text("B")}})
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(10*time.Millisecond, cancel)
		ex := exchange(t, fallback(nil, leaf("a", twice), leaf("b", none)))
		_, err := r.run(ctx, ex)
		if e := gateway.AsError(err); e.Kind != gateway.Cancelled || len(r.up.calls) != 1 {
			t.Errorf("%v after calls %v", err, r.up.calls)
		}
		if a := ex.Facts.Attempts[0]; a.Err == nil || a.Err.Counted() && a.Err.Kind == gateway.Cancelled {
			t.Errorf("%+v", a.Err)
		}
	})
	t.Run("during a wait", func(t *testing.T) {
		r := newRig(t, map[string][]reply{"a": {status(503)}, "b": {text("B")}})
		ctx, cancel := context.WithCancel(context.Background())
		r.sleep = func(ctx context.Context, _ time.Duration) error { cancel(); return ctx.Err() }
		_, err := r.run(ctx, exchange(t, fallback(nil, leaf("a", twice), leaf("b", none))))
		if e := gateway.AsError(err); e.Kind != gateway.Cancelled || len(r.up.calls) != 1 {
			t.Errorf("%v after calls %v", err, r.up.calls)
		}
	})
	t.Run("a real wait ends with the caller", func(t *testing.T) {
		up := &upstream{scripts: map[string][]reply{"a": {wait(30*time.Second, status(429))}}}
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(20*time.Millisecond, cancel)
		begin := time.Now()
		_, err := router.New(router.Config{}, up.handle)(ctx, exchange(t, leaf("a", twice)))
		if e := gateway.AsError(err); e.Kind != gateway.Cancelled || time.Since(begin) > 5*time.Second {
			t.Errorf("%v after %s", err, time.Since(begin))
		}
	})
	t.Run("closing ends the upstream's context", func(t *testing.T) {
		var upctx context.Context
		h := router.New(router.Config{}, func(ctx context.Context, _ *gateway.Exchange) (gateway.Stream, error) {
			upctx = ctx
			return gateway.Chunks(text("A").chunks...), nil
		})
		st, err := h(context.Background(), exchange(t, leaf("a", none)))
		if err != nil {
			t.Fatal(err)
		}
		if upctx.Err() != nil {
			t.Fatal("the context ended with the call")
		}
		st.Close()
		if !errors.Is(upctx.Err(), context.Canceled) {
			t.Error("the context outlives the stream")
		}
	})
}
