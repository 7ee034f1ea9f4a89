package config

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/internal/config/yamltree"
)

// SignIn says how people sign in.
type SignIn struct {
	PublicURL string `json:",omitempty"` // origin under which browsers reach the server; "" = the one they ask for
	OIDC      *OIDC  `json:",omitempty"` // nil = nobody signs in at an identity provider
	// ManagedSettings are the settings of Claude Code for everybody who signs it in, as JSON; nil =
	// none.
	ManagedSettings json.RawMessage `json:",omitempty"`
	// DeviceBudget is the lifetime budget, in nano-USD, of the API keys that are made for members who
	// have none and let a program call models; nil = none is made.
	DeviceBudget *int64 `json:",omitempty"`
}

// issuer is that of the identity provider, "" without one.
func (s *SignIn) issuer() string {
	if s.OIDC == nil {
		return ""
	}
	return s.OIDC.Issuer
}

// OIDC is the identity provider at which people sign in.
type OIDC struct {
	Issuer       string
	ClientID     string
	ClientSecret gateway.Secret
	Scopes       []string // besides openid; nil = the default
	GroupsClaim  string   // "" = the default
	Domains      []string // in lower case
	Mapping      []identity.GroupRole
}

func (r *reader) oidc(n *yamltree.Node, to *SignIn) {
	if n.Kind == yamltree.Null {
		return
	}
	o := &OIDC{}
	r.object(n, []field{
		{"issuer", func(n *yamltree.Node) { r.checked(n, &o.Issuer, secureURLProblem) }},
		{"client_id", func(n *yamltree.Node) { r.str(n, &o.ClientID) }},
		{"client_secret", func(n *yamltree.Node) { r.secret(n, &o.ClientSecret) }},
		{"scopes", func(n *yamltree.Node) { r.strings(n, &o.Scopes) }},
		{"groups_claim", func(n *yamltree.Node) { r.str(n, &o.GroupsClaim) }},
		{"domains", func(n *yamltree.Node) {
			r.list(n, func(item *yamltree.Node) {
				var domain string
				if r.checked(item, &domain, hostProblem); domain != "" {
					o.Domains = append(o.Domains, strings.ToLower(domain))
				}
			})
		}},
		{"mapping", func(n *yamltree.Node) {
			r.list(n, func(item *yamltree.Node) { o.Mapping = append(o.Mapping, r.groupRole(item)) })
			if n.Kind == yamltree.List && len(n.Items) == 0 {
				r.bad(n, "needs an entry: without one nobody has a role")
			}
		}},
	}, "issuer", "client_id", "mapping")
	to.OIDC = o
}

// claudeCode reads {managed_settings}, whose keys are Claude Code's own.
func (r *reader) claudeCode(n *yamltree.Node, to *SignIn) {
	r.object(n, []field{{"managed_settings", func(n *yamltree.Node) {
		if n.Kind != yamltree.Map {
			r.wrong(n, "a map")
			return
		}
		to.ManagedSettings = n.JSON()
	}}})
}

// deviceKeys reads {budget_usd}.
func (r *reader) deviceKeys(n *yamltree.Node, to *SignIn) {
	if n.Kind == yamltree.Null {
		return
	}
	var usd string
	r.object(n, []field{{"budget_usd", func(n *yamltree.Node) { r.budget(n, &usd) }}}, "budget_usd")
	if nano, err := gateway.ParseUSD("budget_usd", usd); usd != "" && err == nil {
		to.DeviceBudget = &nano
	}
}

func (r *reader) groupRole(n *yamltree.Node) (g identity.GroupRole) {
	var role string
	everywhere := false
	r.object(n, []field{
		{"group", func(n *yamltree.Node) { r.str(n, &g.Group) }},
		{"workspace", func(n *yamltree.Node) { r.checked(n, &g.Workspace, nameProblem) }},
		{"everywhere", func(n *yamltree.Node) { r.boolean(n, &everywhere) }},
		{"role", func(n *yamltree.Node) { r.choice(n, &role, gateway.RoleNames()...) }},
		{"team", func(n *yamltree.Node) { r.checked(n, &g.Team, nameProblem) }},
	}, "group", "role")
	g.Role = gateway.Role(role)
	switch workspace := n.Get("workspace"); {
	case n.Kind != yamltree.Map:
	case g.Role == gateway.RoleOwner && (workspace != nil || everywhere):
		r.bad(n, "an owner acts in every workspace: leave 'workspace' and 'everywhere' out")
	case everywhere && workspace != nil:
		r.bad(n, "takes one of 'workspace' and 'everywhere'")
	case !everywhere && workspace == nil && g.Role != gateway.RoleOwner:
		g.Workspace = gateway.DefaultWorkspace
	}
	if team := n.Get("team"); team != nil && g.Workspace == "" && n.Get("workspace") == nil {
		r.bad(team, "belongs to a workspace: neither an owner nor a role everywhere has one")
	}
	return g
}

// secureURLProblem says what is wrong with a URL that must be https, except on this machine.
func secureURLProblem(s string) string {
	if c := URLProblem(s); c != "" {
		return c
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && !slices.Contains([]string{"127.0.0.1", "::1", "localhost"}, u.Hostname()) {
		return "must begin with https://, except on this machine"
	}
	if u.RawQuery != "" || u.Fragment != "" {
		return "must have no query and no fragment"
	}
	return ""
}

// publicURLProblem says what is wrong with the origin under which browsers reach the server.
func publicURLProblem(s string) string {
	if c := secureURLProblem(s); c != "" {
		return c
	}
	if originProblem(s) != "" || s == "*" {
		return "must be an origin without a path, such as https://llm.example.com"
	}
	return ""
}
