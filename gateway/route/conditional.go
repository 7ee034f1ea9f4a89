package route

import (
	"slices"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route/sticky"
)

// choosePlan returns p with each conditional node replaced by the child that is for this call, and the
// children of each sticky node in their order for it: p itself if it has neither. The stages behind Configure see nothing of the other children, so that no
// answer of theirs is taken from the cache and no list of models refuses the call for them.
func choosePlan(p *gateway.Plan, ex *gateway.Exchange, at time.Time) (*gateway.Plan, error) {
	root, err := chooser{p, ex, at}.chooseNode(p.Root)
	if err != nil || root == p.Root {
		return p, err
	}
	chosen := *p
	chosen.Root = root
	return &chosen, nil
}

// chooser chooses for one call.
type chooser struct {
	plan *gateway.Plan
	ex   *gateway.Exchange
	at   time.Time
}

func (c chooser) chooseNode(n *gateway.Node) (*gateway.Node, error) {
	if n == nil || n.Target != nil {
		return n, nil
	}
	if n.Mode == gateway.ModeConditional {
		at, ok := n.Chooser.Choose(c.ex.Envelope, c.ex.Request)
		if !ok {
			return nil, &gateway.Error{Op: "route.Configure", Kind: gateway.Invalid, Param: "config", Code: "no_condition_holds", Target: n.Path,
				Public: "None of the conditions of " + n.Path + ".strategy holds for this call, and it has no default."}
		}
		child := *n.Nodes[at]
		child.Weight, child.OnErrors = n.Weight, n.OnErrors // its place is that of n
		return c.chooseNode(&child)
	}
	out := n
	for i, child := range n.Nodes {
		chosen, err := c.chooseNode(child)
		if err != nil {
			return nil, err
		}
		if chosen == child {
			continue
		}
		if out == n {
			kept := *n
			kept.Nodes = append([]*gateway.Node(nil), n.Nodes...)
			out = &kept
		}
		out.Nodes[i] = chosen
	}
	if n.Keeper == nil {
		return out, nil
	}
	order := n.Keeper.Order(c.ex.Envelope, c.ex.Request, sticky.Scope(c.ex.Principal.Workspace, c.plan.Slug, n.Path), c.at)
	return inOrder(out, order), nil
}

// inOrder returns n with its children in this order, and behind them those that are never drawn. An
// order that is empty leaves n as it is: the call is drawn like one of a loadbalance that is not sticky.
func inOrder(n *gateway.Node, order []int) *gateway.Node {
	if len(order) == 0 {
		return n
	}
	out := *n
	out.Ordered, out.Nodes = true, make([]*gateway.Node, 0, len(n.Nodes))
	for _, i := range order {
		out.Nodes = append(out.Nodes, n.Nodes[i])
	}
	for i, child := range n.Nodes {
		if !slices.Contains(order, i) {
			out.Nodes = append(out.Nodes, child)
		}
	}
	return &out
}
