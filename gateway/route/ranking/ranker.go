package ranking

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/maypok86/otter/v2"

	"github.com/sluicegate/sluice/gateway"
)

// Config configures a Ranker. Every field may be zero.
type Config struct {
	// Cost estimates what a call costs at a target, in nano-USD, from the request that the target would
	// get; known is false where a price is missing. nil: no price is known.
	Cost func(ex *gateway.Exchange, t *gateway.Target, req *gateway.Request) (nano int64, known bool)

	// For tests.
	Now  func() time.Time
	Rand func() float64 // in [0, 1)
}

// Ranker orders the children of nodes that rank, and keeps what it measures of targets. It is safe for
// concurrent use.
type Ranker struct {
	Config
	paces *otter.Cache[paceKey, *pace]
}

// maxPaces bounds the targets that are measured: callers may name any model.
const maxPaces = 4096

// New returns a Ranker that has measured nothing.
func New(cfg Config) *Ranker {
	r := &Ranker{Config: cfg, paces: otter.Must(&otter.Options[paceKey, *pace]{
		MaximumSize: maxPaces,
		Executor:    func(fn func()) { fn() }, // no goroutine
	})}
	if r.Now == nil {
		r.Now = time.Now
	}
	if r.Rand == nil {
		r.Rand = rand.Float64
	}
	return r
}

// Measured is how many targets it keeps measurements of.
func (r *Ranker) Measured() int { return r.paces.EstimatedSize() }

// place is a child with what orders it.
type place struct {
	gateway.Place
	node   *gateway.Node
	pace   *pace // of fastest: that of the target which node asks first; nil if there are several, or none
	behind int   // class: 0 by its figure, then those that come behind
	figure float64
}

// Order returns the children of n, which ranks, in the order in which the call asks them. It counts the
// call as one that goes to the first of them.
func (r *Ranker) Order(ex *gateway.Exchange, n *gateway.Node) ([]*gateway.Node, gateway.Ranking) {
	places := r.places(ex, n)
	if n.Mode == gateway.ModeFastest {
		r.explore(places)
	}
	nodes := make([]*gateway.Node, len(places))
	for i := range places {
		nodes[i] = places[i].node
	}
	return nodes, rankingOf(n, places)
}

// Explain returns the order that n has by its figures, and changes nothing.
func (r *Ranker) Explain(ex *gateway.Exchange, n *gateway.Node) ([]*gateway.Node, gateway.Ranking) {
	places := r.places(ex, n)
	nodes := make([]*gateway.Node, len(places))
	for i := range places {
		nodes[i] = places[i].node
	}
	return nodes, rankingOf(n, places)
}

func rankingOf(n *gateway.Node, places []place) gateway.Ranking {
	out := gateway.Ranking{Node: n.Path, Mode: n.Mode, Places: make([]gateway.Place, len(places))}
	for i := range places {
		out.Places[i] = places[i].Place
	}
	return out
}

// places returns the children of n that have a weight, in the order of their figures.
func (r *Ranker) places(ex *gateway.Exchange, n *gateway.Node) []place {
	out := make([]place, 0, len(n.Nodes))
	for _, child := range n.Nodes {
		if child.Weight <= 0 {
			continue
		}
		if n.Mode == gateway.ModeCheapest {
			out = append(out, r.priced(ex, child))
		} else {
			out = append(out, r.measured(ex, child))
		}
	}
	slices.SortStableFunc(out, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.behind, b.behind), cmp.Compare(a.figure, b.figure))
	})
	return out
}

// first is the child that a node asks first which does not draw; nil if it has none.
func (r *Ranker) first(ex *gateway.Exchange, n *gateway.Node) *gateway.Node {
	if !n.Mode.Ranks() {
		if len(n.Nodes) == 0 {
			return nil
		}
		return n.Nodes[0]
	}
	if places := r.places(ex, n); len(places) > 0 {
		return places[0].node
	}
	return nil
}

// mean is the mean by weight of what of returns for the children of a loadbalance, if it is known of all
// of them that can be drawn.
func mean(n *gateway.Node, of func(*gateway.Node) (float64, gateway.RankReason)) (float64, gateway.RankReason) {
	sum, weights := 0.0, 0.0
	for _, child := range n.Nodes {
		if child.Weight <= 0 {
			continue
		}
		x, reason := of(child)
		if reason != gateway.RankByFigure {
			return 0, reason
		}
		sum += child.Weight * x
		weights += child.Weight
	}
	if weights == 0 {
		return 0, gateway.RankRefused
	}
	return sum / weights, gateway.RankByFigure
}
