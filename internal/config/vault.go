package config

import (
	"time"

	"github.com/sluicegate/sluice/gateway/credential/vault"
	"github.com/sluicegate/sluice/internal/config/yamltree"
)

// Vault is the HashiCorp Vault that references of virtual keys lead to.
type Vault struct {
	vault.Config
	MaxOutage time.Duration // how long the last value is used while Vault does not answer; 0 = 1 h
}

// vault reads where Vault is. Its token stands in the file or is got by a login.
func (r *reader) vault(n *yamltree.Node, c *Config) {
	v := &Vault{}
	r.object(n, []field{
		{"address", func(n *yamltree.Node) { r.checked(n, &v.Address, URLProblem) }},
		{"namespace", func(n *yamltree.Node) { r.str(n, &v.Namespace) }},
		{"ca_file", func(n *yamltree.Node) { r.str(n, &v.CAFile) }},
		{"max_age", func(n *yamltree.Node) { r.duration(n, &v.MaxAge) }},
		{"max_outage", func(n *yamltree.Node) { r.duration(n, &v.MaxOutage) }},
		{"auth", func(n *yamltree.Node) { r.vaultAuth(n, &v.Auth) }},
	}, "address", "auth")
	c.Vault = v
}

func (r *reader) vaultAuth(n *yamltree.Node, to *vault.Auth) {
	r.object(n, []field{
		{"method", func(n *yamltree.Node) {
			r.choice(n, &to.Method, vault.MethodToken, vault.MethodAppRole, vault.MethodKubernetes)
		}},
		{"mount", func(n *yamltree.Node) { r.str(n, &to.Mount) }},
		{"token", func(n *yamltree.Node) { r.secret(n, &to.Token) }},
		{"token_file", func(n *yamltree.Node) { r.str(n, &to.TokenFile) }},
		{"role_id", func(n *yamltree.Node) { r.str(n, &to.RoleID) }},
		{"secret_id", func(n *yamltree.Node) { r.secret(n, &to.SecretID) }},
		{"role", func(n *yamltree.Node) { r.str(n, &to.Role) }},
		{"jwt_file", func(n *yamltree.Node) { r.str(n, &to.JWTFile) }},
	}, "method")
	needs := map[string][]string{vault.MethodAppRole: {"role_id", "secret_id"}, vault.MethodKubernetes: {"role"}}[to.Method]
	for _, name := range needs {
		if n.Get(name) == nil {
			r.bad(n, "method: %s needs the key '%s'", to.Method, name)
		}
	}
	if to.Method == vault.MethodToken && (n.Get("token") == nil) == (n.Get("token_file") == nil) {
		r.bad(n, "method: token needs either 'token' or 'token_file'")
	}
}
