package config

import (
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity/access"
	"github.com/sluicegate/sluice/internal/config/yamltree"
)

// keyAccess are the fields of an API key that say what it may do and use.
func (r *reader) keyAccess(to *access.Rules) []field {
	return []field{
		{"scopes", func(n *yamltree.Node) {
			var list []string
			r.strings(n, &list)
			for _, s := range list {
				to.Scopes = append(to.Scopes, gateway.Permission(s))
			}
		}},
		{"models", func(n *yamltree.Node) { r.strings(n, &to.Models) }},
		{"virtual_keys", func(n *yamltree.Node) { r.strings(n, &to.VirtualKeys) }},
		{"allowed_ips", func(n *yamltree.Node) {
			var list []string
			r.strings(n, &list)
			var err error
			if to.Addresses, err = access.ParseAddresses("config", n.Path, list); err != nil {
				r.bad(n, "must list IP addresses or ranges such as 10.0.0.0/8")
			}
		}},
		{"model_aliases", func(n *yamltree.Node) { r.textMap(n, &to.ModelAliases) }},
		{"metadata", func(n *yamltree.Node) { r.textMap(n, &to.Metadata) }},
		{"allow_config_override", func(n *yamltree.Node) {
			allow := true
			r.boolean(n, &allow)
			to.LockConfig = !allow
		}},
		{"tags", func(n *yamltree.Node) { r.strings(n, &to.Tags) }},
	}
}

// textMap reads a map of strings.
func (r *reader) textMap(n *yamltree.Node, to *map[string]string) {
	if n.Kind == yamltree.Null {
		return
	}
	if n.Kind != yamltree.Map {
		r.wrong(n, "a map")
		return
	}
	*to = map[string]string{}
	for _, f := range n.Fields {
		var text string
		r.str(f.Value, &text)
		(*to)[f.Name] = text
	}
}

// time reads a time such as 2027-01-31T00:00:00Z.
func (r *reader) time(n *yamltree.Node, to *time.Time) {
	var text string
	r.str(n, &text)
	if text == "" {
		return
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		r.bad(n, "must be a time such as 2027-01-31T00:00:00Z")
		return
	}
	*to = at
}
