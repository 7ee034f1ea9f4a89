package ranking

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route/allow"
)

// priced is the place of a child of a cheapest node.
func (r *Ranker) priced(ex *gateway.Exchange, n *gateway.Node) place {
	nano, reason := r.costOf(ex, n)
	p := place{node: n, figure: nano, behind: behind[reason], Place: gateway.Place{Node: n.Path, Reason: reason}}
	if reason == gateway.RankByFigure {
		p.Known, p.Cost = true, int64(nano)
	}
	return p
}

// behind is how far a reason puts a child behind those that have none.
var behind = map[gateway.RankReason]int{gateway.RankUnpriced: 1, gateway.RankUnmeasured: 1, gateway.RankFailing: 2, gateway.RankRefused: 3}

// costOf estimates what the call costs at n.
func (r *Ranker) costOf(ex *gateway.Exchange, n *gateway.Node) (nano float64, reason gateway.RankReason) {
	switch {
	case n.Target != nil:
		return r.costAt(ex, n.Target)
	case n.Mode == gateway.ModeLoadbalance && !n.Ordered:
		return mean(n, func(child *gateway.Node) (float64, gateway.RankReason) { return r.costOf(ex, child) })
	}
	if first := r.first(ex, n); first != nil {
		return r.costOf(ex, first)
	}
	return 0, gateway.RankRefused
}

func (r *Ranker) costAt(ex *gateway.Exchange, t *gateway.Target) (float64, gateway.RankReason) {
	req, ok := usable(ex, t)
	if !ok {
		return 0, gateway.RankRefused
	}
	if r.Cost == nil {
		return 0, gateway.RankUnpriced
	}
	nano, known := r.Cost(ex, t, req)
	if !known {
		return 0, gateway.RankUnpriced
	}
	return float64(nano), gateway.RankByFigure
}

// usable returns the request for a target; ok is false if the call does not fit the target or may not use
// it. The Router says why, where no other target answers.
func usable(ex *gateway.Exchange, t *gateway.Target) (req *gateway.Request, ok bool) {
	if t.Provider == "" {
		return nil, false
	}
	req, err := t.Apply(ex.Request)
	return req, err == nil && allow.Models(t, req) == nil && allow.Caller(ex.Principal, t, req) == nil
}
