package gateway

import "slices"

// Role is a member's role in a workspace, or in all workspaces of the organisation. [Role.May]
// reports its permissions.
type Role string

// The roles. An owner acts in every workspace of the organisation; every other role can be held
// in one workspace or in all.
const (
	RoleOwner   Role = "owner"
	RoleAdmin   Role = "admin"
	RoleManager Role = "manager" // keys, members, teams, configs and prompts, but no provider credentials
	RoleMember  Role = "member"  // calls models, sees its own keys and logs
	RoleViewer  Role = "viewer"  // reads what a manager sees, calls no models
	RoleAuditor Role = "auditor" // reads logs, audit events and configs
	RoleBilling Role = "billing" // reads keys with their budgets and spending, no contents
)

// Roles are all roles, the most powerful first.
func Roles() []Role { return slices.Clone(everybody) }

// RoleNames are the names of all roles, the most powerful first.
func RoleNames() []string { return roleNames(everybody) }

func roleNames(roles []Role) []string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	return names
}

// Known reports whether r is one of the roles.
func (r Role) Known() bool { return slices.Contains(everybody, r) }

// May reports whether the role has the permission. An unknown role has none.
func (r Role) May(p Permission) bool { return slices.Contains(grants[p], r) }

// Covers reports whether r has every permission of the other role, so that whoever has r may
// give the other.
func (r Role) Covers(other Role) bool {
	for p, roles := range grants {
		if slices.Contains(roles, other) && !r.May(p) {
			return false
		}
	}
	return true
}
