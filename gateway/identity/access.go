package identity

import (
	"github.com/sluicegate/sluice/gateway"
)

// Who may do what is gateway's table of permissions. These functions turn a missing
// permission into an error: what a principal does not see is absent, what it sees but may
// not change is forbidden.

// require refuses a principal without the permission.
func require(op string, by *gateway.Principal, p gateway.Permission) error {
	if by.May(p) {
		return nil
	}
	return &gateway.Error{Op: op, Kind: gateway.Forbidden, Public: "Only an owner or an admin of the workspace may do this."}
}

// visibleWorkspace finds a workspace, by id or name, that the principal sees; "" is its own.
func visibleWorkspace(op string, x *index, by *gateway.Principal, ref string) (*Workspace, error) {
	if ref == "" {
		ref = by.Workspace
	}
	if w := x.workspace(ref); w != nil && by.Sees(w.ID) {
		return w, nil
	}
	return nil, absent(op, "workspace", "There is no workspace '"+ref+"'.")
}

// checkGrant keeps a principal from giving more than it has: only an owner may make an
// owner, or act for a member who is one.
func checkGrant(op string, x *index, by *gateway.Principal, member string, role gateway.Role) error {
	known := x.memberNamed(member)
	if !by.May(gateway.OwnersWrite) && (role == gateway.RoleOwner || known != nil && known.Owner) {
		return &gateway.Error{Op: op, Kind: gateway.Forbidden, Param: "member", Public: "Only an owner may do this for an owner."}
	}
	return nil
}

func absent(op, param, public string) error {
	return &gateway.Error{Op: op, Kind: gateway.NotFound, Param: param, Public: public}
}

func conflict(op, param, public string) error {
	return &gateway.Error{Op: op, Kind: gateway.Conflict, Param: param, Public: public}
}
