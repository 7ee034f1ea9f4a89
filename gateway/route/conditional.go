package route

import "github.com/sluicegate/sluice/gateway"

// choosePlan returns p with each conditional node replaced by the child that is for this call: p
// itself if it has none. The stages behind Configure see nothing of the other children, so that no
// answer of theirs is taken from the cache and no list of models refuses the call for them.
func choosePlan(p *gateway.Plan, ex *gateway.Exchange) (*gateway.Plan, error) {
	root, err := chooseNode(p.Root, ex)
	if err != nil || root == p.Root {
		return p, err
	}
	chosen := *p
	chosen.Root = root
	return &chosen, nil
}

func chooseNode(n *gateway.Node, ex *gateway.Exchange) (*gateway.Node, error) {
	if n == nil || n.Target != nil {
		return n, nil
	}
	if n.Mode == gateway.ModeConditional {
		at, ok := n.Chooser.Choose(ex.Envelope, ex.Request)
		if !ok {
			return nil, &gateway.Error{Op: "route.Configure", Kind: gateway.Invalid, Param: "config", Code: "no_condition_holds", Target: n.Path,
				Public: "None of the conditions of " + n.Path + ".strategy holds for this call, and it has no default."}
		}
		child := *n.Nodes[at]
		child.Weight, child.OnErrors = n.Weight, n.OnErrors // its place is that of n
		return chooseNode(&child, ex)
	}
	out := n
	for i, child := range n.Nodes {
		chosen, err := chooseNode(child, ex)
		if err != nil {
			return nil, err
		}
		if chosen == child {
			continue
		}
		if out == n {
			c := *n
			c.Nodes = append([]*gateway.Node(nil), n.Nodes...)
			out = &c
		}
		out.Nodes[i] = chosen
	}
	return out, nil
}
