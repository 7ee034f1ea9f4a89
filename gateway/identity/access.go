package identity

import (
	"github.com/sluicegate/sluice/gateway"
)

// Who may do what is gateway's table of permissions. These functions turn a missing
// permission into an error: what a principal does not see is absent, what it sees but may
// not change is forbidden.

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

// checkGrant keeps a principal from giving more than it has: it may give only a role that its
// own covers, and act only for a member whose role in the workspace its own covers. w is nil
// for a new workspace.
func checkGrant(op string, x *index, by *gateway.Principal, w *Workspace, member string, role gateway.Role) error {
	has := gateway.Role("")
	if known := x.memberNamed(member); known != nil && known.Owner {
		has = gateway.RoleOwner
	} else if known != nil && w != nil {
		has = known.role(w.ID)
	}
	for _, r := range []gateway.Role{role, has} {
		if r != "" && !by.Role.Covers(r) {
			return &gateway.Error{Op: op, Kind: gateway.Forbidden, Param: "member", Code: gateway.CodeRole,
				Public: "The role " + string(r) + " may do what yours, " + string(by.Role) + ", may not."}
		}
	}
	return nil
}

// actsElsewhere reports whether a member has a role where by has none: what by does to the whole member
// would reach there.
func actsElsewhere(x *index, m *Member, by *gateway.Principal) bool {
	if by.May(gateway.AnyWorkspace) {
		return false
	}
	for w := range m.Roles {
		if w != by.Workspace && x.workspace(w) != nil {
			return true
		}
	}
	return m.Owner || m.Everywhere != ""
}

func absent(op, param, public string) error {
	return &gateway.Error{Op: op, Kind: gateway.NotFound, Param: param, Public: public}
}

func conflict(op, param, public string) error {
	return &gateway.Error{Op: op, Kind: gateway.Conflict, Param: param, Public: public}
}
