package ranking_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/route/ranking"
)

// rig is a Ranker with a clock and prices of its own.
type rig struct {
	*ranking.Ranker
	t     testing.TB
	now   time.Time
	drawn float64
	costs map[string]int64 // by virtual key; absent: unknown
	req   *gateway.Request
}

func newRig(t testing.TB) *rig {
	r := &rig{t: t, now: time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC), drawn: 0.5, costs: map[string]int64{}}
	r.Ranker = ranking.New(ranking.Config{
		Now:  func() time.Time { return r.now },
		Rand: func() float64 { return r.drawn },
		Cost: func(_ *gateway.Exchange, t *gateway.Target, _ *gateway.Request) (int64, bool) {
			nano, known := r.costs[t.VirtualKey]
			return nano, known
		},
	})
	var err error
	if r.req, err = openai.NewRequest(gateway.OpChat, []byte(`{"model":"m","messages":[{"role":"user","content":"hi"}]}`)); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *rig) exchange() *gateway.Exchange {
	return &gateway.Exchange{Principal: &gateway.Principal{Workspace: "ws"}, Request: r.req, Facts: &gateway.Facts{}}
}

// order ranks n for a call, in words: each child with its figure or reason.
func (r *rig) order(n *gateway.Node) string {
	nodes, ranking := r.Order(r.exchange(), n)
	return words(r.t, nodes, ranking)
}

func (r *rig) explained(n *gateway.Node) string {
	nodes, ranking := r.Explain(r.exchange(), n)
	return words(r.t, nodes, ranking)
}

func words(t testing.TB, nodes []*gateway.Node, ranking gateway.Ranking) string {
	var out []string
	for i, p := range ranking.Places {
		if nodes[i].Path != p.Node {
			t.Errorf("place %d is %s, and the node is %s", i, p.Node, nodes[i].Path)
		}
		word := p.Node
		if p.Known && ranking.Mode == gateway.ModeFastest {
			word += fmt.Sprintf("=%dms", p.Time.Milliseconds())
		} else if p.Known {
			word += fmt.Sprintf("=%d", p.Cost)
		}
		if p.Reason != "" {
			word += " " + string(p.Reason)
		}
		out = append(out, word)
	}
	return strings.Join(out, ", ")
}

// took records n calls of the target that waited for d each.
func (r *rig) took(node *gateway.Node, n int, d time.Duration) {
	for range n {
		r.Began(r.exchange().WithTarget(node.Target, r.req), d)
	}
}

func (r *rig) fails(node *gateway.Node, e gateway.Error, after time.Duration) {
	r.Failed(r.exchange().WithTarget(node.Target, r.req), &e, after)
}

func leaf(name string) *gateway.Node {
	return &gateway.Node{Path: name, Mode: gateway.ModeSingle, Weight: 1, Target: &gateway.Target{Path: name, Provider: "mock", VirtualKey: name}}
}

func over(mode gateway.Mode, path string, nodes ...*gateway.Node) *gateway.Node {
	return &gateway.Node{Path: path, Mode: mode, Weight: 1, Nodes: nodes}
}

func weighted(n *gateway.Node, weight float64) *gateway.Node {
	n.Weight = weight
	return n
}

func TestCheapest(t *testing.T) {
	denied, unnamed, bad := leaf("a"), leaf("a"), leaf("a")
	denied.Target.Models, denied.Path = []string{"other"}, "denied"
	unnamed.Target.Provider, unnamed.Path = "", "unnamed"
	bad.Target.Override, bad.Path = []byte(`{"model":7}`), "bad"
	for name, c := range map[string]struct {
		nodes []*gateway.Node
		want  string
	}{
		"lowest first":             {[]*gateway.Node{leaf("c"), leaf("a"), leaf("b")}, "a=10, b=20, c=30"},
		"equal: as written":        {[]*gateway.Node{leaf("b2"), leaf("b"), leaf("a")}, "a=10, b2=20, b=20"},
		"unknown is not free":      {[]*gateway.Node{leaf("x"), leaf("c"), leaf("y"), leaf("free")}, "free=0, c=30, x unpriced, y unpriced"},
		"no weight":                {[]*gateway.Node{weighted(leaf("a"), 0), leaf("b"), weighted(leaf("c"), 0.1)}, "b=20, c=30"},
		"what may not be used":     {[]*gateway.Node{denied, unnamed, bad, leaf("x"), leaf("b")}, "b=20, x unpriced, denied refused, unnamed refused, bad refused"},
		"a fallback by its first":  {[]*gateway.Node{leaf("b"), over(gateway.ModeFallback, "f", leaf("a"), leaf("c")), over(gateway.ModeFallback, "g", leaf("x"), leaf("a"))}, "f=10, b=20, g unpriced"},
		"a loadbalance by weight":  {[]*gateway.Node{over(gateway.ModeLoadbalance, "l", weighted(leaf("a"), 3), leaf("c"), weighted(leaf("x"), 0)), leaf("b"), over(gateway.ModeLoadbalance, "m", leaf("a"), leaf("x"))}, "l=15, b=20, m unpriced"},
		"a cheapest by its lowest": {[]*gateway.Node{leaf("b"), over(gateway.ModeCheapest, "n", leaf("x"), leaf("c"), leaf("a"))}, "n=10, b=20"},
		"a fastest by its first":   {[]*gateway.Node{leaf("b"), over(gateway.ModeFastest, "n", leaf("a"), leaf("c"))}, "n=10, b=20"},
		"nothing inside":           {[]*gateway.Node{over(gateway.ModeFallback, "f"), over(gateway.ModeLoadbalance, "l"), leaf("a")}, "a=10, f refused, l refused"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.costs = map[string]int64{"a": 10, "b": 20, "b2": 20, "c": 30, "free": 0}
			if got := r.order(over(gateway.ModeCheapest, "config", c.nodes...)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestFastest(t *testing.T) {
	r := newRig(t)
	a, b, c := leaf("a"), leaf("b"), leaf("c")
	n := over(gateway.ModeFastest, "config", a, b, c)
	firsts := map[string]int{}
	for range 9 { // nobody has answered yet: each of them gets three
		first, _, _ := strings.Cut(r.order(n), " ")
		firsts[first]++
	}
	if firsts["a"] != 3 || firsts["b"] != 3 || firsts["c"] != 3 {
		t.Errorf("tried %v", firsts)
	}
	r.took(c, 1, 200*time.Millisecond)
	r.took(b, 2, 20*time.Millisecond)
	if got, want := r.order(n), "b=20ms, c=200ms, a unmeasured"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	r.took(a, 1, 100*time.Millisecond)
	group := over(gateway.ModeFastest, "config", over(gateway.ModeLoadbalance, "l", a, b), over(gateway.ModeFallback, "f", c, b), over(gateway.ModeFastest, "n", c, b))
	if got, want := r.order(group), "n=20ms, l=60ms, f=200ms"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	r.drawn = 0.049 // of 0.05
	if got, want := r.order(n), "c=200ms explored, b=20ms, a=100ms"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	r.drawn = 0
	if got, want := r.order(n), "a=100ms explored, b=20ms, c=200ms"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got, want := r.explained(n), "b=20ms, a=100ms, c=200ms"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestMeasuredApart: a stream, another operation, model or workspace tell nothing about a call.
func TestMeasuredApart(t *testing.T) {
	for name, change := range map[string]func(*rig, *gateway.Exchange){
		"stream": func(r *rig, ex *gateway.Exchange) {
			ex.Request, _ = openai.NewRequest(gateway.OpChat, []byte(`{"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]}`))
		},
		"operation": func(r *rig, ex *gateway.Exchange) {
			ex.Request, _ = openai.NewRequest(gateway.OpEmbeddings, []byte(`{"model":"m","input":"hi"}`))
		},
		"model": func(r *rig, ex *gateway.Exchange) {
			ex.Request, _ = openai.NewRequest(gateway.OpChat, []byte(`{"model":"m2","messages":[{"role":"user","content":"hi"}]}`))
		},
		"workspace": func(r *rig, ex *gateway.Exchange) { ex.Principal = &gateway.Principal{Workspace: "other"} },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			a := leaf("a")
			r.took(a, 1, time.Second)
			ex := r.exchange()
			change(r, ex)
			if ex.Request == nil {
				t.Fatal("no request")
			}
			if _, got := r.Explain(ex, over(gateway.ModeFastest, "config", a)); got.Places[0].Known {
				t.Errorf("%+v", got)
			}
		})
	}
}

// TestFailing: a target that fails comes last, for longer each time; then one call tries it.
func TestFailing(t *testing.T) {
	r := newRig(t)
	a, b := leaf("a"), leaf("b")
	n := over(gateway.ModeFastest, "config", a, b)
	r.took(a, 3, 10*time.Millisecond)
	r.took(b, 3, 100*time.Millisecond)
	down := gateway.Error{Kind: gateway.Upstream, Status: 503}
	well, ill, probed := "a=10ms, b=100ms", "b=100ms, a=10ms failing", "a=10ms, b=100ms"
	expect := func(after time.Duration, want string) {
		t.Helper()
		r.now = r.now.Add(after)
		if got := r.order(n); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	for _, e := range []gateway.Error{{Kind: gateway.Upstream, Status: 400}, {Kind: gateway.Denied}, {Kind: gateway.Invalid}, {Kind: gateway.Internal}} {
		r.fails(a, e, time.Millisecond)
		expect(0, well)
	}
	r.fails(a, down, time.Millisecond)
	expect(9*time.Second, ill)
	expect(time.Second, probed)
	expect(0, ill) // the others wait for what becomes of that call
	r.fails(a, down, time.Millisecond)
	expect(19*time.Second, ill)
	expect(time.Second, probed)
	r.took(a, 1, 10*time.Millisecond)
	expect(0, well)
	r.fails(a, gateway.Error{Kind: gateway.Upstream, Status: 429, RetryAfter: time.Minute}, time.Millisecond)
	expect(59*time.Second, ill)
	r.took(a, 1, 10*time.Millisecond) // of a call that had begun before
	expect(0, well)
	for range 100 {
		r.fails(a, down, time.Millisecond)
	}
	expect(5*time.Minute-time.Second, ill)
	r.fails(b, gateway.Error{Kind: gateway.Timeout, Code: gateway.CodeFirstByte}, time.Minute)
	expect(0, "a=10ms failing, b=100ms failing") // all of them: the one that may be tried soonest
}

// TestImpatientCallers: a call that its caller left counts for what it had waited, if that is long.
func TestImpatientCallers(t *testing.T) {
	r := newRig(t)
	a := leaf("a")
	n := over(gateway.ModeFastest, "config", a)
	left := gateway.Error{Kind: gateway.Cancelled}
	r.fails(a, left, time.Hour)
	if got := r.explained(n); got != "a unmeasured" {
		t.Error(got)
	}
	r.took(a, 1, 100*time.Millisecond)
	r.fails(a, left, 50*time.Millisecond)
	if got := r.explained(n); got != "a=100ms" {
		t.Error(got)
	}
	r.fails(a, gateway.Error{Kind: gateway.Timeout}, time.Millisecond) // as the caller set it
	r.fails(a, left, 500*time.Millisecond)
	if got := r.explained(n); got != "a=300ms" {
		t.Error(got)
	}
}

// TestOldMeasurements: a measurement loses half of its weight in five minutes, and many calls do not make
// a mean that nothing moves.
func TestOldMeasurements(t *testing.T) {
	r := newRig(t)
	a := leaf("a")
	n := over(gateway.ModeFastest, "config", a)
	r.took(a, 2, 100*time.Millisecond)
	r.now = r.now.Add(5 * time.Minute)
	r.took(a, 1, 300*time.Millisecond)
	if got := r.explained(n); got != "a=200ms" {
		t.Error(got)
	}
	r.took(a, 10_000, 20*time.Millisecond)
	r.took(a, 12, 200*time.Millisecond)
	if _, got := r.Explain(r.exchange(), n); got.Places[0].Time < 100*time.Millisecond {
		t.Errorf("12 slow calls after many fast ones: %s", got.Places[0].Time)
	}
}

// FuzzOrder: an order is a permutation of the children with a weight, known costs rise in it, and what is
// not known stands behind them.
func FuzzOrder(f *testing.F) {
	f.Add(uint64(1), uint8(5), false)
	f.Add(uint64(2), uint8(0), true)
	f.Add(uint64(77), uint8(64), true)
	f.Fuzz(func(t *testing.T, seed uint64, size uint8, fastest bool) {
		rnd := rand.New(rand.NewPCG(seed, 0))
		r := newRig(t)
		r.drawn = rnd.Float64() / 8
		n := over(gateway.ModeCheapest, "config")
		if fastest {
			n.Mode = gateway.ModeFastest
		}
		var want []string
		for i := range int(size) {
			child := leaf(fmt.Sprint("t", i))
			if rnd.IntN(4) > 0 {
				r.costs[child.Path] = rnd.Int64N(4)
			}
			if rnd.IntN(3) > 0 {
				r.took(child, 1+rnd.IntN(3), time.Duration(rnd.IntN(1e9)))
			}
			if rnd.IntN(4) == 0 {
				r.fails(child, gateway.Error{Kind: gateway.BadUpstream}, 0)
			}
			if rnd.IntN(5) == 0 {
				child.Weight = 0
			} else {
				want = append(want, child.Path)
			}
			n.Nodes = append(n.Nodes, child)
		}
		for range 3 {
			r.now = r.now.Add(time.Duration(rnd.IntN(15)) * time.Second)
			nodes, ranking := r.Order(r.exchange(), n)
			words(t, nodes, ranking)
			var got []string
			last := int64(-1)
			for i, p := range ranking.Places {
				got = append(got, p.Node)
				if fastest {
					continue
				}
				if p.Known && (p.Cost < last || i > 0 && !ranking.Places[i-1].Known) {
					t.Errorf("%+v", ranking.Places)
				}
				last = p.Cost
			}
			slices.Sort(got)
			if slices.Sort(want); !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		}
	})
}

// TestManyCalls at once lose nothing, and names that callers make up do not fill the memory.
func TestManyCalls(t *testing.T) {
	r := newRig(t)
	a, b := leaf("a"), leaf("b")
	n := over(gateway.ModeFastest, "config", a, b)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for k := range 500 {
				r.took(a, 1, time.Millisecond)
				r.fails(b, gateway.Error{Kind: gateway.BadUpstream}, 0)
				r.Order(r.exchange(), n)
				r.took(leaf(fmt.Sprint("made up ", i, " ", k)), 3, time.Millisecond)
			}
		})
	}
	wg.Wait()
	if got := r.Measured(); got > 4096 {
		t.Errorf("%d targets are kept", got)
	}
	if got := r.explained(n); got != "a=1ms, b failing" {
		t.Error(got)
	}
}
