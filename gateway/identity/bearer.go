package identity

import (
	"context"
	"slices"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity/access"
)

// Bearer is who presents a verified token of another issuer, and with which rights.
type Bearer struct {
	Issuer    string
	Member    string       // name
	Workspace string       // id or name; "" = gateway.DefaultWorkspace
	Team      string       // id or name of a team of the workspace, ""
	Role      gateway.Role // in the workspace, and nowhere else
	Scoped    bool         // the token lists scopes: only these of the role's permissions
	Scopes    []string     // those that name no permission are left out
}

// identifyBearer returns the principal of a token. Its rights are those of the token, whatever roles
// the member has. A member that is not known yet is created.
//
// The principal has scopes even where the token has none, so that it cannot become more than the
// token: with the right to set its own password it could sign in as its member.
func (s *Service) identifyBearer(ctx context.Context, op string, x *index, b Bearer) (*gateway.Principal, error) {
	if e := checkMember(op, "member", b.Member); e != nil || isID(b.Member) {
		return nil, refuseToken(op, "member", "The token names no member that can be one.")
	}
	w := x.workspace(workspaceOrDefault(b.Workspace))
	if w == nil {
		return nil, refuseToken(op, "workspace", "The token names no workspace of this server.")
	}
	m := x.memberNamed(b.Member)
	if m == nil {
		var err error
		if m, err = s.createBearer(ctx, op, w.ID, b); err != nil {
			return nil, err
		}
	}
	if m.Disabled {
		return nil, refuseToken(op, "member", "The member of this token is disabled.")
	}
	p := s.principal(x, w, m)
	p.Role, p.OrganisationWide, p.Scopes = b.Role, false, b.permissions()
	p.APIKey, p.APIKeyName = "jwt:"+m.ID, b.Issuer
	if b.Team != "" {
		t := x.team(b.Team)
		if t == nil || t.Workspace != w.ID {
			t = x.teamNamed(w.ID, b.Team)
		}
		if t == nil {
			return nil, refuseToken(op, "team", "The token names no team of its workspace.")
		}
		p.Team, p.TeamRef = t.ID, t.Name
	}
	return p, s.addOrganisation(op, x, p)
}

// createBearer makes the member of a token that nobody knows yet. It gets the token's role where
// that is no more than a member's, since rights come with each token.
func (s *Service) createBearer(ctx context.Context, op, workspace string, b Bearer) (*Member, error) {
	s.write.Lock()
	defer s.write.Unlock()
	x, err := s.beginChange(ctx, op)
	if err != nil {
		return nil, err
	}
	if m := x.memberNamed(b.Member); m != nil { // another call of the same token came first
		return m, nil
	}
	role := b.Role
	if role.Covers(gateway.RoleMember) {
		role = gateway.RoleMember
	}
	m, err := s.ensureMember(ctx, workspace, b.Member, role)
	if !isKind(err, gateway.Conflict) {
		return m, err
	}
	// Another replica came first, and its change has not been read yet.
	if err := s.load(ctx); err != nil {
		return nil, err
	}
	if m := s.index.Load().memberNamed(b.Member); m != nil {
		return m, nil
	}
	return nil, err
}

// permissions are the scopes of the principal.
func (b *Bearer) permissions() []gateway.Permission {
	out := []gateway.Permission{}
	if !b.Scoped {
		out = gateway.Permissions()
	}
	for _, name := range b.Scopes {
		if p, known := access.ScopeNamed(gateway.Permission(name)); known && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return slices.DeleteFunc(out, func(p gateway.Permission) bool { return p == gateway.SessionsOwn })
}

func refuseToken(op, param, public string) error {
	return &gateway.Error{Op: op, Kind: gateway.Unauthorized, Param: param, Code: "invalid_token", Public: public}
}
