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
	pick, err := s.choose(ctx, ex)
	if err != nil {
		return nil, err
	}
	c, err := s.compiler(ctx, ex, &pick, model)
	if err != nil {
		return nil, err
	}
	c.open = ex.Request.Op == gateway.OpRender
	plan := ex.Plan
	// The request need not show which prompt it came from, so what the Plan says of its
	// source counts.
	c.foreign = plan.Slug == ""
	var origin *sharedPlan
	if pick.source == plan.Source && c.replaces(&pick) {
		if plan, err = s.plan(&c, ex, &pick); err != nil {
			return nil, err
		}
	} else if origin = pick.origin(plan); !c.open {
		if p := origin.settled(model); p != nil {
			return p, nil
		}
	}
	if c.touches(plan.Root) {
		resolved := *plan
		if resolved.Root, err = c.resolve(plan.Root); err != nil {
			return nil, err
		}
		plan = &resolved
	}
	if c.open {
		return plan, nil
	}
	if err := s.permit(plan, model); err != nil {
		return plan, err
	}
	origin.settle(model, plan)
	return plan, nil
}

// touches reports whether a target of n depends on the model.
func (c *compiler) touches(n *gateway.Node) bool {
	for t := range n.Targets() {
		if t.Provider == "" || t.Model == "" && c.ask.body != c.model {
			return true
		}
	}
	return false
}

func (c *compiler) resolve(n *gateway.Node) (*gateway.Node, error) {
	out := *n
	if n.Target != nil {
		t := *n.Target
		out.Target = &t
		err := c.settle(&t)
		return &out, err
	}
	out.Nodes = make([]*gateway.Node, len(n.Nodes))
	for i, child := range n.Nodes {
		var err error
		if out.Nodes[i], err = c.resolve(child); err != nil {
			return nil, err
		}
	}
	return &out, nil
}

// settle fills in the address of a target that has none, and the model without its
// prefix.
func (c *compiler) settle(t *gateway.Target) error {
	if t.Provider == "" {
		in := scope{customHost: t.BaseURL, apiKey: t.Credential, overrides: t.Override}
		t.BaseURL, t.Credential = "", gateway.Secret{}
		ask := c.ask
		if t.Model != "" { // only the entries of a "fallback" list have one without a provider
			ask = c.entry(t.Model, &in, t)
		}
		if ask.empty() {
			if c.open {
				t.BaseURL, t.Credential = in.customHost, in.apiKey
				return nil
			}
			return nowhere(c.model)
		}
		if t.Model == "" {
			t.Model = ask.model
		}
		if err := c.reach(t, ask, in); err != nil {
			return err
		}
	}
	if t.Model == "" && c.ask.body != c.model {
		t.Model = c.ask.body
	}
	return nil
}
