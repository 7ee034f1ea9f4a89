package gateway

import (
	"maps"
	"slices"
)

// DefaultWorkspace is the name of the workspace that the first start creates. Objects
// declared without a workspace belong to it.
const DefaultWorkspace = "default"

// Principal is the authenticated caller: the API key with its member, team and workspace. It is
// immutable and shared by all copies of the Exchange.
type Principal struct {
	Organisation string // id
	Workspace    string // id
	WorkspaceRef string // the workspace's name
	Member       string // id
	MemberRef    string // the member's name or address, as declared
	Role         Role
	Team         string // id of the team that the API key belongs to, ""
	TeamRef      string // the team's name
	// OrganisationWide tells that the role holds in every workspace, as an owner's always does.
	OrganisationWide bool
	// Scopes are the permissions of the API key. It may do what these and the role allow both;
	// nil = whatever the role allows.
	Scopes []Permission

	// What the API key may use. VirtualKeys are names; nil = all of its workspace, and the
	// caller's own credentials too.
	Models      ModelRules
	VirtualKeys []string

	ModelAliases map[string]string // what the key's callers may type for a model
	AddressBound bool              // the API key may be used from some addresses only
	Metadata     map[string]string // of the API key: set on each of its calls, over the caller's
	LockConfig   bool              // the calls use KeyConfig, whatever they ask for

	Session    string // id of the session, which calls no models; "" = an API key was presented
	Proven     bool   // the session was opened by the member's password or at the identity provider
	Device     string // id of the session of a device, which calls models as the API key; "" = none
	APIKey     string // id of the API key, not the key itself; of the session
	APIKeyName string
	KeyConfig  string // slug of the API key's config, or ""
	Config     string // slug of the workspace's default config, or ""
	Compat     Compat // the API key's, else its workspace's; "" = the server's

	// OrganisationConfig is the slug of the organisation's default config in the workspace
	// OrganisationWorkspace, or "". It pins, and chooses no targets.
	OrganisationWorkspace, OrganisationConfig string

	// HomeWorkspace and HomeConfig are set if the caller entered another workspace than its
	// key's: the config on the API key. It does not choose targets there, but what it pins
	// still applies.
	HomeWorkspace, HomeConfig string

	Redact   RedactPolicy
	Budgeted bool // the API key has a lifetime budget
}

// May reports whether the principal has the permission by its role and by its scopes. A nil
// principal has none.
func (p *Principal) May(permission Permission) bool {
	switch {
	case p == nil:
		return false
	case permission == AnyWorkspace && p.OrganisationWide:
		return true
	case !p.Role.May(permission), p.Session != "" && permission.calls():
		return false
	}
	return p.Scopes == nil || slices.Contains(widening, permission) || slices.Contains(p.Scopes, permission)
}

// Permissions lists all that the principal may do, in alphabetical order.
func (p *Principal) Permissions() []Permission {
	may := []Permission{}
	for permission := range grants {
		if p.May(permission) {
			may = append(may, permission)
		}
	}
	slices.Sort(may)
	return may
}

// Sees reports whether the principal may act in the workspace with this id: its own, or any
// with [AnyWorkspace]. Any other workspace is treated as absent.
func (p *Principal) Sees(workspace string) bool {
	return p != nil && (p.Workspace == workspace || p.May(AnyWorkspace))
}

// WithMetadata returns the caller's metadata with those of its API key, which win.
func (p *Principal) WithMetadata(callers map[string]string) map[string]string {
	if p == nil || len(p.Metadata) == 0 {
		return callers
	}
	out := maps.Clone(callers)
	if out == nil {
		out = map[string]string{}
	}
	maps.Copy(out, p.Metadata)
	return out
}
