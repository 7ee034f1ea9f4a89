package httpapi

import (
	"context"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
)

// Workspaces are the units of isolation. Workspace finds one of an organisation by id or
// name, for owners who act in another than their own; unknown is gateway.NotFound.
type Workspaces interface {
	Workspace(ctx context.Context, organisation, ref string) (id string, err error)
	Workspaces(ctx context.Context, by *gateway.Principal) ([]identity.Workspace, error)
	SetWorkspaceConfig(ctx context.Context, by *gateway.Principal, ref, slug string) error
}

func (s *Server) workspaceRoutes() []adminRoute {
	return []adminRoute{
		{"GET", "/v1/workspaces", "workspace.list", gateway.WorkspacesRead, s.listWorkspaces},
		{"PUT", "/v1/workspaces/:name", "workspace.update", gateway.WorkspacesWrite, s.updateWorkspace},
	}
}

type workspaceShape struct {
	Object    string    `json:"object"`
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Config    string    `json:"config"`    // slug of the default config
	FromFile  bool      `json:"from_file"` // the config is
	CreatedAt time.Time `json:"created_at"`
}

func workspaceOf(w identity.Workspace) workspaceShape {
	return workspaceShape{"workspace", w.ID, w.Name, w.Config, w.ConfigFromFile, w.CreatedAt}
}

func (s *Server) listWorkspaces(ctx context.Context, d *deed) error {
	all, err := s.Workspaces.Workspaces(ctx, d.by)
	if err != nil {
		return err
	}
	out := make([]workspaceShape, len(all))
	for i, w := range all {
		out[i] = workspaceOf(w)
	}
	d.reply = page{Object: "list", Data: out}
	return nil
}

// updateWorkspace takes {config}: the slug of the default config, null or "" for none.
func (s *Server) updateWorkspace(ctx context.Context, d *deed) error {
	const op = "httpapi.updateWorkspace"
	d.target = d.param("name")
	f, err := d.form()
	if err != nil {
		return err
	}
	if _, given := f.fields["config"]; !given {
		f.wrong("config", "is missing")
	}
	config := f.text("config", false)
	if err := f.done(); err != nil {
		return err
	}
	id, err := d.in(ctx, d.target)
	if err != nil {
		return err
	}
	if config != "" && s.Configs != nil {
		if _, err := s.Configs.Config(ctx, id, config); err != nil {
			if gateway.AsError(err).Kind == gateway.NotFound {
				err = gateway.InvalidField(op, "config", "There is no config '"+clip(config, 100)+"' in this workspace.")
			}
			return err
		}
	}
	if err := s.Workspaces.SetWorkspaceConfig(ctx, d.by, id, config); err != nil {
		return err
	}
	all, err := s.Workspaces.Workspaces(ctx, d.by)
	for _, w := range all {
		if w.ID == id {
			d.reply = workspaceOf(w)
		}
	}
	return err
}
