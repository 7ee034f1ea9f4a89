package litellm

import (
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// maxFallbacks is LiteLLM's max_fallbacks.
const maxFallbacks = 5

// withFallbacks is the config of a group: the group itself, then what is asked after each kind of
// failure. Without a list of its own a full context or a policy's refusal is a failure like any
// other.
func (r *reader) withFallbacks(all []*group, g *group) target {
	general := r.defaults.fallbacks[g.name]
	if general == nil {
		general = r.defaults.everyGroup
	}
	window, policy := r.defaults.contextWindow[g.name], r.defaults.contentPolicy[g.name]
	targets := []target{g.body}
	targets = append(targets, r.chain(all, g, window, gateway.CodeContextWindow)...)
	targets = append(targets, r.chain(all, g, policy, gateway.CodeContentPolicy)...)
	others := []string{gateway.ErrorOther}
	switch {
	case window == nil && policy == nil:
		others = nil
	case window == nil:
		others = append(others, gateway.CodeContextWindow)
	case policy == nil:
		others = append(others, gateway.CodeContentPolicy)
	}
	targets = append(targets, r.chain(all, g, general, others...)...)
	if len(targets) == 1 {
		return only(g.body)
	}
	return fallbackOver(targets)
}

// chain is the targets of one list of fallbacks.
func (r *reader) chain(all []*group, g *group, models []string, onErrors ...string) []target {
	var out []target
	for _, model := range models {
		body, ok := bodyOf(all, model)
		switch {
		case model == g.name:
		case !ok:
			r.unknownFallback(model)
		case len(out) < maxFallbacks:
			body.OnErrors = onErrors
			out = append(out, body)
		}
	}
	return out
}

// unknownFallback notes a name in a list of fallbacks that is no model, once.
func (r *reader) unknownFallback(model string) {
	if at, ok := r.places[model]; ok {
		r.note(at, Unsupported, "it is no model of this file")
		delete(r.places, model)
	}
}

// bodyOf is the group that a name means, by name or by a star.
func bodyOf(all []*group, model string) (target, bool) {
	for _, g := range all {
		if g.name == model {
			return g.body, true
		}
	}
	for _, g := range all {
		before, after, ok := strings.Cut(g.name, "*")
		if !ok || strings.Contains(after, "*") || len(model) < len(g.name)-1 {
			continue
		}
		if rest, ok := strings.CutPrefix(model, before); ok {
			if star, ok := strings.CutSuffix(rest, after); ok {
				return withModel(g.body, strings.Replace(g.deployments[0].model, "*", star, 1)), true
			}
		}
	}
	return target{}, false
}
