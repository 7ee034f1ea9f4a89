package gateway

// DefaultWorkspace is the name of the workspace that the first start creates. Whatever names
// no workspace belongs to it.
const DefaultWorkspace = "default"

// Principal is the authenticated caller: the API key, and the member and workspace it
// belongs to. Read-only, and shared by all copies of the Exchange.
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

	// The config on the API key, where the caller entered another workspace than the key's
	// own: it does not route there, but what it pins still applies.
	HomeWorkspace, HomeConfig string

	Redact   RedactPolicy
	Budgeted bool // the API key has a lifetime budget
}
