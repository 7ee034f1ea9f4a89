package keys

import (
	"github.com/sluicegate/sluice/gateway"
)

// The rules of administration, in one place: an owner acts everywhere, an admin in its
// own workspace, a member nowhere. What is out of sight is absent, not forbidden. What
// the server's file declares is changed there.

func sees(by *gateway.Principal, workspace string) bool {
	return by != nil && (by.Role == gateway.RoleOwner || by.Workspace == workspace)
}

// reach finds a workspace that by may change. "" is by's own.
func (s *Service) reach(op string, b *book, by *gateway.Principal, ref string) (*Workspace, error) {
	if err := mayWrite(op, by); err != nil {
		return nil, err
	}
	if ref == "" {
		ref = by.Workspace
	}
	w := b.workspace[ref]
	if w == nil {
		w = b.workspaceNamed(ref)
	}
	if w == nil || !sees(by, w.ID) {
		return nil, absent(op, "workspace", "There is no workspace '"+ref+"'.")
	}
	return w, nil
}

func mayWrite(op string, by *gateway.Principal) error {
	if by != nil && (by.Role == gateway.RoleOwner || by.Role == gateway.RoleAdmin) {
		return nil
	}
	return &gateway.Error{Op: op, Kind: gateway.Forbidden, Public: "Only an owner or an admin of the workspace may do this."}
}

// mayGrant keeps admins from making themselves more than they are.
func mayGrant(op string, b *book, by *gateway.Principal, member string, role gateway.Role) error {
	known := b.memberNamed(member)
	if by.Role != gateway.RoleOwner && (role == gateway.RoleOwner || known != nil && known.Owner) {
		return &gateway.Error{Op: op, Kind: gateway.Forbidden, Param: "member", Public: "Only an owner may do this for an owner."}
	}
	return nil
}

func checkRole(op string, role gateway.Role) *gateway.Error {
	switch role {
	case "", gateway.RoleOwner, gateway.RoleAdmin, gateway.RoleMember:
		return nil
	}
	return gateway.InvalidField(op, "role", "The field 'role' must be owner, admin or member.")
}

// opened gives the picture that changes start from.
func (s *Service) opened(op string) (*book, error) {
	if b := s.book.Load(); b != nil {
		return b, nil
	}
	return nil, &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "Sluice is starting."}
}

func absent(op, param, public string) error {
	return &gateway.Error{Op: op, Kind: gateway.NotFound, Param: param, Public: public}
}

func conflict(op, param, public string) error {
	return &gateway.Error{Op: op, Kind: gateway.Conflict, Param: param, Public: public}
}

func fromFile(op, what, name string) error {
	return conflict(op, "name", "The "+what+" '"+name+"' is declared in the server's file. Change it there.")
}
