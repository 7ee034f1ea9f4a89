package route

import (
	"context"
	"encoding/json"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Saved is a version of a saved config. Versions are immutable and count from 1. A slug
// refers to its newest version, slug@N to one version.
type Saved struct {
	Workspace string
	Slug      string
	Name      string
	Version   int
	Config    json.RawMessage // as the author wrote it
	FromFile  bool            // declared in the server's file: read-only
	By        string          // the member who made the version, by name; "" = the file, or unknown
	Note      string          // why, in the member's words
	CreatedAt time.Time       // of the slug; in a list of versions, of the version
	UpdatedAt time.Time
	DeletedAt time.Time // of the slug; zero while it is there
}

// Store stores saved configs. Implementations return gateway.NotFound for a slug that is
// absent or belongs to another workspace. The conformance suite is routetest.Store.
type Store interface {
	// Config returns the newest version of a slug.
	Config(ctx context.Context, workspace, slug string) (Saved, error)
	// Configs lists the newest versions, sorted by slug.
	Configs(ctx context.Context, workspace string) ([]Saved, error)
	// ConfigVersion returns one version of a slug that is not deleted.
	ConfigVersion(ctx context.Context, workspace, slug string, version int) (Saved, error)
	// ConfigVersions lists the versions of a slug, deleted or not, the newest first.
	ConfigVersions(ctx context.Context, workspace, slug string) ([]Saved, error)
	// PutConfig stores s as the next version of its slug, and returns it with Version and
	// times set. An unchanged Config adds no version.
	PutConfig(ctx context.Context, s Saved) (Saved, error)
	// DeleteConfig deletes a slug. Its versions stay, and its numbers are not used again.
	DeleteConfig(ctx context.Context, workspace, slug string) error
}

// Directory finds virtual keys by name. For an unknown or disabled name it returns a
// gateway.Invalid error that names it.
type Directory interface {
	VirtualKey(ctx context.Context, workspace, name string) (gateway.VirtualKey, error)
	// VirtualKeys lists the enabled virtual keys, sorted by name.
	VirtualKeys(ctx context.Context, workspace string) ([]gateway.VirtualKey, error)
}

// Generational is a Directory with a generation. While Generation returns the same number,
// other than 0, every lookup has the same result.
type Generational interface{ Generation() uint64 }
