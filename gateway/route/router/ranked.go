package router

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
)

// runRanked runs a node whose children are ordered for each call, like a fallback over them.
func (w *execution) runRanked(ctx context.Context, n *gateway.Node) (gateway.Stream, error) {
	nodes, ranking := w.router.Ranker.Order(w.ex, n)
	if len(nodes) == 0 { // the parser refuses such a config
		nodes = n.Nodes[:1]
	}
	w.ex.Facts.Rankings = append(w.ex.Facts.Rankings, ranking)
	for n.FirstOnly { // of those that are not left out
		st, err := w.runChild(ctx, n, nodes[0])
		if nodes = nodes[1:]; err != errLeftOut || len(nodes) == 0 {
			return st, err
		}
	}
	return w.runFallback(ctx, n, nodes)
}
