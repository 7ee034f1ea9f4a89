package config

import (
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential"
	"github.com/sluicegate/sluice/gateway/limit"
	"github.com/sluicegate/sluice/internal/config/yamltree"
)

func (r *reader) virtualKeys(n *yamltree.Node, c *Config) {
	seen := declared{}
	r.list(n, func(item *yamltree.Node) {
		k, limits := credential.NewVirtualKey{Workspace: "default"}, []limit.Rule(nil)
		r.object(item, []field{
			{"name", func(n *yamltree.Node) { r.checked(n, &k.Name, nameProblem) }},
			{"workspace", func(n *yamltree.Node) { r.checked(n, &k.Workspace, nameProblem) }},
			{"provider", func(n *yamltree.Node) { r.provider(n, &k.Provider) }},
			{"api_key", func(n *yamltree.Node) { r.credential(n, &k.Credential) }}, // "none" where the provider wants none
			{"credentials", func(n *yamltree.Node) { r.credentials(n, &k.Credentials) }},
			{"expires_at", func(n *yamltree.Node) { r.expiry(n, &k.ExpiresAt) }},
			{"base_url", func(n *yamltree.Node) { r.checked(n, &k.BaseURL, URLProblem) }},
			{"models", func(n *yamltree.Node) { r.modelNames(n, &k.Models) }},
			{"prices", func(n *yamltree.Node) { r.prices(n, &k.Prices) }},
			{"formats", func(n *yamltree.Node) { r.formats(n, &k.Formats) }},
			{"settings", func(n *yamltree.Node) { r.settings(n, &k.Settings) }},
			{"max_output", func(n *yamltree.Node) { r.maxOutput(n, &k.MaxOutput) }},
			{"rate_limits", func(n *yamltree.Node) { r.ownRateLimits(n, &limits) }},
		}, "name", "provider")
		if item.Kind == yamltree.Map && item.Get("api_key") == nil && item.Get("credentials") == nil {
			r.bad(item, "the key 'api_key' is missing")
		}
		r.checkSettings(item, &k)
		r.checkMissing(item, &k)
		seen.check(r, item, k.Workspace, k.Name)
		c.VirtualKeys = append(c.VirtualKeys, k)
		own(&c.RateLimits, limits, "virtual_key", k.Workspace, k.Name)
	})
}

// credential reads a provider's API key, or a reference to where it is.
func (r *reader) credential(n *yamltree.Node, to *gateway.Secret) {
	r.secret(n, to)
	reference, _, problem := credential.ReadAPIKey(to.Reveal())
	if problem != "" {
		r.bad(n, "%s", problem)
		return
	}
	if strings.HasPrefix(reference, credential.SchemeVault+":") {
		r.inVault = append(r.inVault, n)
	}
	if name, ok := strings.CutPrefix(reference, credential.SchemeEnv+":"); ok {
		if value, set := r.getenv(name); !set || value == "" {
			r.bad(n, "the environment variable %s is not set", name)
		}
	}
}

// credentials reads several credentials of one virtual key.
func (r *reader) credentials(n *yamltree.Node, to *[]credential.NewCredential) {
	if n.Kind == yamltree.List && len(n.Items) == 0 {
		r.bad(n, "is an empty list")
	}
	seen := declared{}
	r.list(n, func(item *yamltree.Node) {
		c := credential.NewCredential{Weight: 1}
		r.object(item, []field{
			{"name", func(n *yamltree.Node) { r.checked(n, &c.Name, nameProblem) }},
			{"api_key", func(n *yamltree.Node) { r.credential(n, &c.Credential) }},
			{"weight", func(n *yamltree.Node) { r.integer(n, 1, &c.Weight) }},
		}, "name", "api_key")
		seen.check(r, item, "", c.Name)
		*to = append(*to, c)
	})
}

// modelNames reads the models of a virtual key. An empty list would allow none.
func (r *reader) modelNames(n *yamltree.Node, to *[]string) {
	if n.Kind == yamltree.List && len(n.Items) == 0 {
		r.bad(n, "is an empty list, which would allow no model; leave it out to allow all")
	}
	r.strings(n, to)
}

// expiry reads a time that is to come. A server that starts again with a key that has expired
// since is not kept from starting: only a check of the file looks at the clock.
func (r *reader) expiry(n *yamltree.Node, to *time.Time) {
	if r.time(n, to); r.checks.Now != nil && !to.IsZero() && !to.After(r.checks.Now()) {
		r.bad(n, "is in the past")
	}
}

func (r *reader) provider(n *yamltree.Node, to *string) {
	if r.str(n, to); *to != "" && r.checks.Vendor != nil && !r.checks.Vendor(*to) {
		r.bad(n, "%s is no provider that Sluice knows", r.quote(n))
	}
}

// prices reads prices by model.
func (r *reader) prices(n *yamltree.Node, to *gateway.Prices) {
	if n.Kind != yamltree.Map {
		r.wrong(n, "a map of models")
		return
	}
	*to = gateway.Prices{}
	for _, f := range n.Fields {
		p := gateway.Price{Version: "virtual_key"}
		r.onePrice(f.Value, &p)
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

// settings reads texts and numbers by name.
func (r *reader) settings(n *yamltree.Node, to *gateway.ProviderSettings) {
	if n.Kind != yamltree.Map {
		r.wrong(n, "a map of settings")
		return
	}
	*to = gateway.ProviderSettings{}
	for _, f := range n.Fields {
		if f.Value.Kind != yamltree.String && f.Value.Kind != yamltree.Number {
			r.wrong(f.Value, "a text")
			continue
		}
		(*to)[f.Name] = f.Value.Text
	}
}

// checkSettings reports a setting that the provider does not take.
func (r *reader) checkSettings(key *yamltree.Node, k *credential.NewVirtualKey) {
	if len(k.Settings) == 0 || r.checks.Settings == nil {
		return
	}
	at := key.Get("settings")
	name, problem := r.checks.Settings(k.Provider, k.Settings)
	if n := at.Get(name); n != nil {
		at = n
	}
	if problem != "" {
		r.bad(at, "%s", problem)
	}
}

// checkMissing reports a field without which the provider cannot be called.
func (r *reader) checkMissing(key *yamltree.Node, k *credential.NewVirtualKey) {
	if r.checks.Missing == nil {
		return
	}
	if field, problem := k.Missing(r.checks.Missing); problem != "" {
		r.bad(key, "the key '%s' %s", field, problem)
	}
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

// onePrice reads amounts by unit in USD, per million tokens or per piece, and conditions.
func (r *reader) onePrice(n *yamltree.Node, p *gateway.Price) {
	amounts := map[gateway.Unit]int64{}
	var conditions []gateway.PriceCondition
	required := []string{"input", "output"}
	for _, unit := range gateway.Units {
		if !unit.PerMillion() && n.Get(string(unit)) != nil {
			required = nil
		}
	}
	fields := append(r.units(amounts), field{"conditions", func(n *yamltree.Node) {
		r.list(n, func(item *yamltree.Node) {
			c := gateway.PriceCondition{Amounts: map[gateway.Unit]int64{}}
			over := 0
			r.object(item, append(r.units(c.Amounts),
				field{"tier", func(n *yamltree.Node) { r.str(n, &c.Tier) }},
				field{"region", func(n *yamltree.Node) { r.str(n, &c.Region) }},
				field{"size", func(n *yamltree.Node) { r.str(n, &c.Size) }},
				field{"quality", func(n *yamltree.Node) { r.str(n, &c.Quality) }},
				field{"over", func(n *yamltree.Node) { r.integer(n, 1, &over) }}))
			c.Over = int64(over)
			conditions = append(conditions, c)
		})
	}})
	before := len(r.problems)
	r.object(n, fields, required...)
	if n.Kind != yamltree.Map || len(r.problems) > before {
		return
	}
	made, err := gateway.NewPrice(amounts, conditions)
	if err != nil {
		r.bad(n, "%s", gateway.AsError(err).Public)
		return
	}
	made.Version = p.Version
	*p = made
}

// units are the fields of all units.
func (r *reader) units(to map[gateway.Unit]int64) []field {
	var out []field
	for _, unit := range gateway.Units {
		out = append(out, field{string(unit), func(n *yamltree.Node) {
			var amount int64
			r.price(n, &amount)
			to[unit] = amount
		}})
	}
	return out
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
