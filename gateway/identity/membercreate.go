package identity

import (
	"context"

	"github.com/oklog/ulid/v2"

	"github.com/sluicegate/sluice/gateway"
)

// NewMember describes a member that an admin wants to add to a workspace.
type NewMember struct {
	Name      string
	Workspace string       // id or name; "" = the admin's own
	Role      gateway.Role // "" = RoleMember
	Service   bool         // a service account
}

// CreateMember adds a member to a workspace. Members of other workspaces keep their roles there;
// only who acts in all workspaces may add those.
func (s *Service) CreateMember(ctx context.Context, by *gateway.Principal, n NewMember) (Member, error) {
	const op = "identity.CreateMember"
	if err := gateway.Require(op, by, gateway.MembersCreate); err != nil {
		return Member{}, err
	}
	if e := checkMember(op, "name", n.Name); e != nil {
		return Member{}, e
	}
	if e := checkRole(op, n.Role); e != nil {
		return Member{}, e
	}
	if isID(n.Name) {
		return Member{}, gateway.InvalidField(op, "name", "The field 'name' must not have the form of an id.")
	}
	s.write.Lock()
	defer s.write.Unlock()
	x, err := s.beginChange(ctx, op)
	if err != nil {
		return Member{}, err
	}
	w, err := visibleWorkspace(op, x, by, n.Workspace)
	if err != nil {
		return Member{}, err
	}
	if n.Role == "" {
		n.Role = gateway.RoleMember
	}
	known := x.memberNamed(n.Name)
	if known != nil && known.role(w.ID) != "" {
		return Member{}, conflict(op, "name", "There is already a member '"+n.Name+"' in this workspace.")
	}
	if err := checkMembership(op, x, by, w, n.Name); err != nil {
		return Member{}, err
	}
	if known != nil && known.Service != n.Service {
		return Member{}, conflict(op, "service", "There is already a member '"+n.Name+"', who is "+kindOf(known)+".")
	}
	if err := checkGrant(op, x, by, w, n.Name, n.Role); err != nil {
		return Member{}, err
	}
	m := Member{ID: ulid.Make().String(), Organisation: x.organisation.ID, Name: n.Name, Service: n.Service, CreatedAt: s.cfg.Now().UTC()}
	if known != nil {
		m = *known
	}
	if m.Roles = clonedRoles(m.Roles); n.Role == gateway.RoleOwner {
		m.Owner = true
	} else {
		m.Roles[w.ID] = n.Role
	}
	return m, s.putMember(ctx, m)
}

// SetMemberDisabled disables a member of the principal's workspace, or enables it again. Nobody
// acts as a disabled member: its API keys and sessions are refused in all workspaces.
func (s *Service) SetMemberDisabled(ctx context.Context, by *gateway.Principal, ref string, disabled bool) (Member, error) {
	const op = "identity.SetMemberDisabled"
	if err := gateway.Require(op, by, gateway.MembersUpdate); err != nil {
		return Member{}, err
	}
	return s.editMember(ctx, op, by, ref, "", func(x *index, m *Member) error {
		if actsElsewhere(x, m, by) {
			return &gateway.Error{Op: op, Kind: gateway.Forbidden, Param: "member", Code: gateway.CodeRole,
				Public: "The member belongs to other workspaces, too: take its role in this one away instead."}
		}
		m.Disabled = disabled
		return nil
	})
}
