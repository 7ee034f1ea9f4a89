package route

import (
	"context"
	"encoding/json"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Saved is a config document under a slug. Versions are immutable and count from 1; a
// slug points at its newest version.
type Saved struct {
	Workspace string
	Slug      string
	Name      string
	Version   int
	Config    json.RawMessage // as the author wrote it
	FromFile  bool            // declared in the server's file: read-only
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Store keeps saved configs. Implementations answer gateway.NotFound for a slug that is
// absent or of another workspace. The suite is routetest.Store.
type Store interface {
	// Config gives the newest version of a slug.
	Config(ctx context.Context, workspace, slug string) (Saved, error)
	// Configs lists the newest versions, sorted by slug.
	Configs(ctx context.Context, workspace string) ([]Saved, error)
	// PutConfig stores s as the next version of its slug and returns it with Version and
	// times set. An unchanged Config makes no new version.
	PutConfig(ctx context.Context, s Saved) (Saved, error)
	// DeleteConfig removes a slug with all its versions.
	DeleteConfig(ctx context.Context, workspace, slug string) error
}

// Directory finds virtual keys by name. An unknown or disabled one is a
// gateway.Invalid error that names it.
type Directory interface {
	VirtualKey(ctx context.Context, workspace, name string) (gateway.VirtualKey, error)
	// VirtualKeys lists the enabled ones, sorted by name.
	VirtualKeys(ctx context.Context, workspace string) ([]gateway.VirtualKey, error)
}

// Generational is a Directory that can tell that nothing has changed: as long as Generation
// is the same number, other than 0, a look-up gives the same again.
type Generational interface{ Generation() uint64 }
