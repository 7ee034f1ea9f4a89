package route

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
)

// Resolve gives the Plan of a prompt call once its model is known. Configure runs before
// the template is read, so it leaves a target that nothing names without a Provider (and
// such a Plan never reaches Router). The prompt stage renders, calls Resolve with the
// model of the rendered request, and goes on with ex.WithPlan(plan, rendered): the model
// may stay in the body as the template has it, the targets carry what to send instead.
//
// The tree of ex.Plan is kept, also where the prompt stage has narrowed it to one arm.
// Only where the config was not chosen by the caller and the template addresses one
// target outright ("@virtual-key/model", "mock/…") does that target replace the tree.
func (s *Service) Resolve(ctx context.Context, ex *gateway.Exchange, model string) (*gateway.Plan, error) {
	pick, err := s.chooseConfig(ctx, ex)
	if err != nil {
		return nil, err
	}
	c, err := s.newCompiler(ctx, ex, &pick, model)
	if err != nil {
		return nil, err
	}
	c.allowUnnamed = ex.Request.Op == gateway.OpRender
	plan := ex.Plan
	// The request need not show which prompt it came from, so what the Plan says of its
	// source counts.
	c.callerConfig = plan.Slug == ""
	var origin *sharedPlan
	if pick.source == plan.Source && c.replacesTargets(&pick) {
		if plan, err = s.plan(&c, ex, &pick); err != nil {
			return nil, err
		}
	} else if origin = pick.sharedPlan(plan); !c.allowUnnamed {
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
	if err := s.checkModelAllowed(plan, model); err != nil {
		return plan, err
	}
	origin.storeResolved(model, plan)
	return plan, nil
}

// touches reports whether a target of n depends on the model.
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

// settle fills in the address of a target that has none, and the model without its
// prefix.
func (c *compiler) completeTarget(t *gateway.Target) error {
	if t.Provider == "" {
		in := inherited{customHost: t.BaseURL, apiKey: t.Credential, overrides: t.Override}
		t.BaseURL, t.Credential = "", gateway.Secret{}
		ask := c.requested
		if t.Model != "" { // only the entries of a "fallback" list have one without a provider
			ask = c.fallbackTarget(t.Model, &in, t)
		}
		if ask.empty() {
			if c.allowUnnamed {
				t.BaseURL, t.Credential = in.customHost, in.apiKey
				return nil
			}
			return noProviderError(c.model)
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
