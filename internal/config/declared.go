package config

import (
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential"
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

func (r *reader) workspaces(n *yamltree.Node, to *[]identity.DeclaredWorkspace) {
	seen := declared{}
	r.list(n, func(item *yamltree.Node) {
		var w identity.DeclaredWorkspace
		r.object(item, []field{
			{"name", func(n *yamltree.Node) { r.checked(n, &w.Name, nameProblem) }},
			{"config", func(n *yamltree.Node) { r.checked(n, &w.Config, nameProblem) }},
			{"compat", func(n *yamltree.Node) { r.compat(n, &w.Compat) }},
		}, "name")
		seen.check(r, item, "", w.Name)
		*to = append(*to, w)
	})
}

func (r *reader) virtualKeys(n *yamltree.Node, c *Config) {
	seen := declared{}
	r.list(n, func(item *yamltree.Node) {
		k, limits := credential.NewVirtualKey{Workspace: "default"}, []limit.Rule(nil)
		r.object(item, []field{
			{"name", func(n *yamltree.Node) { r.checked(n, &k.Name, nameProblem) }},
			{"workspace", func(n *yamltree.Node) { r.checked(n, &k.Workspace, nameProblem) }},
			{"provider", func(n *yamltree.Node) { r.provider(n, &k.Provider) }},
			{"api_key", func(n *yamltree.Node) { r.secret(n, &k.Credential) }}, // "none" where the provider wants none
			{"base_url", func(n *yamltree.Node) { r.checked(n, &k.BaseURL, URLProblem) }},
			{"models", func(n *yamltree.Node) { r.strings(n, &k.Models) }},
			{"prices", func(n *yamltree.Node) { r.prices(n, &k.Prices) }},
			{"formats", func(n *yamltree.Node) { r.formats(n, &k.Formats) }},
			{"max_output", func(n *yamltree.Node) { r.maxOutput(n, &k.MaxOutput) }},
			{"rate_limits", func(n *yamltree.Node) { r.ownRateLimits(n, &limits) }},
		}, "name", "provider", "api_key")
		seen.check(r, item, k.Workspace, k.Name)
		c.VirtualKeys = append(c.VirtualKeys, k)
		own(&c.RateLimits, limits, "virtual_key", k.Workspace, k.Name)
	})
}

func (r *reader) provider(n *yamltree.Node, to *string) {
	if r.str(n, to); *to != "" && r.checks.Vendor != nil && !r.checks.Vendor(*to) {
		r.bad(n, "%s is no provider that Sluice knows", r.quote(n))
	}
}

// prices reads {model: {input, output, cache_read, cache_write}} in USD per million tokens.
func (r *reader) prices(n *yamltree.Node, to *gateway.Prices) {
	if n.Kind != yamltree.Map {
		r.wrong(n, "a map of models")
		return
	}
	*to = gateway.Prices{}
	for _, f := range n.Fields {
		p := gateway.Price{Version: "virtual_key"}
		r.object(f.Value, []field{
			{"input", func(n *yamltree.Node) { r.price(n, &p.Input) }},
			{"output", func(n *yamltree.Node) { r.price(n, &p.Output) }},
			{"cache_read", func(n *yamltree.Node) { p.CacheRead = new(int64); r.price(n, p.CacheRead) }},
			{"cache_write", func(n *yamltree.Node) { p.CacheWrite = new(int64); r.price(n, p.CacheWrite) }},
		}, "input", "output")
		(*to)[f.Name] = p
	}
}

// formats reads a list of names, or the base URLs by name, of which an empty one is the key's.
func (r *reader) formats(n *yamltree.Node, to *gateway.Formats) {
	*to = gateway.Formats{}
	if n.Kind != yamltree.Map {
		r.list(n, func(item *yamltree.Node) {
			var name string
			if r.choice(item, &name, gateway.FormatNames()...); name == "" {
				return
			}
			if to.Offers(name) {
				r.bad(item, "'%s' stands twice", name)
			}
			(*to)[name] = ""
		})
		return
	}
	var fields []field
	for _, name := range gateway.FormatNames() {
		fields = append(fields, field{name, func(n *yamltree.Node) {
			url := ""
			if n.Kind != yamltree.Null && (n.Kind != yamltree.String || n.Text != "") {
				r.checked(n, &url, URLProblem)
			}
			(*to)[name] = url
		}})
	}
	r.object(n, fields)
}

// maxOutput reads {model: tokens}.
func (r *reader) maxOutput(n *yamltree.Node, to *map[string]int64) {
	if n.Kind != yamltree.Map {
		r.wrong(n, "a map of models")
		return
	}
	*to = map[string]int64{}
	for _, f := range n.Fields {
		tokens, ok := gateway.ReadCount([]byte(f.Value.Text))
		if f.Value.Kind != yamltree.Number || !ok {
			r.bad(f.Value, "must be a number of tokens such as 8192")
		}
		(*to)[f.Name] = tokens
	}
}

func (r *reader) price(n *yamltree.Node, to *int64) {
	v, ok := parsePrice(n.Text)
	if n.Kind != yamltree.Number && n.Kind != yamltree.String || !ok {
		if !r.reported[n] {
			r.bad(n, "must be USD per million tokens such as 2.50, with at most nine decimals")
		}
		return
	}
	*to = v
}

func (r *reader) apiKeys(n *yamltree.Node, c *Config) {
	seen := declared{}
	r.list(n, func(item *yamltree.Node) {
		k, limits := identity.DeclaredAPIKey{Workspace: "default"}, []limit.Rule(nil)
		r.object(item, append(r.keyAccess(&k.Access), []field{
			{"name", func(n *yamltree.Node) { r.checked(n, &k.Name, nameProblem) }},
			{"key", func(n *yamltree.Node) { r.apiKey(n, &k.Key) }},
			{"member", func(n *yamltree.Node) { r.str(n, &k.Member) }},
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
