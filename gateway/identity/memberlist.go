package identity

import (
	"context"
	"sort"

	"github.com/sluicegate/sluice/gateway"
)

// MemberInfo is a member with its role in the workspace that was asked about.
type MemberInfo struct {
	Member
	Role gateway.Role
}

// Members lists the members of the principal's workspace, by name. Members with a role in all
// workspaces belong to it.
func (s *Service) Members(_ context.Context, by *gateway.Principal) ([]MemberInfo, error) {
	const op = "identity.Members"
	x, err := s.loaded(op)
	if err != nil {
		return nil, err
	}
	if err := gateway.Require(op, by, gateway.MembersList); err != nil {
		return nil, err
	}
	out := []MemberInfo{}
	for _, m := range x.allMembers() {
		if role := m.role(by.Workspace); role != "" {
			out = append(out, MemberInfo{*m, role})
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out, nil
}

// SetEverywhere gives a member a role in all workspaces; "" takes it away. Only who acts in all of
// them may, and only a role that its own covers. The owner's role is given by PutMember.
func (s *Service) SetEverywhere(ctx context.Context, by *gateway.Principal, ref string, role gateway.Role) (Member, error) {
	const op = "identity.SetEverywhere"
	if e := checkRole(op, role); e != nil {
		return Member{}, e
	}
	if role == gateway.RoleOwner {
		return Member{}, gateway.InvalidField(op, "everywhere", "An owner acts everywhere: leave the field 'everywhere' out.")
	}
	for _, p := range []gateway.Permission{gateway.MembersUpdate, gateway.AnyWorkspace} {
		if err := gateway.Require(op, by, p); err != nil {
			return Member{}, err
		}
	}
	return s.editMember(ctx, op, by, ref, role, func(_ *index, m *Member) error { m.Everywhere = role; return nil })
}

// RemoveMember takes a member's role in the principal's workspace away, and takes the member out of
// the teams there. Its API keys there are refused from then on.
func (s *Service) RemoveMember(ctx context.Context, by *gateway.Principal, ref string) (Member, error) {
	const op = "identity.RemoveMember"
	if err := gateway.Require(op, by, gateway.MembersDelete); err != nil {
		return Member{}, err
	}
	m, err := s.editMember(ctx, op, by, ref, "", func(_ *index, m *Member) error {
		m.Roles = clonedRoles(m.Roles)
		delete(m.Roles, by.Workspace)
		return nil
	})
	if err != nil {
		return m, err
	}
	return m, s.leaveTeams(ctx, by.Workspace, m.ID)
}

// editMember changes a member that the principal sees in its workspace and whose role its own
// covers. role is the one that the change gives.
func (s *Service) editMember(ctx context.Context, op string, by *gateway.Principal, ref string, role gateway.Role, edit func(*index, *Member) error) (Member, error) {
	s.write.Lock()
	defer s.write.Unlock()
	x, err := s.beginChange(ctx, op)
	if err != nil {
		return Member{}, err
	}
	w, err := visibleWorkspace(op, x, by, "")
	if err != nil {
		return Member{}, err
	}
	known := x.member(ref)
	if known == nil {
		known = x.memberNamed(ref)
	}
	if known == nil || known.role(w.ID) == "" && !by.May(gateway.AnyWorkspace) {
		return Member{}, absent(op, "member", "There is no member '"+ref+"' in this workspace.")
	}
	if known.ID == by.Member {
		return Member{}, conflict(op, "member", "Nobody changes its own role.")
	}
	if err := checkGrant(op, x, by, w, known.Name, role); err != nil {
		return Member{}, err
	}
	if known.Everywhere != "" && !by.May(gateway.AnyWorkspace) {
		return Member{}, &gateway.Error{Op: op, Kind: gateway.Forbidden, Param: "member", Code: gateway.CodeRole, Public: "The member has a role in all workspaces."}
	}
	m := *known
	if err := edit(x, &m); err != nil {
		return Member{}, err
	}
	return m, s.putMember(ctx, m)
}

// RoleIn is the member's role in a workspace, "" if it does not belong to it.
func (m *Member) RoleIn(workspace string) gateway.Role { return m.role(workspace) }
