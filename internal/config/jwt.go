package config

import (
	"errors"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity/bearer"
	"github.com/sluicegate/sluice/internal/config/yamltree"
)

// jwt reads the issuers whose tokens count as API keys.
func (r *reader) jwt(n *yamltree.Node, to *[]bearer.Issuer) {
	r.list(n, func(item *yamltree.Node) {
		var i bearer.Issuer
		before := len(r.problems)
		r.object(item, []field{
			{"issuer", func(n *yamltree.Node) { r.str(n, &i.Issuer) }},
			{"audience", func(n *yamltree.Node) { r.oneOrMore(n, &i.Audience) }},
			{"jwks_url", func(n *yamltree.Node) { r.checked(n, &i.JWKSURL, secureURLProblem) }},
			{"jwks_file", func(n *yamltree.Node) { r.str(n, &i.JWKSFile) }},
			{"algorithms", func(n *yamltree.Node) {
				r.list(n, func(item *yamltree.Node) {
					var name string
					if r.choice(item, &name, bearer.Algorithms()...); name != "" {
						i.Algorithms = append(i.Algorithms, name)
					}
				})
			}},
			{"claims", func(n *yamltree.Node) { r.claims(n, &i.Claims) }},
			{"workspace", func(n *yamltree.Node) { r.checked(n, &i.Workspace, nameProblem) }},
			{"roles", func(n *yamltree.Node) { r.groupRoles(n, &i.Roles) }},
			{"role", func(n *yamltree.Node) { r.role(n, &i.Role) }},
			{"max_role", func(n *yamltree.Node) { r.role(n, &i.MaxRole) }},
		}, "issuer", "audience")
		if len(r.problems) == before {
			var e *gateway.Error
			if errors.As(i.Check(item.Path+"."), &e) {
				_, text, _ := strings.Cut(e.Public, "' ")
				r.bad(item.At(e.Param), "%s %s", strings.TrimPrefix(e.Param, item.Path+"."), strings.TrimSuffix(text, "."))
			}
		}
		*to = append(*to, i)
	})
}

func (r *reader) claims(n *yamltree.Node, to *bearer.Claims) {
	r.object(n, []field{
		{"member", func(n *yamltree.Node) { r.str(n, &to.Member) }},
		{"workspace", func(n *yamltree.Node) { r.str(n, &to.Workspace) }},
		{"team", func(n *yamltree.Node) { r.str(n, &to.Team) }},
		{"role", func(n *yamltree.Node) { r.str(n, &to.Role) }},
		{"groups", func(n *yamltree.Node) { r.str(n, &to.Groups) }},
		{"scopes", func(n *yamltree.Node) { r.str(n, &to.Scopes) }},
	})
}

func (r *reader) role(n *yamltree.Node, to *gateway.Role) {
	var role string
	r.choice(n, &role, gateway.RoleNames()...)
	*to = gateway.Role(role)
}

// groupRoles reads {group: role}.
func (r *reader) groupRoles(n *yamltree.Node, to *map[string]gateway.Role) {
	if n.Kind != yamltree.Map {
		r.wrong(n, "a map of groups")
		return
	}
	*to = map[string]gateway.Role{}
	for _, f := range n.Fields {
		var role gateway.Role
		r.role(f.Value, &role)
		(*to)[f.Name] = role
	}
}

// oneOrMore reads a string, or a list of them.
func (r *reader) oneOrMore(n *yamltree.Node, to *[]string) {
	if n.Kind == yamltree.List {
		r.strings(n, to)
		return
	}
	var s string
	if r.str(n, &s); s != "" {
		*to = []string{s}
	}
}
