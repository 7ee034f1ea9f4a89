package gateway

// Role is what a member may do in a workspace.
type Role string

// The roles. An owner sees every workspace of the organisation.
const (
	RoleOwner  Role = "owner"
	RoleAdmin  Role = "admin"
	RoleMember Role = "member"
)

// Principal is who asks: the API key and the member and workspace behind it. Shared
// between exchanges and read-only.
type Principal struct {
	Organisation string // id
	Workspace    string // id; the unit of isolation
	WorkspaceRef string // the workspace's name, for people
	Member       string // id
	MemberRef    string // the member's name or address as the file or the admin gave it
	Role         Role
	APIKey       string // id, never the key
	APIKeyName   string
	KeyConfig    string // slug of the config on the API key, ""
	Config       string // slug of the workspace's default config, ""
	Redact       RedactPolicy
	Budgeted     bool // the key has a lifetime budget
}
