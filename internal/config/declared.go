package config

import (
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/limit"
	"github.com/sluicegate/sluice/internal/config/yamltree"
)

// declared holds the entries read so far by workspace and name.
type declared map[string]*yamltree.Node

// check reports an entry whose name an earlier entry of the same workspace has.
func (d declared) check(r *reader, n *yamltree.Node, workspace, name string) {
	if name == "" {
		return
	}
	if first := d[workspace+"/"+name]; first != nil {
		at := n.Get("slug")
		if at == nil {
			at = n.At(n.Path + ".name")
		}
		r.bad(at, "'%s' is declared in line %d already", name, first.Line)
		return
	}
	d[workspace+"/"+name] = n
}

func (r *reader) workspaces(n *yamltree.Node, c *Config) {
	seen := declared{}
	r.list(n, func(item *yamltree.Node) {
		var w identity.DeclaredWorkspace
		var unpriced *gateway.UnpricedModels
		r.object(item, []field{
			{"name", func(n *yamltree.Node) { r.checked(n, &w.Name, nameProblem) }},
			{"config", func(n *yamltree.Node) { r.checked(n, &w.Config, nameProblem) }},
			{"compat", func(n *yamltree.Node) { r.compat(n, &w.Compat) }},
			{"unpriced_models", func(n *yamltree.Node) { r.unpricedModels(n, &unpriced) }},
			{"access_groups", func(n *yamltree.Node) { r.accessGroups(n, &w.AccessGroups) }},
		}, "name")
		seen.check(r, item, "", w.Name)
		c.Identity.Workspaces = append(c.Identity.Workspaces, w)
		if unpriced != nil {
			if c.Pricing.Workspaces == nil {
				c.Pricing.Workspaces = map[string]gateway.UnpricedModels{}
			}
			c.Pricing.Workspaces[w.Name] = *unpriced
		}
	})
}

func (r *reader) apiKeys(n *yamltree.Node, c *Config) {
	seen := declared{}
	r.list(n, func(item *yamltree.Node) {
		k, limits := identity.DeclaredAPIKey{Workspace: "default"}, []limit.Rule(nil)
		r.object(item, append(r.keyAccess(&k.Access), []field{
			{"name", func(n *yamltree.Node) { r.checked(n, &k.Name, nameProblem) }},
			{"key", func(n *yamltree.Node) { r.apiKey(n, &k.Key) }},
			{"member", func(n *yamltree.Node) { r.str(n, &k.Member) }},
			{"team", func(n *yamltree.Node) { r.checked(n, &k.Team, nameProblem) }},
			{"role", func(n *yamltree.Node) {
				var role string
				r.choice(n, &role, gateway.RoleNames()...)
				k.Role = gateway.Role(role)
			}},
			{"workspace", func(n *yamltree.Node) { r.checked(n, &k.Workspace, nameProblem) }},
			{"config", func(n *yamltree.Node) { r.checked(n, &k.Config, nameProblem) }},
			{"compat", func(n *yamltree.Node) { r.compat(n, &k.Compat) }},
			{"budget", func(n *yamltree.Node) { r.budget(n, &k.BudgetUSD) }},
			{"rate_limits", func(n *yamltree.Node) { r.ownRateLimits(n, &limits) }},
			{"expires_at", func(n *yamltree.Node) { r.time(n, &k.ExpiresAt) }},
		}...), "name", "key")
		seen.check(r, item, k.Workspace, k.Name)
		c.Identity.APIKeys = append(c.Identity.APIKeys, k)
		own(&c.RateLimits, limits, "api_key", k.Workspace, k.Name)
	})
}

// apiKey reads a key that the operator chose. The key is never quoted in a message.
func (r *reader) apiKey(n *yamltree.Node, to *gateway.Secret) {
	var s string
	if r.str(n, &s); s == "" {
		return
	}
	ok := len(s) >= 8 && len(s) <= 512
	for _, c := range []byte(s) {
		ok = ok && c > ' ' && c < 0x7f
	}
	if !ok {
		r.bad(n, "must be 8 to 512 printable ASCII characters without spaces")
		return
	}
	*to = gateway.NewSecret(s)
}

func (r *reader) budget(n *yamltree.Node, to *string) {
	if n.Kind != yamltree.Number && n.Kind != yamltree.String {
		r.wrong(n, "an amount in USD")
		return
	}
	if r.reported[n] {
		return
	}
	if _, err := gateway.ParseUSD("budget", n.Text); err != nil {
		r.bad(n, "must be an amount in USD such as 12.50, with at most nine decimals")
		return
	}
	*to = n.Text
}

func (r *reader) configs(n *yamltree.Node, to *[]SavedConfig) {
	seen := declared{}
	r.list(n, func(item *yamltree.Node) {
		s := SavedConfig{Workspace: "default"}
		r.object(item, []field{
			{"slug", func(n *yamltree.Node) { r.checked(n, &s.Slug, nameProblem) }},
			{"name", func(n *yamltree.Node) { r.str(n, &s.Name) }},
			{"workspace", func(n *yamltree.Node) { r.checked(n, &s.Workspace, nameProblem) }},
			{"config", func(n *yamltree.Node) { s.Document = r.document(n) }},
		}, "slug", "config")
		seen.check(r, item, s.Workspace, s.Slug)
		*to = append(*to, s)
	})
}

// document reads a config document. Problems of the validator get their position in the file:
// the path "config.targets[0]" becomes "configs[1].config.targets[0]".
func (r *reader) document(n *yamltree.Node) []byte {
	if n.Kind != yamltree.Map {
		r.wrong(n, "a map")
		return nil
	}
	raw := n.JSON()
	if r.checks.Config == nil {
		return raw
	}
	for _, p := range r.checks.Config(raw) {
		r.problems = append(r.problems, placed(n, p))
	}
	return raw
}

// models reads the names that callers use for a config. A name may have stars.
func (r *reader) models(n *yamltree.Node, to *[]ModelName) {
	seen := declared{}
	r.list(n, func(item *yamltree.Node) {
		m := ModelName{Workspace: "default"}
		r.object(item, []field{
			{"name", func(n *yamltree.Node) { r.checked(n, &m.Name, modelProblem) }},
			{"workspace", func(n *yamltree.Node) { r.checked(n, &m.Workspace, nameProblem) }},
			{"config", func(n *yamltree.Node) { r.checked(n, &m.Config, nameProblem) }},
			{"model", func(n *yamltree.Node) { r.str(n, &m.Model) }},
			{"provider", func(n *yamltree.Node) { r.provider(n, &m.Provider) }},
			{"hidden", func(n *yamltree.Node) { r.boolean(n, &m.Hidden) }},
		}, "name", "config")
		seen.check(r, item, m.Workspace, m.Name)
		*to = append(*to, m)
	})
}

// modelProblem says what is wrong with a model name that callers use.
func modelProblem(s string) string {
	if len(s) > 256 || strings.HasPrefix(s, "@") || strings.Count(s, "*") > 8 {
		return "must be at most 256 characters with at most 8 stars, and must not begin with '@'"
	}
	return ""
}
