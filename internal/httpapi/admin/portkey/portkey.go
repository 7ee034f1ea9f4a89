package portkey

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/internal/httpapi/errorformat"
)

// Settings is what the routes are made of. All parts are required.
type Settings struct {
	Performer  action.Performer
	Workspaces Workspaces
	People     People
}

// Workspaces administers workspaces. It has the methods of identity.Service.
type Workspaces interface {
	Workspaces(ctx context.Context, by *gateway.Principal) ([]identity.Workspace, error)
	CreateWorkspace(ctx context.Context, by *gateway.Principal, name string) (identity.Workspace, error)
	UpdateWorkspace(ctx context.Context, by *gateway.Principal, ref string, to identity.WorkspaceChange) error
	DeleteWorkspace(ctx context.Context, by *gateway.Principal, ref string) (identity.Workspace, error)
}

// People administers members. It has the methods of identity.Service.
type People interface {
	Members(ctx context.Context, by *gateway.Principal) ([]identity.MemberInfo, error)
	PutMember(ctx context.Context, by *gateway.Principal, workspace, ref string, role gateway.Role) (identity.Member, error)
	SetEverywhere(ctx context.Context, by *gateway.Principal, ref string, role gateway.Role) (identity.Member, error)
	RemoveMember(ctx context.Context, by *gateway.Principal, ref string) (identity.Member, error)
}

// routes has the operations.
type routes struct{ Settings }

// Routes are the routes of Portkey's admin API.
func Routes(settings Settings) []httpapi.Route {
	a := &routes{settings}
	var out []httpapi.Route
	for _, table := range [][]action.Action{a.workspaceRoutes(), a.memberRoutes(), a.userRoutes()} {
		for _, o := range table {
			o.Errors, o.About = errorformat.PortkeyAdmin{}, describe(o.Method, o.Path)
			out = append(out, settings.Performer.Route(o))
		}
	}
	return out
}

// list is how Portkey's lists look.
type list struct {
	Object string `json:"object"` // "list"
	Total  int    `json:"total"`
	Data   any    `json:"data"`
}

// listOf is a page of a list; current_page counts from 0.
func listOf[T any](all []T, size, current int) list {
	from := min(current*size, len(all))
	rows := all[from:min(from+size, len(all))]
	if rows == nil {
		rows = []T{}
	}
	return list{"list", len(all), rows}
}

// pageOf reads which page is asked for. Users are asked for by other names.
func pageOf(q *action.Query, size, current string) (int, int) {
	return q.Whole(size, 100, 1, 1000), q.Whole(current, 0, 0, 1_000_000)
}

// in returns the caller as one who acts in the workspace that the path names.
func in(ctx context.Context, r *action.Request) (*gateway.Principal, error) {
	id, err := r.In(ctx, r.Param("workspace"))
	if err == nil && r.Named && id != r.By.Workspace {
		err = gateway.InvalidField("portkey.in", "workspace", "The path and the parameter 'workspace' name two different workspaces.")
	}
	if err != nil {
		return nil, err
	}
	by := *r.By
	by.Workspace = id
	return &by, nil
}
