package prompts

import (
	"context"
	"encoding/json"
	"time"
)

// Template is a named prompt of one workspace. Its text is in versions.
type Template struct {
	ID        string // "pp-" and a ULID; stable
	Workspace string
	Slug      string // "support-answer"; unique in the workspace
	Name      string
	FromFile  bool // declared in a *.prompt.yaml: read-only
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Version is one immutable text of a template. Numbers count from 1.
type Version struct {
	Template    string // ID
	Number      int
	Description string
	Body        json.RawMessage // see body: messages, model, parameters, variables, variants
	CreatedBy   string          // member id
	CreatedAt   time.Time
}

// Label is a movable pointer from a name to a version of one template. A reference without @
// resolves to "published".
type Label struct {
	Template string
	Name     string
	Version  int
}

// Store stores templates, versions and labels. Implementations return gateway.NotFound for
// an object that is absent or belongs to another workspace. The conformance suite is
// promptstest.Store.
type Store interface {
	// Template finds a template by ID or slug.
	Template(ctx context.Context, workspace, ref string) (Template, error)
	// Templates lists a workspace's templates by slug.
	Templates(ctx context.Context, workspace string) ([]Template, error)
	// PutTemplate creates t, or renames it if its ID exists. If another template has the
	// slug, the error is gateway.Conflict.
	PutTemplate(ctx context.Context, t Template) error
	// DeleteTemplate deletes a template with its versions and labels.
	DeleteTemplate(ctx context.Context, workspace, id string) error
	// AddVersion stores v under the next number and returns it. If Body is unchanged, it
	// adds no version and returns the newest one.
	AddVersion(ctx context.Context, v Version) (Version, error)
	// Versions lists the versions, newest first.
	Versions(ctx context.Context, template string) ([]Version, error)
	// Version returns one version; number 0 is the newest.
	Version(ctx context.Context, template string, number int) (Version, error)
	// PutLabel points a label at an existing version.
	PutLabel(ctx context.Context, l Label) error
	// Labels lists a template's labels by name.
	Labels(ctx context.Context, template string) ([]Label, error)
}
