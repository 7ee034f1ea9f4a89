package pricing

import (
	"maps"
	"slices"

	"github.com/sluicegate/sluice/gateway"
)

// snapshot is what calls read. It is immutable.
type snapshot struct {
	rules    map[string][]Rule // by workspace, "" = of all; the most specific first
	unpriced map[string]gateway.UnpricedModels
	server   gateway.UnpricedModels
}

func newSnapshot(rules []Rule, server gateway.UnpricedModels, byWorkspace ...map[string]gateway.UnpricedModels) *snapshot {
	x := &snapshot{rules: map[string][]Rule{}, unpriced: map[string]gateway.UnpricedModels{}, server: server}
	for _, r := range rules {
		x.rules[r.Workspace] = append(x.rules[r.Workspace], r)
	}
	for _, of := range x.rules {
		slices.SortStableFunc(of, func(a, b Rule) int { return a.selectors().before(b.selectors()) })
	}
	for _, m := range byWorkspace {
		maps.Copy(x.unpriced, m)
	}
	return x
}

// rule finds the most specific rule for a call.
func (x *snapshot) rule(p *gateway.Principal, t *gateway.Target, model string) *Rule {
	for _, workspace := range []string{p.Workspace, ""} {
		of := x.rules[workspace]
		for i := range of {
			if of[i].concerns(p, t, model) {
				return &of[i]
			}
		}
	}
	return nil
}

func (x *snapshot) unpricedModels(workspace string) gateway.UnpricedModels {
	if u, ok := x.unpriced[workspace]; ok {
		return u
	}
	return x.server
}
