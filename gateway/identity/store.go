package identity

import "context"

// Store keeps organisation, workspaces, members, teams and API keys. The conformance suite is
// identitytest.Store.
//
// Put inserts a record, or replaces the one with the same ID. Implementations return
// gateway.NotFound for a record that does not exist, also when another record refers to
// it, and gateway.Conflict for a duplicate of what must be unique. They copy what they are
// given; what they return belongs to the caller.
type Store interface {
	OrganisationStore
	WorkspaceStore
	MemberStore
	TeamStore
	APIKeyStore
}

// OrganisationStore keeps the one organisation.
type OrganisationStore interface {
	// Organisation is gateway.NotFound before the first start.
	Organisation(ctx context.Context) (Organisation, error)
	PutOrganisation(ctx context.Context, o Organisation) error
}

// WorkspaceStore keeps workspaces. Names are unique in the organisation.
type WorkspaceStore interface {
	// Workspaces lists by name.
	Workspaces(ctx context.Context) ([]Workspace, error)
	PutWorkspace(ctx context.Context, w Workspace) error
	// DeleteWorkspace takes the members' roles in the workspace away, too. It is gateway.Conflict,
	// and its text counts what is in the way, while the workspace holds API keys, teams or anything
	// else that is kept under its id.
	DeleteWorkspace(ctx context.Context, id string) error
}

// MemberStore keeps members with their roles. Names are unique in the organisation.
type MemberStore interface {
	// Members lists by name.
	Members(ctx context.Context) ([]Member, error)
	// PutMember replaces the roles, too.
	PutMember(ctx context.Context, m Member) error
}

// TeamStore keeps teams with their members. Names are unique in their workspace.
type TeamStore interface {
	// Teams lists the teams of all workspaces by workspace and name, their members by id.
	Teams(ctx context.Context) ([]Team, error)
	// PutTeam replaces the members, too.
	PutTeam(ctx context.Context, t Team) error
	// DeleteTeam is gateway.NotFound while an API key belongs to the team.
	DeleteTeam(ctx context.Context, id string) error
}

// APIKeyStore keeps API keys. Hashes are unique, names are unique in their workspace.
type APIKeyStore interface {
	// APIKeys lists the keys of all workspaces by workspace and name.
	APIKeys(ctx context.Context) ([]APIKey, error)
	PutAPIKey(ctx context.Context, k APIKey) error
	DeleteAPIKey(ctx context.Context, id string) error
}
