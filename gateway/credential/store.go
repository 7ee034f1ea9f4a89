package credential

import "context"

// Store keeps virtual keys; their names are unique in a workspace. The conformance suite is
// credentialtest.Store.
//
// Implementations return gateway.NotFound for a record that does not exist, also for an
// unknown workspace, and gateway.Conflict for a name in use. They copy what they are given;
// what they return belongs to the caller.
type Store interface {
	// VirtualKeys lists the keys of all workspaces by workspace and name.
	VirtualKeys(ctx context.Context) ([]VirtualKey, error)
	// PutVirtualKey inserts a key, or replaces the one with the same ID.
	PutVirtualKey(ctx context.Context, k VirtualKey) error
	DeleteVirtualKey(ctx context.Context, id string) error
}
