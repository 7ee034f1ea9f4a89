package router_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/breaker"
	"github.com/sluicegate/sluice/gateway/route/router"
)

// breakers is a router over a scripted upstream, with a clock of its own.
type breakers struct {
	*rig
	now   time.Time
	known *breaker.Registry
}

func newBreakers(t *testing.T, scripts map[string][]reply) *breakers {
	b := &breakers{rig: newRig(t, scripts), now: time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC), known: breaker.NewRegistry(nil)}
	b.router = router.New(router.Config{Breakers: b.known, Now: func() time.Time { return b.now }, Rand: func() float64 { return b.drawn },
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}, b.up.handle)
	return b
}

// call makes one call and returns the virtual keys that were called, the outcome and the targets left out.
func (b *breakers) call(ctx context.Context, root *gateway.Node, change ...func(*gateway.Exchange)) string {
	b.up.calls = nil
	ex := exchange(b.t, root)
	ex.Plan.Config = "prod@1"
	for _, f := range change {
		f(ex)
	}
	got, err := b.run(ctx, ex)
	var e *gateway.Error
	if errors.As(err, &e) {
		got = fmt.Sprint(e.HTTPStatus())
	}
	out := strings.Join(b.up.calls, " ") + ": " + got
	if len(ex.Facts.LeftOut) > 0 {
		out += " without " + strings.Join(ex.Facts.LeftOut, " ")
	}
	return out
}

// guarded gives all nodes below n, and n, a breaker.
func guarded(policy gateway.BreakerPolicy, n *gateway.Node) *gateway.Node {
	c := *n
	c.Breaker, c.Nodes = &policy, nil
	for _, child := range n.Nodes {
		c.Nodes = append(c.Nodes, guarded(policy, child))
	}
	return &c
}

func balanced(nodes ...*gateway.Node) *gateway.Node {
	return &gateway.Node{Path: "config", Mode: gateway.ModeLoadbalance, Weight: 1, Nodes: nodes}
}

var twoFailures = gateway.BreakerPolicy{Failures: 2, Minimum: 5, Cooldown: 30 * time.Second}

// TestBreakerInFallback: a target that failed too often is not called until its cooldown is over; then one
// probe is, and a probe whose caller left is made again.
func TestBreakerInFallback(t *testing.T) {
	b := newBreakers(t, map[string][]reply{"a": {status(500), status(408), status(503), {stall: true}, text("A")}, "b": {text("B")}})
	root := guarded(twoFailures, fallback([]int{500, 503, 408}, leaf("a", gateway.RetryPolicy{Attempts: 5, OnStatus: []int{408, 503}}), leaf("b", none)))
	step := func(want string) {
		t.Helper()
		if got := b.call(t.Context(), root); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	step("a b: B")
	step("a b: B") // and no retry: its breaker has opened
	step("b: B without config.a")
	b.now = b.now.Add(29 * time.Second)
	step("b: B without config.a")
	b.now = b.now.Add(time.Second)
	step("a b: B") // the probe fails, and is not retried
	step("b: B without config.a")
	b.now = b.now.Add(30 * time.Second)
	ctx, leave := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer leave()
	if got := b.call(ctx, root); got != "a: 499" {
		t.Errorf("the caller of the probe leaves: %s", got)
	}
	step("a: A")
	step("a: A")
	if s := b.known.Stats(); s.Opened != 1 || s.LeftOut != 3 {
		t.Errorf("%+v", s)
	}
}

// TestBreakerModes: who is called when the breaker of a is open.
func TestBreakerModes(t *testing.T) {
	fail := fallback(nil, leaf("a", none), leaf("b", none))
	nested := fallback([]int{429}, balanced(leaf("a", none)), leaf("b", none))
	own := *nested // the strategy around leaves nothing out
	own.Nodes = []*gateway.Node{guarded(twoFailures, nested.Nodes[0]), nested.Nodes[1]}
	weightless := *leaf("b", none)
	weightless.Weight = 0
	ordered := *balanced(leaf("a", none), leaf("c", none), leaf("b", none))
	ordered.Ordered = true
	cheapest := *fallback(nil, leaf("a", none), leaf("b", none))
	cheapest.Mode = gateway.ModeCheapest
	first := cheapest
	first.FirstOnly = true
	only := *leaf("b", none)
	only.OnErrors = []string{gateway.CodeContextWindow}
	for _, c := range []struct {
		name string
		root *gateway.Node
		want string
	}{
		{"fallback", guarded(twoFailures, fail), "b: B without config.a"},
		{"fallback on other statuses", guarded(twoFailures, fallback([]int{429}, leaf("a", none), leaf("b", none))), "b: B without config.a"},
		{"loadbalance without failover", guarded(twoFailures, balanced(leaf("a", none), leaf("b", none))), "b: B without config.a"},
		{"loadbalance with one weight", guarded(twoFailures, balanced(leaf("a", none), &weightless)), "a: 500"},
		{"sticky", guarded(twoFailures, &ordered), "c: C without config.a"},
		{"cheapest", guarded(twoFailures, &cheapest), "b: B without config.a"},
		{"the cheapest only", guarded(twoFailures, &first), "b: B without config.a"},
		{"nested", guarded(twoFailures, nested), "b: B without config.a"},
		{"nested in a strategy without a breaker", &own, "a: 500"},
		{"all are open", guarded(twoFailures, fallback(nil, leaf("a", none), balanced(leaf("a", none)))), "a a: 500"},
		{"the other one is for other failures", guarded(twoFailures, fallback(nil, leaf("a", none), &only)), "a: 500"},
		{"no breaker", fail, "a b: B"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBreakers(t, map[string][]reply{"a": {status(500)}, "b": {text("B")}, "c": {text("C")}})
			for range 2 {
				b.call(t.Context(), guarded(twoFailures, fallback(nil, leaf("a", none))))
			}
			if got := b.call(t.Context(), c.root); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// TestBreakerCounts: which outcomes open a breaker after two of them.
func TestBreakerCounts(t *testing.T) {
	kind := func(k gateway.Kind) reply { return reply{err: &gateway.Error{Op: "test", Kind: k, Public: "no"}} }
	broken := text("A")
	broken.breaks = &gateway.Error{Op: "test", Kind: gateway.BadUpstream, Public: "cut"}
	listed := twoFailures
	listed.OnStatus = []int{401, 446}
	impatient := func(ex *gateway.Exchange) { ex.Envelope.RequestTimeout = time.Millisecond }
	for _, c := range []struct {
		name   string
		policy gateway.BreakerPolicy
		reply  reply
		open   bool
		change []func(*gateway.Exchange)
	}{
		{"500", twoFailures, status(500), true, nil},
		{"not reached", twoFailures, kind(gateway.BadUpstream), true, nil},
		{"timeout", twoFailures, kind(gateway.Timeout), true, nil},
		{"a stream that breaks", twoFailures, broken, true, nil},
		{"429", twoFailures, status(429), false, nil},
		{"400", twoFailures, status(400), false, nil},
		{"a guardrail", twoFailures, kind(gateway.Denied), false, nil},
		{"a guardrail that is listed", listed, kind(gateway.Denied), true, nil},
		{"401 that is listed", listed, status(401), true, nil},
		{"500 that is not listed", listed, status(500), false, nil},
		{"a budget", twoFailures, kind(gateway.Exhausted), false, nil},
		{"a panic of the gateway's own", twoFailures, reply{panics: true}, false, nil},
		{"a timeout that the caller set", twoFailures, kind(gateway.Timeout), false, []func(*gateway.Exchange){impatient}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBreakers(t, map[string][]reply{"a": {c.reply}})
			for range 2 {
				b.call(t.Context(), guarded(c.policy, fallback(nil, leaf("a", none))), c.change...)
			}
			if got := b.known.Open()["openai"] == 1; got != c.open {
				t.Errorf("open: %t", got)
			}
		})
	}
}

// TestBreakersAreApart: another workspace, version, credential and address have breakers of their own.
func TestBreakersAreApart(t *testing.T) {
	b := newBreakers(t, map[string][]reply{"a": {status(500)}, "": {status(500)}, "b": {text("B")}})
	a := leaf("a", none)
	root := guarded(twoFailures, fallback(nil, a, leaf("b", none)))
	for range 2 {
		b.call(t.Context(), root)
	}
	moved := func(t gateway.Target) *gateway.Node {
		n := *a
		n.Target = &t
		return guarded(twoFailures, fallback(nil, &n, leaf("b", none)))
	}
	at := *a.Target
	at.BaseURL = "https://callers.example"
	for name, got := range map[string]string{
		"another workspace": b.call(t.Context(), root, func(ex *gateway.Exchange) { ex.Principal.Workspace = "other" }),
		"another version":   b.call(t.Context(), root, func(ex *gateway.Exchange) { ex.Plan.Config = "prod@2" }),
		"another address":   b.call(t.Context(), moved(at)),
	} {
		if got != "a b: B" {
			t.Errorf("%s: %s", name, got)
		}
	}
	own := *a.Target
	own.VirtualKey = ""
	mine := moved(own)
	for _, c := range []struct{ key, want string }{{"k1", " b: B"}, {"k1", " b: B"}, {"k1", "b: B without config.a"}, {"k2", " b: B"}} {
		if got := b.call(t.Context(), mine, func(ex *gateway.Exchange) { ex.Principal.APIKey = c.key }); got != c.want {
			t.Errorf("own credential of %s: %q, want %q", c.key, got, c.want)
		}
	}
}

// TestBreakerUnderLoad: of many calls at once after the cooldown one reaches the target.
func TestBreakerUnderLoad(t *testing.T) {
	b := newBreakers(t, map[string][]reply{"a": {status(500)}, "b": {text("B")}})
	root := guarded(twoFailures, fallback(nil, leaf("a", none), leaf("b", none)))
	for range 2 {
		b.call(t.Context(), root)
	}
	b.now = b.now.Add(time.Minute)
	b.up.calls = nil
	var wg sync.WaitGroup
	for range 32 {
		ex := exchange(t, root)
		ex.Plan.Config = "prod@1"
		wg.Go(func() {
			if got, err := b.run(t.Context(), ex); got != "B" {
				t.Errorf("%s %v", got, err)
			}
		})
	}
	wg.Wait()
	probes := 0
	for _, name := range b.up.calls {
		if name == "a" {
			probes++
		}
	}
	if probes != 1 || len(b.up.calls) != 33 {
		t.Errorf("%d probes of %d calls", probes, len(b.up.calls))
	}
}
