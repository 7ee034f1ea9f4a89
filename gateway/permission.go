package gateway

import "slices"

// Role is a member's role in a workspace. [Role.May] reports its permissions.
type Role string

// The roles. An owner acts in every workspace of the organisation.
const (
	RoleOwner  Role = "owner"
	RoleAdmin  Role = "admin"
	RoleMember Role = "member"
)

// Permission allows one kind of administrative action: "resource.action". Calling models
// needs an API key, but no permission.
type Permission string

// The permissions. A permission applies to the caller's own workspace. With AnyWorkspace it
// applies to all workspaces of the organisation.
const (
	WorkspacesRead   Permission = "workspaces.read"
	WorkspacesWrite  Permission = "workspaces.write"
	WorkspacesCreate Permission = "workspaces.create"
	AnyWorkspace     Permission = "workspaces.any"
	MembersWrite     Permission = "members.write"
	OwnersWrite      Permission = "owners.write" // create, change and demote owners, and change their API keys

	APIKeysRead      Permission = "api_keys.read"     // the member's own keys
	APIKeysReadAll   Permission = "api_keys.read_all" // keys of other members too
	APIKeysWrite     Permission = "api_keys.write"
	VirtualKeysRead  Permission = "virtual_keys.read"
	VirtualKeysWrite Permission = "virtual_keys.write"
	ConfigsRead      Permission = "configs.read"
	ConfigsWrite     Permission = "configs.write"
	PromptsRead      Permission = "prompts.readTemplates"
	PromptsWrite     Permission = "prompts.write"

	LogsRead    Permission = "logs.read"
	AuditRead   Permission = "audit.read"
	AuditVerify Permission = "audit.verify"
)

// rolePermissions is the table of the permissions of each role.
var rolePermissions = map[Role][]Permission{
	RoleMember: memberPermissions,
	RoleAdmin:  adminPermissions,
	RoleOwner:  slices.Concat(adminPermissions, []Permission{AnyWorkspace, WorkspacesCreate, OwnersWrite, AuditVerify}),
}

var memberPermissions = []Permission{WorkspacesRead, APIKeysRead, VirtualKeysRead, ConfigsRead, PromptsRead, LogsRead}

var adminPermissions = slices.Concat(memberPermissions, []Permission{WorkspacesWrite, MembersWrite, APIKeysReadAll, APIKeysWrite,
	VirtualKeysWrite, ConfigsWrite, PromptsWrite, AuditRead})

// May reports whether the role has the permission. An unknown role has none.
func (r Role) May(p Permission) bool { return slices.Contains(rolePermissions[r], p) }

// LeastRole returns the least powerful role with the permission, "" if no role has it.
func (p Permission) LeastRole() Role {
	for _, r := range []Role{RoleMember, RoleAdmin, RoleOwner} {
		if r.May(p) {
			return r
		}
	}
	return ""
}

// May reports whether the principal's role has the permission. A nil principal has none.
func (p *Principal) May(permission Permission) bool { return p != nil && p.Role.May(permission) }

// Sees reports whether the principal may act in the workspace with this id: its own, or any
// with [AnyWorkspace]. Any other workspace is treated as absent.
func (p *Principal) Sees(workspace string) bool {
	return p != nil && (p.Workspace == workspace || p.Role.May(AnyWorkspace))
}
