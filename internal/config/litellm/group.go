package litellm

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/config"
	"github.com/sluicegate/sluice/internal/config/yamltree"
)

// group is a model_name with its deployments.
type group struct {
	name        string
	at          place
	deployments []*deployment
	body        target // without fallbacks
	slug        string
}

// defaultRetries is LiteLLM's.
const defaultRetries = 2

// groups reads model_list and writes a config for each model_name.
func (r *reader) groups(list *yamltree.Node) {
	if !r.defaults.retriesSet {
		r.defaults.retries = defaultRetries
	}
	var all []*group
	byName := map[string]*group{}
	for _, item := range list.Items {
		d := r.deployment(item)
		if d == nil {
			continue
		}
		g := byName[d.group]
		if g == nil {
			g = &group{name: d.group, at: d.at, slug: r.slugs.of(d.group)}
			byName[d.group] = g
			all = append(all, g)
		}
		if len(g.deployments) > 0 && strings.Contains(g.name, "*") && d.model != g.deployments[0].model {
			r.note(d.at, Unsupported, "the deployments of one name with a star must write their models alike; this one is left out")
			continue
		}
		g.deployments = append(g.deployments, d)
	}
	for _, g := range all {
		g.body = r.body(g)
	}
	for _, g := range all {
		r.publish(all, g)
	}
	r.publishAliases(byName)
}

// body balances or orders the deployments of a group: those of the lowest order first, and the next
// order when all of them have failed.
func (r *reader) body(g *group) target {
	byOrder := map[int64][]*deployment{}
	var orders []int64
	for _, d := range g.deployments {
		if byOrder[d.order] == nil {
			orders = append(orders, d.order)
		}
		byOrder[d.order] = append(byOrder[d.order], d)
	}
	slices.Sort(orders)
	var levels []target
	for _, order := range orders {
		level := byOrder[order]
		var leaves []target
		for _, d := range level {
			leaves = append(leaves, r.leaf(g, d, len(level)))
		}
		if len(leaves) == 1 {
			levels = append(levels, leaves[0])
			continue
		}
		chosen := &strategy{Mode: r.defaults.mode} // weights have no effect
		if chosen.Mode == "" {
			weigh(leaves, level)
			chosen = &strategy{Mode: gateway.ModeLoadbalance, Failover: true}
		}
		levels = append(levels, target{Strategy: chosen, Targets: leaves})
	}
	if len(levels) == 1 {
		return levels[0]
	}
	return only(fallbackOver(levels)) // the orders of a group are no fallbacks
}

// weigh sets the weights of balanced leaves: weight if one of them has it, else rpm, else tpm.
func weigh(leaves []target, of []*deployment) {
	for _, by := range []func(*deployment) float64{
		func(d *deployment) float64 { return d.weight }, func(d *deployment) float64 { return d.rpm }, func(d *deployment) float64 { return d.tpm },
	} {
		if !slices.ContainsFunc(of, func(d *deployment) bool { return by(d) > 0 }) {
			continue
		}
		for i, d := range of {
			w := min(by(d), 1e9)
			leaves[i].Weight = &w
		}
		return
	}
}

// leaf is the target of one deployment, which shares its retries with its siblings.
func (r *reader) leaf(g *group, d *deployment, siblings int) target {
	t := target{Timeout: d.timeout, Default: d.defaults, Drop: d.drop}
	retries := r.defaults.retries
	if d.retries != nil {
		retries = *d.retries
	}
	if retries = max(0, retries-(siblings-1)); retries > 0 {
		t.Retry = &retries
	}
	if d.mock != nil {
		t.Provider, t.Override = "mock", map[string]string{"model": "reply", "mock_response": *d.mock}
		return t
	}
	d.key.Name = r.keys.of(g.name)
	r.config.VirtualKeys = append(r.config.VirtualKeys, d.key)
	t.Key = d.key.Name
	if !strings.Contains(g.name, "*") {
		t.Override = map[string]string{"model": d.model}
	}
	return t
}

// publish writes the config of a group, with its fallbacks, and gives its name to it.
func (r *reader) publish(all []*group, g *group) {
	raw, err := json.Marshal(r.withFallbacks(all, g))
	if err != nil {
		r.note(g.at, Unsupported, "its parameters are no JSON; the model is left out")
		return
	}
	if r.checks.Config != nil {
		if problems := r.checks.Config(raw); len(problems) > 0 {
			r.note(g.at, Unsupported, "its config cannot be used and the model is left out: %s %s", problems[0].Path, problems[0].Message)
			return
		}
	}
	r.config.Configs = append(r.config.Configs, config.SavedConfig{Slug: g.slug, Name: g.name, Workspace: gateway.DefaultWorkspace, Document: raw})
	r.config.Models = append(r.config.Models, r.modelName(g, g.name, false))
}

func (r *reader) modelName(g *group, name string, hidden bool) config.ModelName {
	first := g.deployments[0]
	return config.ModelName{Name: name, Workspace: gateway.DefaultWorkspace, Config: g.slug, Model: first.model, Provider: first.key.Provider, Hidden: hidden}
}

// publishAliases gives further names to groups.
func (r *reader) publishAliases(byName map[string]*group) {
	for _, a := range r.defaults.aliases {
		g := byName[a.group]
		switch {
		case g == nil:
			r.note(a.at, Unsupported, "it stands for no model of this file")
		case byName[a.name] != nil:
			r.note(a.at, Ignored, "a model of this file has the name itself")
		default:
			r.config.Models = append(r.config.Models, r.modelName(g, a.name, a.hidden))
		}
	}
}
