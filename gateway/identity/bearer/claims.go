package bearer

import (
	"cmp"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
)

// maxListed bounds the groups and the scopes of one token.
const maxListed = 1000

// bearer reads from verified claims who presents the token, and with which rights.
func (i *Issuer) bearer(claims map[string]any) (identity.Bearer, error) {
	const op = "bearer.Verify"
	member, ok := lookup(claims, cmp.Or(i.Claims.Member, "sub")).(string)
	if !ok || member == "" {
		return identity.Bearer{}, missing(op, cmp.Or(i.Claims.Member, "sub"), "a text that names the member")
	}
	b := identity.Bearer{Issuer: i.Issuer, Member: member, Workspace: i.Workspace}
	for _, c := range []struct {
		name string
		to   *string
	}{{i.Claims.Workspace, &b.Workspace}, {i.Claims.Team, &b.Team}} {
		switch v := lookup(claims, c.name).(type) {
		case nil:
		case string:
			*c.to = v
		default:
			return identity.Bearer{}, missing(op, c.name, "a text")
		}
	}
	var err error
	if b.Role, err = i.role(op, claims); err != nil {
		return identity.Bearer{}, err
	}
	if v := lookup(claims, i.Claims.Scopes); v != nil {
		if b.Scopes, ok = texts(v); !ok {
			return identity.Bearer{}, missing(op, i.Claims.Scopes, "a list of texts")
		}
		b.Scoped = true
	}
	return b, nil
}

// role is the strongest role that the token's groups and its own claim give.
func (i *Issuer) role(op string, claims map[string]any) (gateway.Role, error) {
	found := map[gateway.Role]bool{}
	if v := lookup(claims, i.Claims.Groups); v != nil {
		groups, ok := texts(v)
		if !ok {
			return "", missing(op, i.Claims.Groups, "a list of texts")
		}
		for _, g := range groups {
			found[i.Roles[g]] = true
		}
	}
	if v := lookup(claims, i.Claims.Role); v != nil {
		name, ok := v.(string)
		role := gateway.Role(name)
		if !ok || !role.Known() {
			return "", missing(op, i.Claims.Role, "one of "+strings.Join(gateway.RoleNames(), ", "))
		}
		if !i.allows(role) {
			return "", &gateway.Error{Op: op, Kind: gateway.Forbidden, Param: i.Claims.Role, Code: gateway.CodeRole,
				Public: "The token claims the role " + name + ", which tokens of its issuer may not give."}
		}
		found[role] = true
	}
	for _, role := range gateway.Roles() { // the most powerful first
		if found[role] && i.allows(role) {
			return role, nil
		}
	}
	if i.Role == "" {
		return "", &gateway.Error{Op: op, Kind: gateway.Forbidden, Code: "no_role", Public: "No group of the token has a role here."}
	}
	return i.Role, nil
}

// lookup finds a claim: by its name, else along its dots. It is nil if there is none.
func lookup(claims map[string]any, name string) any {
	if name == "" {
		return nil
	}
	if v, ok := claims[name]; ok {
		return v
	}
	first, rest, dotted := strings.Cut(name, ".")
	if inner, ok := claims[first].(map[string]any); dotted && ok {
		return lookup(inner, rest)
	}
	return nil
}

// texts reads a list of texts, or one text with spaces.
func texts(v any) ([]string, bool) {
	if s, ok := v.(string); ok {
		list := strings.Fields(s)
		return list, len(list) <= maxListed
	}
	list, ok := v.([]any)
	if !ok || len(list) > maxListed {
		return nil, false
	}
	out := make([]string, len(list))
	for i, e := range list {
		if out[i], ok = e.(string); !ok {
			return nil, false
		}
	}
	return out, true
}

func missing(op, claim, want string) error {
	return &gateway.Error{Op: op, Kind: gateway.Unauthorized, Param: claim, Code: "invalid_token", Public: "The claim '" + claim + "' of the token must be " + want + "."}
}
