package prompts

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/rendezvous"
)

// chosenTemplate is the template version chosen for one call, and the plan narrowed to it.
type chosenTemplate struct {
	resolvedRef
	root             *gateway.Node
	arm, by          string                     // set if the config chose among prompts
	knownInOtherArms func(variable string) bool // reports variables of the arms not chosen; nil: none
}

// choose finds the template version of a call. Prompts that the config's targets name take
// precedence over the one in the path, as with Portkey: that is how a config compares
// prompts.
func choose(ex *gateway.Exchange, templates *workspaceTemplates) (*chosenTemplate, error) {
	c := &chosenTemplate{}
	if ex.Plan != nil {
		c.root = ex.Plan.Root
	}
	if !planNamesPrompt(ex.Plan) {
		var err error
		c.resolvedRef, err = templates.resolve(ex.Request.Prompt.ID)
		return c, err
	}
	before := c.root
	if err := c.narrow(ex, templates); err != nil {
		return nil, err
	}
	leaf := firstPromptTarget(c.root)
	if leaf == nil {
		return nil, gateway.InvalidField("prompts.choose", before.Path, "No target of the config at '"+before.Path+"' can be drawn: all weights are 0.")
	}
	a, err := templates.resolve(leaf.PromptID)
	if err != nil {
		return nil, gateway.InvalidField("prompts.choose", leaf.Path+".prompt_id", gateway.AsError(err).Public)
	}
	c.resolvedRef = a
	if c.arm != "" {
		c.knownInOtherArms = func(name string) bool { return knownBelow(templates, before, name) }
	}
	return c, nil
}

// knownBelow reports whether any prompt below n declares the variable.
func knownBelow(templates *workspaceTemplates, n *gateway.Node, name string) bool {
	for t := range n.Targets() {
		if a, err := templates.resolve(t.PromptID); err == nil {
			if e, err := templates.experiment(a); err == nil && e.arms[0].declares(name) {
				return true
			}
		}
	}
	return false
}

func nodeNamesPrompt(n *gateway.Node) bool {
	if n == nil {
		return false
	}
	if n.Target != nil {
		return n.Target.PromptID != ""
	}
	for _, c := range n.Nodes {
		if nodeNamesPrompt(c) {
			return true
		}
	}
	return false
}

// firstPromptTarget returns the first target below n that names a prompt.
func firstPromptTarget(n *gateway.Node) *gateway.Target {
	for t := range n.Targets() {
		if t.PromptID != "" {
			return t
		}
	}
	return nil
}

// narrow draws at every loadbalance node above prompts and keeps only the chosen child. All
// targets of a fallback must name the same prompt, because the messages are rendered once.
func (c *chosenTemplate) narrow(ex *gateway.Exchange, templates *workspaceTemplates) error {
	var err error
	c.root, err = c.narrowNode(ex, c.root)
	if err != nil || c.root == nil {
		return err
	}
	first := ""
	for t := range c.root.Targets() {
		switch {
		case t.PromptID == "":
		case first == "":
			first = t.PromptID
		case t.PromptID != first:
			return gateway.InvalidField("prompts.choose", t.Path+".prompt_id", "A fallback cannot change the prompt: '"+t.Path+".prompt_id' differs from '"+first+"'.")
		}
	}
	return nil
}

func (c *chosenTemplate) narrowNode(ex *gateway.Exchange, n *gateway.Node) (*gateway.Node, error) {
	if n.Target != nil || !nodeNamesPrompt(n) {
		return n, nil
	}
	if n.Mode != gateway.ModeLoadbalance {
		kept := *n
		kept.Nodes = nil
		for _, child := range n.Nodes {
			d, err := c.narrowNode(ex, child)
			if err != nil {
				return nil, err
			}
			if d != nil {
				kept.Nodes = append(kept.Nodes, d)
			}
		}
		return &kept, nil
	}
	i, by := 0, "sticky"
	if !n.Ordered {
		i, by = drawChild(ex, n)
	}
	if i < 0 {
		return &gateway.Node{Path: n.Path, Mode: gateway.ModeSingle}, nil
	}
	chosen := n.Nodes[i]
	if c.arm == "" {
		c.arm, c.by = armName(chosen), by
	}
	inner, err := c.narrowNode(ex, chosen)
	if err != nil {
		return nil, err
	}
	kept := *n
	kept.Mode, kept.Nodes = gateway.ModeSingle, []*gateway.Node{inner}
	return &kept, nil
}

// drawChild draws a child of n by the caller's user.
func drawChild(ex *gateway.Exchange, n *gateway.Node) (i int, by string) {
	key, by := drawKey(ex, "metadata._user")
	slug := ""
	if ex.Plan != nil {
		slug = ex.Plan.Slug
	}
	return rendezvous.First("config "+slug+" "+n.Path, key, len(n.Nodes), func(i int) (string, float64) { return n.Nodes[i].Path, n.Nodes[i].Weight }), by
}

func armName(n *gateway.Node) string {
	if n.Name != "" {
		return n.Name
	}
	if t := firstPromptTarget(n); t != nil {
		return t.PromptID
	}
	return n.Path
}

// resolveTargets returns the plan of a call that was rendered for model. If neither the call
// nor its config named the targets, they are resolved from the model.
func (s *Service) resolveTargets(ctx context.Context, ex *gateway.Exchange, root *gateway.Node, model string) (*gateway.Plan, error) {
	const op = "prompts.resolveTargets"
	if plan := ex.Plan; plan == nil || plan.Root != root {
		narrowed := gateway.Plan{Source: "prompt"}
		if plan != nil {
			narrowed = *plan
		}
		narrowed.Root = root
		ex = ex.With(ex.Request)
		ex.Plan = &narrowed
	}
	switch {
	case model != "" && s.resolve != nil:
		return s.resolve(ctx, ex, model)
	case model == "" && hasUnnamedTarget(root):
		return nil, gateway.InvalidField(op, "model", "Neither the call nor the prompt names a model.")
	case hasUnnamedTarget(root):
		return nil, gateway.InvalidField(op, "model", "Nothing names a provider for the model '"+model+"'.")
	}
	return ex.Plan, nil
}

// hasUnnamedTarget reports whether a target below n has no provider yet, or n has no target.
func hasUnnamedTarget(n *gateway.Node) bool {
	none := true
	for t := range n.Targets() {
		if t.Provider == "" {
			return true
		}
		none = false
	}
	return none
}
