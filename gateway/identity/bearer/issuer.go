package bearer

import (
	"fmt"
	"slices"

	"github.com/go-jose/go-jose/v4"

	"github.com/sluicegate/sluice/gateway"
)

// Issuer is one issuer of tokens, and what its tokens give.
type Issuer struct {
	Issuer     string   // as the claim iss of its tokens says it
	Audience   []string // a token must name one of them
	JWKSURL    string   // where its public keys are (RFC 7517, section 5); or
	JWKSFile   string   // a file that holds them
	Algorithms []string // nil = RS256, ES256 and EdDSA

	Claims Claims

	Workspace string                  // name, for tokens that name none
	Roles     map[string]gateway.Role // by group
	Role      gateway.Role            // of tokens that get no other; "" = they are refused
	MaxRole   gateway.Role            // covers every other; "" = gateway.RoleMember
}

// Claims name the claims of a token. A name with dots leads into objects, unless there is a claim of
// that name.
type Claims struct {
	Member    string // a name, most often an e-mail address; "" = "sub"
	Workspace string // name; "" = none
	Team      string // name or id; "" = none
	Role      string // a role's name; "" = none
	Groups    string // a list, or one; "" = none
	Scopes    string // a list, or one text with spaces, of names of permissions; "" = none
}

// algorithms are those that a configuration may name.
var algorithms = []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}

// Algorithms are the algorithms that an issuer may sign with.
func Algorithms() []string { return slices.Clone(algorithms) }

// Check returns an error for what cannot be meant. at is the path of the fields, "jwt[0].".
func (i *Issuer) Check(at string) error {
	const op = "bearer.Check"
	wrong := func(field, text string) error {
		return gateway.InvalidField(op, at+field, "The field '"+at+field+"' "+text)
	}
	switch {
	case i.Issuer == "":
		return wrong("issuer", "is missing.")
	case len(i.Audience) == 0:
		return wrong("audience", "is missing: a token for somebody else must not count here.")
	case (i.JWKSURL == "") == (i.JWKSFile == ""):
		return wrong("jwks_url", "or 'jwks_file' must be given, and not both.")
	case len(i.Roles) == 0 && i.Role == "" && i.Claims.Role == "":
		return wrong("role", "is missing: without it, 'roles' or 'claims.role' no token has a role.")
	case len(i.Roles) > 0 && i.Claims.Groups == "":
		return wrong("claims.groups", "is missing: 'roles' are those of groups.")
	}
	for _, a := range i.Algorithms {
		if !slices.Contains(algorithms, a) {
			return wrong("algorithms", fmt.Sprintf("must be some of %v.", algorithms))
		}
	}
	if most := i.maxRole(); !most.Known() || most == gateway.RoleOwner {
		return wrong("max_role", "must be a role other than owner.")
	}
	if i.Role != "" && !i.allows(i.Role) {
		return wrong("role", "must be a role that '"+string(i.maxRole())+"', the 'max_role', covers.")
	}
	for group, role := range i.Roles {
		if !i.allows(role) {
			return wrong("roles."+group, "must be a role that '"+string(i.maxRole())+"', the 'max_role', covers.")
		}
	}
	return nil
}

func (i *Issuer) maxRole() gateway.Role {
	if i.MaxRole == "" {
		return gateway.RoleMember
	}
	return i.MaxRole
}

// allows reports whether the issuer's tokens may give a role.
func (i *Issuer) allows(role gateway.Role) bool {
	return role.Known() && role != gateway.RoleOwner && i.maxRole().Covers(role)
}

func (i *Issuer) signatures() []jose.SignatureAlgorithm {
	names := i.Algorithms
	if len(names) == 0 {
		names = []string{"RS256", "ES256", "EdDSA"}
	}
	out := make([]jose.SignatureAlgorithm, len(names))
	for n, name := range names {
		out[n] = jose.SignatureAlgorithm(name)
	}
	return out
}
