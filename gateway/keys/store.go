package keys

import (
	"context"
	"time"
)

// Store keeps everything of this package. Implementations answer gateway.NotFound for
// what is absent and gateway.Conflict for what must be unique; what they are given they
// copy, what they give belongs to the caller. The suite is keystest.Store.
//
// Put inserts, or replaces what has the same ID.
type Store interface {
	OrganisationStore
	WorkspaceStore
	MemberStore
	APIKeyStore
	VirtualKeyStore
	Ledger
}

// OrganisationStore keeps the one organisation.
type OrganisationStore interface {
	// Organisation is gateway.NotFound before the first start.
	Organisation(ctx context.Context) (Organisation, error)
	PutOrganisation(ctx context.Context, o Organisation) error
}

// WorkspaceStore keeps workspaces; names are unique in the organisation.
type WorkspaceStore interface {
	// Workspaces lists by name.
	Workspaces(ctx context.Context) ([]Workspace, error)
	PutWorkspace(ctx context.Context, w Workspace) error
}

// MemberStore keeps members with their roles; names are unique in the organisation.
type MemberStore interface {
	// Members lists by name.
	Members(ctx context.Context) ([]Member, error)
	// PutMember replaces the roles too.
	PutMember(ctx context.Context, m Member) error
}

// APIKeyStore keeps API keys; hashes are unique, names in their workspace.
type APIKeyStore interface {
	// APIKeys lists those of all workspaces by workspace and name.
	APIKeys(ctx context.Context) ([]APIKey, error)
	PutAPIKey(ctx context.Context, k APIKey) error
	DeleteAPIKey(ctx context.Context, id string) error
}

// VirtualKeyStore keeps virtual keys; names are unique in their workspace.
type VirtualKeyStore interface {
	// VirtualKeys lists those of all workspaces by workspace and name.
	VirtualKeys(ctx context.Context) ([]VirtualKey, error)
	PutVirtualKey(ctx context.Context, k VirtualKey) error
	DeleteVirtualKey(ctx context.Context, id string) error
}

// Ledger keeps what API keys with a budget spent and hold. When Post or Recover returns
// without an error, its effect survives a crash of the machine.
type Ledger interface {
	// Post writes all or nothing. A settlement whose reservation is gone is ignored, so
	// that posting it again after a doubtful failure charges once.
	Post(ctx context.Context, rs []Reservation, ss []Settlement) error
	// Recover turns the reservations that were never settled into spending and gives
	// the spending of every key in nano-USD. Called once, at start.
	Recover(ctx context.Context) (map[string]int64, error)
}

// Reservation is money set aside for one call.
type Reservation struct {
	ID     string // of the exchange
	APIKey string // id
	Amount int64
	At     time.Time
}

// Settlement ends a reservation with what was really spent.
type Settlement struct {
	Reservation string
	APIKey      string
	Amount      int64
}
