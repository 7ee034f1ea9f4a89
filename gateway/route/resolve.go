package route

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route/allow"
)

// Resolve returns the Plan of a prompt call, once the model of the rendered prompt is known.
// Configure runs before the template is read. It leaves Provider empty in targets that
// neither config nor request name; the Router never gets such a Plan. The prompt stage
// renders the template, calls Resolve with the rendered request's model, and continues with
// ex.WithPlan(plan, rendered). The body may keep the model as the template wrote it: each
// target sets the model to send.
//
// The tree of ex.Plan is kept, even if the prompt stage has narrowed it to one arm. There is
// one exception: if an admin chose the config and the template names a target explicitly
// ("@virtual-key/model", "mock/…"), that target replaces the tree.
func (s *Service) Resolve(ctx context.Context, ex *gateway.Exchange, model string) (*gateway.Plan, error) {
	chosen, err := s.chooseConfig(ctx, ex)
	if err != nil {
		return nil, err
	}
	c, err := s.newCompiler(ctx, ex, &chosen, model)
	if err != nil {
		return nil, err
	}
	c.allowUnnamed = ex.Request.Op == gateway.OpRender
	plan := ex.Plan
	// The rendered request may no longer name its prompt, so the Plan tells the source.
	c.operators = plan.FromFile
	var origin *sharedPlan
	if chosen.source == plan.Source && c.replacesTargets(&chosen) {
		if plan, err = s.plan(&c, ex, &chosen); err != nil {
			return nil, err
		}
	} else if origin = chosen.sharedPlan(plan); !c.allowUnnamed {
		if p := origin.resolvedFor(model); p != nil {
			return p, nil
		}
	}
	if c.dependsOnModel(plan.Root) {
		resolved := *plan
		if resolved.Root, err = c.resolveNode(plan.Root); err != nil {
			return nil, err
		}
		plan = &resolved
	}
	if c.allowUnnamed {
		return plan, nil
	}
	if err := allow.Plan(plan, model); err != nil {
		return plan, err
	}
	origin.storeResolved(model, plan)
	return plan, nil
}

// dependsOnModel reports whether a target of n depends on the model.
func (c *compiler) dependsOnModel(n *gateway.Node) bool {
	for t := range n.Targets() {
		if t.Provider == "" || t.Model == "" && c.requested.bodyModel != c.model {
			return true
		}
	}
	return false
}

func (c *compiler) resolveNode(n *gateway.Node) (*gateway.Node, error) {
	out := *n
	if n.Target != nil {
		t := *n.Target
		out.Target = &t
		err := c.completeTarget(&t)
		return &out, err
	}
	out.Nodes = make([]*gateway.Node, len(n.Nodes))
	for i, child := range n.Nodes {
		var err error
		if out.Nodes[i], err = c.resolveNode(child); err != nil {
			return nil, err
		}
	}
	return &out, nil
}

// completeTarget sets provider and credential of a target that has none, and the model
// without its prefix.
func (c *compiler) completeTarget(t *gateway.Target) error {
	if t.Provider == "" {
		in := inherited{customHost: t.BaseURL, apiKey: t.Credential, overrides: t.Override}
		t.BaseURL, t.Credential = "", gateway.Secret{}
		ask := c.requested
		if t.Model != "" { // only entries of a "fallback" list have a model but no provider
			ask = c.fallbackTarget(t.Model, &in, t)
		}
		if ask.empty() {
			if c.allowUnnamed {
				t.BaseURL, t.Credential = in.customHost, in.apiKey
				return nil
			}
			var err error
			if ask, err = c.bareTarget(ask.model, in); err != nil {
				return err
			}
		}
		if t.Model == "" {
			t.Model = ask.model
		}
		if err := c.resolveTarget(t, ask, in); err != nil {
			return err
		}
	}
	if t.Model == "" && c.requested.bodyModel != c.model {
		t.Model = c.requested.bodyModel
	}
	return nil
}
