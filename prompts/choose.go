package prompts

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
)

// choice is the template version of one call, and what is left of the plan once it is
// chosen.
type choice struct {
	address
	root      *gateway.Node
	arm, by   string                     // of the config's choice among prompts
	elsewhere func(variable string) bool // nil: nowhere
}

// choose finds the version that a call means. Prompts that the config's targets name beat
// the one in the path, as Portkey has it: that is how a config compares prompts.
func choose(ex *gateway.Exchange, sh *shelf) (*choice, error) {
	c := &choice{}
	if ex.Plan != nil {
		c.root = ex.Plan.Root
	}
	if !carriesPrompt(ex.Plan) {
		var err error
		c.address, err = sh.find(ex.Request.Prompt.ID)
		return c, err
	}
	before := c.root
	if err := c.narrow(ex, sh); err != nil {
		return nil, err
	}
	leaf := promptLeaf(c.root)
	if leaf == nil {
		return nil, gateway.InvalidField("prompts.choose", before.Path, "No target of the config at '"+before.Path+"' can be drawn: all weights are 0.")
	}
	a, err := sh.find(leaf.PromptID)
	if err != nil {
		return nil, gateway.InvalidField("prompts.choose", leaf.Path+".prompt_id", gateway.AsError(err).Public)
	}
	c.address = a
	if c.arm != "" {
		c.elsewhere = func(name string) bool { return knownTo(sh, before, name) }
	}
	return c, nil
}

// knownTo reports whether any prompt below n knows the variable.
func knownTo(sh *shelf, n *gateway.Node, name string) bool {
	for t := range n.Targets() {
		if a, err := sh.find(t.PromptID); err == nil {
			if e, err := sh.experiment(a); err == nil && e.arms[0].knows(name) {
				return true
			}
		}
	}
	return false
}

func nodeCarries(n *gateway.Node) bool {
	if n == nil {
		return false
	}
	if n.Target != nil {
		return n.Target.PromptID != ""
	}
	for _, c := range n.Nodes {
		if nodeCarries(c) {
			return true
		}
	}
	return false
}

// promptLeaf is the first target below n that names a prompt.
func promptLeaf(n *gateway.Node) *gateway.Target {
	for t := range n.Targets() {
		if t.PromptID != "" {
			return t
		}
	}
	return nil
}

// narrow draws at every loadbalance above prompts and keeps the chosen node alone. What
// falls back must render the same prompt: the messages are written once.
func (c *choice) narrow(ex *gateway.Exchange, sh *shelf) error {
	var err error
	c.root, err = c.drawn(ex, c.root)
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

func (c *choice) drawn(ex *gateway.Exchange, n *gateway.Node) (*gateway.Node, error) {
	if n.Target != nil || !nodeCarries(n) {
		return n, nil
	}
	if n.Mode != gateway.ModeLoadbalance {
		kept := *n
		kept.Nodes = nil
		for _, child := range n.Nodes {
			d, err := c.drawn(ex, child)
			if err != nil {
				return nil, err
			}
			if d != nil {
				kept.Nodes = append(kept.Nodes, d)
			}
		}
		return &kept, nil
	}
	key, by := keyOf(ex, "metadata._user")
	slug := ""
	if ex.Plan != nil {
		slug = ex.Plan.Slug
	}
	i := draw("config "+slug+" "+n.Path, key, len(n.Nodes), func(i int) (string, float64) { return n.Nodes[i].Path, n.Nodes[i].Weight })
	if i < 0 {
		return &gateway.Node{Path: n.Path, Mode: gateway.ModeSingle}, nil
	}
	chosen := n.Nodes[i]
	if c.arm == "" {
		c.arm, c.by = armName(chosen), by
	}
	inner, err := c.drawn(ex, chosen)
	if err != nil {
		return nil, err
	}
	kept := *n
	kept.Mode, kept.Nodes = gateway.ModeSingle, []*gateway.Node{inner}
	return &kept, nil
}

func armName(n *gateway.Node) string {
	if n.Name != "" {
		return n.Name
	}
	if t := promptLeaf(n); t != nil {
		return t.PromptID
	}
	return n.Path
}

// targets gives the plan of a call that was rendered for model. The model may decide the
// targets where the call and its config left them open: Resolve knows, and keeps what is
// decided.
func (s *Service) targets(ctx context.Context, ex *gateway.Exchange, root *gateway.Node, model string) (*gateway.Plan, error) {
	const op = "prompts.targets"
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
	case model == "" && open(root):
		return nil, gateway.InvalidField(op, "model", "Neither the call nor the prompt names a model.")
	case open(root):
		return nil, gateway.InvalidField(op, "model", "Nothing names a provider for the model '"+model+"'.")
	}
	return ex.Plan, nil
}

// open reports whether a target below n has no provider yet.
func open(n *gateway.Node) bool {
	none := true
	for t := range n.Targets() {
		if t.Provider == "" {
			return true
		}
		none = false
	}
	return none
}
