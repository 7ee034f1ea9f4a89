package identity

import (
	"context"
	"maps"

	"github.com/oklog/ulid/v2"

	"github.com/sluicegate/sluice/gateway"
)

// ensureMember finds or creates a member and gives it a role in a workspace. An empty role
// keeps the member's role there, or makes it RoleMember if it has none. An owner stays an
// owner. The caller holds write.
func (s *Service) ensureMember(ctx context.Context, workspace, name string, role gateway.Role) (*Member, error) {
	x := s.index.Load()
	m := Member{ID: ulid.Make().String(), Organisation: x.organisation.ID, Name: name, CreatedAt: s.cfg.Now().UTC()}
	known := x.memberNamed(name)
	if known != nil {
		m = *known
	}
	has := m.role(workspace)
	if role == "" || has == gateway.RoleOwner {
		role = has
	}
	if role == "" {
		role = gateway.RoleMember
	}
	if known != nil && role == has {
		return known, nil
	}
	m.Roles = clonedRoles(m.Roles)
	if role == gateway.RoleOwner {
		m.Owner = true
	} else {
		m.Roles[workspace] = role
	}
	return &m, s.putMember(ctx, m)
}

// PutMember creates a member of a workspace, or changes the role there of one that is named
// by id or name. Only owners make
// owners, and only owners demote them. No owner demotes itself, so that there is always
// one left.
func (s *Service) PutMember(ctx context.Context, by *gateway.Principal, workspace, name string, role gateway.Role) (Member, error) {
	const op = "identity.PutMember"
	if e := checkMember(op, "member", name); e != nil {
		return Member{}, e
	}
	if e := checkRole(op, role); e != nil {
		return Member{}, e
	}
	if err := gateway.Require(op, by, gateway.MembersUpdate); err != nil {
		return Member{}, err
	}
	s.write.Lock()
	defer s.write.Unlock()
	x, err := s.beginChange(ctx, op)
	if err != nil {
		return Member{}, err
	}
	w, err := visibleWorkspace(op, x, by, workspace)
	if err != nil {
		return Member{}, err
	}
	if name, err = memberName(op, x, by, w, name); err != nil {
		return Member{}, err
	}
	if err := checkGrant(op, x, by, w, name, role); err != nil {
		return Member{}, err
	}
	if err := checkMembership(op, x, by, w, name); err != nil {
		return Member{}, err
	}
	known := x.memberNamed(name)
	if known != nil && known.Owner && role != "" && role != gateway.RoleOwner {
		return s.demote(ctx, op, by, known, w.ID, role)
	}
	m, err := s.ensureMember(ctx, w.ID, name, role)
	if err != nil {
		return Member{}, err
	}
	return *m, nil
}

// demote makes an owner a member with a role in one workspace.
func (s *Service) demote(ctx context.Context, op string, by *gateway.Principal, owner *Member, workspace string, role gateway.Role) (Member, error) {
	if owner.ID == by.Member {
		return Member{}, conflict(op, "role", "An owner cannot take the ownership from itself.")
	}
	m := *owner
	m.Owner, m.Roles = false, clonedRoles(owner.Roles)
	m.Roles[workspace] = role
	return m, s.putMember(ctx, m)
}

func clonedRoles(roles map[string]gateway.Role) map[string]gateway.Role {
	out := map[string]gateway.Role{}
	maps.Copy(out, roles)
	return out
}
