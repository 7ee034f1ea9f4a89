package admin

import (
	"context"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
)

// Workspaces administers workspaces. Workspace finds one of an organisation by id or name, for
// owners who act in a workspace other than their own; its error is gateway.NotFound if there is
// none.
type Workspaces interface {
	Workspace(ctx context.Context, organisation, ref string) (id string, err error)
	Workspaces(ctx context.Context, by *gateway.Principal) ([]identity.Workspace, error)
	UpdateWorkspace(ctx context.Context, by *gateway.Principal, ref string, to identity.WorkspaceChange) error
	DeleteWorkspace(ctx context.Context, by *gateway.Principal, ref string) (identity.Workspace, error)
}

func (a *resources) workspaceRoutes() []operation {
	return []operation{
		{"GET", "/v1/workspaces", "workspace.list", gateway.WorkspacesList, a.listWorkspaces},
		{"PUT", "/v1/workspaces/:name", "workspace.update", gateway.WorkspacesUpdate, a.updateWorkspace},
		{"DELETE", "/v1/workspaces/:name", "workspace.delete", gateway.WorkspacesDelete, a.deleteWorkspace},
	}
}

type workspaceResponse struct {
	Object    string         `json:"object"`
	ID        string         `json:"id"`
	Name      string         `json:"name"`
	Config    string         `json:"config"`    // slug of the default config
	FromFile  bool           `json:"from_file"` // the config is
	Compat    gateway.Compat `json:"compat"`    // whose errors its callers get; "": the server's
	CreatedAt time.Time      `json:"created_at"`

	AccessGroups map[string][]string `json:"access_groups"` // lists of models that API keys may name
}

func workspaceOf(w identity.Workspace) workspaceResponse {
	return workspaceResponse{"workspace", w.ID, w.Name, w.Config, w.ConfigFromFile, w.Compat, w.CreatedAt, w.AccessGroups}
}

func (a *resources) listWorkspaces(ctx context.Context, r *request) error {
	all, err := a.Workspaces.Workspaces(ctx, r.By)
	if err != nil {
		return err
	}
	out := []workspaceResponse{}
	for _, w := range all {
		if !r.Named || w.ID == r.By.Workspace {
			out = append(out, workspaceOf(w))
		}
	}
	r.Reply = page{Object: "list", Data: out}
	return nil
}

// updateWorkspace takes {config, compat, access_groups}: the slug of the default config, whose
// errors its callers get, and all named lists of models. null or "" removes each.
func (a *resources) updateWorkspace(ctx context.Context, r *request) error {
	const op = "admin.updateWorkspace"
	r.Target = r.Param("name")
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	var to identity.WorkspaceChange
	config := ""
	f.OneGiven("config", "compat", "access_groups")
	if f.Given("config") {
		config = f.Text("config", false)
		to.Config = &config
	}
	if f.Given("compat") {
		compat := f.Compat()
		to.Compat = &compat
	}
	to.AccessGroups = action.IfGiven(f, "access_groups", f.TextLists)
	if err := f.Done(); err != nil {
		return err
	}
	id, err := pathWorkspace(ctx, r, op)
	if err != nil {
		return err
	}
	if err := a.checkConfig(ctx, op, id, config); err != nil {
		return err
	}
	if err := a.Workspaces.UpdateWorkspace(ctx, r.By, id, to); err != nil {
		return err
	}
	all, err := a.Workspaces.Workspaces(ctx, r.By)
	for _, w := range all {
		if w.ID == id {
			r.Reply = workspaceOf(w)
		}
	}
	return err
}

// pathWorkspace is the id of the workspace that the path names.
func pathWorkspace(ctx context.Context, r *request, op string) (string, error) {
	id, err := r.In(ctx, r.Target)
	if err == nil && r.Named && id != r.By.Workspace {
		err = gateway.InvalidField(op, "workspace", "The path and the parameter 'workspace' name two different workspaces.")
	}
	return id, err
}

func (a *resources) deleteWorkspace(ctx context.Context, r *request) error {
	r.Target = r.Param("name")
	id, err := pathWorkspace(ctx, r, "admin.deleteWorkspace")
	if err != nil {
		return err
	}
	w, err := a.Workspaces.DeleteWorkspace(ctx, r.By, id)
	if err != nil {
		return err
	}
	r.Target, r.Reply = w.ID, deleted{ID: w.ID, Deleted: true}
	return nil
}
