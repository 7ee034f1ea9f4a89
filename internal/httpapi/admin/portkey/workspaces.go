package portkey

import (
	"context"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
)

func (a *routes) workspaceRoutes() []action.Action {
	const path = "/v1/admin/workspaces"
	return []action.Action{
		{Method: "GET", Path: path, Name: "workspace.list", Need: gateway.WorkspacesList, Do: a.listWorkspaces},
		{Method: "POST", Path: path, Name: "workspace.create", Need: gateway.WorkspacesCreate, Do: a.createWorkspace},
		{Method: "GET", Path: path + "/:workspace", Name: "workspace.get", Need: gateway.WorkspacesList, Do: a.getWorkspace},
		{Method: "PUT", Path: path + "/:workspace", Name: "workspace.update", Need: gateway.WorkspacesUpdate, Do: a.updateWorkspace},
		{Method: "DELETE", Path: path + "/:workspace", Name: "workspace.delete", Need: gateway.WorkspacesDelete, Do: a.deleteWorkspace},
	}
}

type workspaceRow struct {
	Object    string            `json:"object"` // "workspace"
	ID        string            `json:"id"`
	Slug      string            `json:"slug"` // name
	Name      string            `json:"name"`
	About     string            `json:"description"`
	IsDefault int               `json:"is_default"` // 1: the first one
	Defaults  workspaceDefaults `json:"defaults"`
	CreatedAt time.Time         `json:"created_at"`
	UpdatedAt time.Time         `json:"last_updated_at"` // of its creation: later changes are in the audit log
	Users     []memberRow       `json:"users,omitempty"`
}

type workspaceDefaults struct {
	Config string `json:"config_id"`
}

func workspaceOf(w identity.Workspace) workspaceRow {
	out := workspaceRow{Object: "workspace", ID: w.ID, Slug: w.Name, Name: w.Name, Defaults: workspaceDefaults{w.Config}, CreatedAt: w.CreatedAt, UpdatedAt: w.CreatedAt}
	if w.Name == gateway.DefaultWorkspace {
		out.IsDefault = 1
	}
	return out
}

func (a *routes) listWorkspaces(ctx context.Context, r *action.Request) error {
	q := action.ReadQuery(r)
	q.Text("workspace")
	size, current := pageOf(q, "page_size", "current_page")
	name, exact := q.Text("name"), q.Text("exact_name")
	if err := q.Done(); err != nil {
		return err
	}
	all, err := a.Workspaces.Workspaces(ctx, r.By)
	if err != nil {
		return err
	}
	rows := []workspaceRow{}
	for _, w := range all {
		if (!r.Named || w.ID == r.By.Workspace) && (exact == "" || w.Name == exact) && (name == "" || contains(w.Name, name)) {
			rows = append(rows, workspaceOf(w))
		}
	}
	r.Reply = listOf(rows, size, current)
	return nil
}

// createWorkspace takes {name, defaults, users}: the ids or names of its first members.
func (a *routes) createWorkspace(ctx context.Context, r *action.Request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	name, users := f.Text("name", true), f.Texts("users")
	f.Same("slug", name)
	config := readDefaults(f)
	readIdleFields(f)
	r.Target = name
	if err := f.Done(); err != nil {
		return err
	}
	w, err := a.Workspaces.CreateWorkspace(ctx, r.By, name)
	if err != nil {
		return err
	}
	r.Target, r.Workspace = w.ID, w.ID
	if config != nil {
		if err := a.Workspaces.UpdateWorkspace(ctx, r.By, w.ID, identity.WorkspaceChange{Config: config}); err != nil {
			return err
		}
		w.Config = *config
	}
	row := workspaceOf(w)
	for _, user := range users {
		m, err := a.People.PutMember(ctx, r.By, w.ID, user, "")
		if err != nil {
			return err
		}
		row.Users = append(row.Users, memberOf(identity.MemberInfo{Member: m, Role: m.RoleIn(w.ID)}, w.ID))
	}
	r.Reply = row
	return nil
}

// readDefaults reads {config_id}, the slug of the default config; nil if it is absent.
func readDefaults(f *action.Form) *string {
	v, ok := f.Take("defaults", false, workspaceDefaults{})
	if !ok {
		return nil
	}
	if !v.IsObject() {
		f.Wrong("defaults", "must be an object")
		return nil
	}
	in := action.Inside(v)
	var config *string
	if in.Given("config_id") {
		slug := in.Text("config_id", false)
		config = &slug
	}
	in.Idle(": a key has metadata", "metadata")
	in.Idle(": the default config has guardrails", "input_guardrails", "output_guardrails", "user_api_key_config")
	f.Close("defaults", in)
	return config
}

// readIdleFields reads what is known of a workspace and has no effect here.
func readIdleFields(f *action.Form) {
	f.Idle("", "description", "icon")
	f.Idle(": limit a workspace by POST /v1/policies/rate-limits", "rate_limits", "usage_limits")
}

// found is the workspace that the path names.
func (a *routes) found(ctx context.Context, r *action.Request) (identity.Workspace, *gateway.Principal, error) {
	by, err := in(ctx, r)
	if err != nil {
		return identity.Workspace{}, nil, err
	}
	all, err := a.Workspaces.Workspaces(ctx, r.By)
	for _, w := range all {
		if w.ID == by.Workspace {
			return w, by, nil
		}
	}
	if err == nil {
		err = &gateway.Error{Op: "portkey.found", Kind: gateway.NotFound, Param: "workspace", Public: "There is no such workspace."}
	}
	return identity.Workspace{}, nil, err
}

// getWorkspace shows the members to whoever sees them.
func (a *routes) getWorkspace(ctx context.Context, r *action.Request) error {
	w, by, err := a.found(ctx, r)
	if err != nil {
		return err
	}
	row := workspaceOf(w)
	if by.May(gateway.MembersList) {
		members, err := a.People.Members(ctx, by)
		if err != nil {
			return err
		}
		for _, m := range members {
			row.Users = append(row.Users, memberOf(m, w.ID))
		}
	}
	r.Target, r.Reply = w.ID, row
	return nil
}

// updateWorkspace takes {defaults}.
func (a *routes) updateWorkspace(ctx context.Context, r *action.Request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	f.OneGiven("defaults", "name", "description")
	config := readDefaults(f)
	name := f.Text("name", false)
	readIdleFields(f)
	r.Target = r.Param("workspace")
	if err := f.Done(); err != nil {
		return err
	}
	w, by, err := a.found(ctx, r)
	if err != nil {
		return err
	}
	if name != "" && name != w.Name {
		return gateway.InvalidField("portkey.updateWorkspace", "name", "The field 'name' must be '"+w.Name+"': a workspace keeps its name.")
	}
	r.ActsOn(ctx, w.ID, w.ID)
	if config != nil {
		if err := a.Workspaces.UpdateWorkspace(ctx, by, w.ID, identity.WorkspaceChange{Config: config}); err != nil {
			return err
		}
		w.Config = *config
	}
	r.Reply = workspaceOf(w)
	return nil
}

// deleteWorkspace takes {name}, which must be the workspace's, or no body. Portkey's API does not
// delete what a workspace holds, and neither does this.
func (a *routes) deleteWorkspace(ctx context.Context, r *action.Request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	name := f.Text("name", false)
	f.Idle(": delete what the workspace holds first", "force_delete")
	r.Target = r.Param("workspace")
	if err := f.Done(); err != nil {
		return err
	}
	w, by, err := a.found(ctx, r)
	if err != nil {
		return err
	}
	if name != "" && name != w.Name {
		return gateway.InvalidField("portkey.deleteWorkspace", "name", "The field 'name' must be '"+w.Name+"', the name of the workspace in the path.")
	}
	r.ActsOn(ctx, w.ID, w.ID)
	r.Reply = struct{}{}
	_, err = a.Workspaces.DeleteWorkspace(ctx, by, w.ID)
	return err
}
