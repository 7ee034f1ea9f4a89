// Package vendorobject says who owns what vendors keep for callers: files, batches, uploads,
// fine-tunes, vector stores, assistants and threads.
//
// A vendor knows one account, which several workspaces may share. So an object belongs to the
// workspace whose call made it, and only calls of that workspace reach it, at the virtual key that
// made it. The objects themselves stay at the vendor.
package vendorobject

import (
	"context"
	"time"
)

// Object is one of them.
type Object struct {
	ID         string // at the vendor
	Workspace  string // id
	Provider   string
	VirtualKey string // name; "": the caller's own credential
	Credential string // of the virtual key; "" if it has no choice
	APIKey     string // id of the one that made it
	Created    time.Time
}

// MaxID is the length of the longest id that is kept, in bytes.
const MaxID = 200

// Store keeps them. An object that is absent, or of another workspace, is an error of the Kind
// NotFound.
type Store interface {
	// KeepObjects notes objects. One that is known already stays as it is.
	KeepObjects(ctx context.Context, list []Object) error
	VendorObject(ctx context.Context, workspace, id string) (Object, error)
	// OwnedObjects returns which of the ids are a workspace's.
	OwnedObjects(ctx context.Context, workspace string, ids []string) (map[string]bool, error)
	// ForeignObjects returns which of the ids belong to other workspaces, and not to this one.
	ForeignObjects(ctx context.Context, workspace string, ids []string) (map[string]bool, error)
	ForgetObject(ctx context.Context, workspace, id string) error
	// SettleObject notes that what an object cost is charged. It returns false if that was noted before.
	SettleObject(ctx context.Context, workspace, id string) (first bool, err error)
}
