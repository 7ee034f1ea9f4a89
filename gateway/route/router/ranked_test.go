package router_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route/ranking"
	"github.com/sluicegate/sluice/gateway/route/router"
)

// TestCheapestFallsBack: the targets are asked from the cheapest on, like those of a fallback.
func TestCheapestFallsBack(t *testing.T) {
	costs := map[string]int64{"a": 30, "b": 20, "c": 10}
	node := func(on []int, nodes ...*gateway.Node) *gateway.Node {
		return &gateway.Node{Path: "config", Mode: gateway.ModeCheapest, OnStatus: on, Nodes: nodes, Weight: 1}
	}
	a, b, c, d := leaf("a", none), leaf("b", none), leaf("c", none), leaf("d", none)
	off := *c
	off.Weight = 0
	first := node(nil, a, c)
	first.FirstOnly = true
	denied := leaf("c", none)
	denied.Target.Models = []string{"another"}
	for _, tc := range []struct {
		name    string
		root    *gateway.Node
		scripts map[string][]reply
		calls   string
		want    string // text, or "status target"
	}{
		{"the cheapest answers", node(nil, a, b, c), map[string][]reply{"c": {text("C")}}, "c", "C"},
		{"then the next", node(nil, a, b, c), map[string][]reply{"c": {status(503)}, "b": {down}, "a": {text("A")}}, "c b a", "A"},
		{"narrowed", node([]int{429}, a, b, c), map[string][]reply{"c": {status(429)}, "b": {status(500)}}, "c b", "500 config.b"},
		{"without a price comes last", node(nil, d, a), map[string][]reply{"a": {status(500)}, "d": {text("D")}}, "a d", "D"},
		{"no weight", node(nil, a, &off), map[string][]reply{"a": {status(500)}}, "a", "500 config.a"},
		{"the first only", first, map[string][]reply{"c": {status(500)}}, "c", "500 config.c"},
		{"what its key does not allow comes last", node([]int{429}, denied, a), map[string][]reply{"a": {text("A")}}, "a", "A"},
		{"retries of its own", node(nil, a, leaf("c", twice)), map[string][]reply{"c": {status(503), status(503), text("C")}}, "c c c", "C"},
		{"inside of a fallback", fallback(nil, node([]int{429}, a, c), b), map[string][]reply{"c": {status(500)}, "b": {text("B")}}, "c b", "B"},
		{"a fallback inside", node(nil, a, &gateway.Node{Path: "config.f", Mode: gateway.ModeFallback, Weight: 1, Nodes: []*gateway.Node{b, d}}), map[string][]reply{"b": {down}, "d": {down}, "a": {text("A")}}, "b d a", "A"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			up := &upstream{scripts: tc.scripts}
			h := router.New(router.Config{Sleep: func(context.Context, time.Duration) error { return nil },
				Ranker: ranking.New(ranking.Config{Cost: func(_ *gateway.Exchange, t *gateway.Target, _ *gateway.Request) (int64, bool) {
					nano, known := costs[t.VirtualKey]
					return nano, known
				}})}, up.handle)
			r := &rig{t: t, up: up, router: h}
			ex := exchange(t, tc.root)
			got, err := r.run(context.Background(), ex)
			if err != nil {
				e := gateway.AsError(err)
				got = fmt.Sprint(e.HTTPStatus(), " ", e.Target)
			}
			if calls := strings.Join(up.calls, " "); got != tc.want || calls != tc.calls {
				t.Errorf("got %q after %q, want %q after %q", got, calls, tc.want, tc.calls)
			}
			if len(ex.Facts.Rankings) != 1 || len(ex.Facts.Rankings[0].Places) == 0 {
				t.Errorf("rankings %+v", ex.Facts.Rankings)
			}
		})
	}
}

// delayed answers after the time of each virtual key, on a clock that only it moves.
type delayed struct {
	now    time.Time
	delays map[string]time.Duration
	calls  map[string]int
	breaks bool
}

func (d *delayed) handle(_ context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
	name := ex.Target.VirtualKey
	d.calls[name]++
	d.now = d.now.Add(d.delays[name])
	if d.breaks && name == "a" {
		return &scripted{u: &upstream{}, ctx: context.Background(), rest: text("A").chunks[:1], breaks: down.err}, nil
	}
	return gateway.Chunks(text(name).chunks...), nil
}

// TestFastestFollows: the share of a target follows how fast it is, also when that changes.
func TestFastestFollows(t *testing.T) {
	up := &delayed{now: time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC), delays: map[string]time.Duration{"a": 200 * time.Millisecond, "b": 20 * time.Millisecond}, calls: map[string]int{}}
	settings := router.Config{Now: func() time.Time { return up.now }, Rand: rand.New(rand.NewPCG(1, 2)).Float64}
	r := &rig{t: t, router: router.New(settings, up.handle)}
	root := &gateway.Node{Path: "config", Mode: gateway.ModeFastest, Nodes: []*gateway.Node{leaf("a", none), leaf("b", none)}}
	share := func(calls int) map[string]int {
		up.calls = map[string]int{}
		for range calls {
			if _, err := r.run(context.Background(), exchange(t, root)); err != nil && !up.breaks {
				t.Fatal(err)
			}
		}
		return up.calls
	}
	if got := share(2); got["a"] != 1 || got["b"] != 1 {
		t.Errorf("the first calls went to %v", got)
	}
	if got := share(200); got["a"] < 2 || got["b"] < 180 {
		t.Errorf("b is fast and a slow: %v", got)
	}
	up.delays["a"], up.delays["b"] = up.delays["b"], up.delays["a"]
	share(100)
	if got := share(200); got["a"] < 180 || got["b"] < 2 {
		t.Errorf("100 calls after a has become fast and b slow: %v", got)
	}
	up.breaks = true // a's streams do, after a first chunk that is fast
	share(1)
	if got := share(20); got["a"] > 1 {
		t.Errorf("a breaks: %v", got)
	}
}

// TestRankingKeepsThePlan: a plan is shared, so that ordering must not change it.
func TestRankingKeepsThePlan(t *testing.T) {
	up := &delayed{now: time.Now(), delays: map[string]time.Duration{"a": time.Second}, calls: map[string]int{}}
	r := &rig{t: t, router: router.New(router.Config{Now: func() time.Time { return up.now }}, up.handle)}
	root := &gateway.Node{Path: "config", Mode: gateway.ModeFastest, Nodes: []*gateway.Node{leaf("a", none), leaf("b", none)}}
	before := slices.Clone(root.Nodes)
	for range 20 {
		if _, err := r.run(context.Background(), exchange(t, root)); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(root.Nodes, before) {
		t.Error("the nodes have another order")
	}
}
