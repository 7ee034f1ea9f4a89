package identity

import (
	"context"
	"fmt"
	"sort"

	"github.com/oklog/ulid/v2"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity/access"
)

// ensureWorkspace finds a workspace by name, or creates it. The caller holds write.
func (s *Service) ensureWorkspace(ctx context.Context, name string) (*Workspace, error) {
	x := s.index.Load()
	if name == "" {
		name = gateway.DefaultWorkspace
	}
	if w := x.workspaceNamed(name); w != nil {
		return w, nil
	}
	w := Workspace{ID: ulid.Make().String(), Organisation: x.organisation.ID, Name: name, CreatedAt: s.cfg.Now().UTC()}
	return &w, s.putWorkspace(ctx, w)
}

// FindWorkspace finds a workspace by id or name.
func (s *Service) FindWorkspace(ref string) (id, name string, ok bool) {
	x := s.index.Load()
	if x == nil {
		return "", "", false
	}
	w := x.workspace(ref)
	if w == nil {
		return "", "", false
	}
	return w.ID, w.Name, true
}

// Workspace finds a workspace of an organisation by id or name.
func (s *Service) Workspace(_ context.Context, organisation, ref string) (id string, err error) {
	if x := s.index.Load(); x != nil && x.organisation.ID == organisation {
		if w := x.workspace(ref); w != nil {
			return w.ID, nil
		}
	}
	return "", absent("identity.Workspace", "workspace", "There is no workspace '"+ref+"'. The first API key that is made for it makes it.")
}

// WorkspaceNamed returns the id of the workspace with a name, and creates the workspace if
// there is none. The server's file may name workspaces that do not exist yet.
func (s *Service) WorkspaceNamed(ctx context.Context, name string) (id string, err error) {
	const op = "identity.WorkspaceNamed"
	if name == "" {
		name = gateway.DefaultWorkspace
	}
	if e := gateway.CheckName(op, "workspace", name); e != nil {
		return "", e
	}
	s.write.Lock()
	defer s.write.Unlock()
	if _, err := s.beginChange(ctx, op); err != nil {
		return "", err
	}
	w, err := s.ensureWorkspace(ctx, name)
	if err != nil {
		return "", err
	}
	return w.ID, nil
}

// Workspaces lists the workspaces that the principal sees, by name.
func (s *Service) Workspaces(_ context.Context, by *gateway.Principal) ([]Workspace, error) {
	x, err := s.loaded("identity.Workspaces")
	if err != nil {
		return nil, err
	}
	var out []Workspace
	for _, w := range x.allWorkspaces() {
		if by.Sees(w.ID) {
			out = append(out, *w)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out, nil
}

// WorkspaceChange lists what changes of a workspace; nil leaves it as it is.
type WorkspaceChange struct {
	Config *string         // slug of the default config; "" takes it away
	Compat *gateway.Compat // "" = the server's

	AccessGroups *map[string][]string // all of them
}

// UpdateWorkspace changes the settings of a workspace.
func (s *Service) UpdateWorkspace(ctx context.Context, by *gateway.Principal, ref string, to WorkspaceChange) error {
	const op = "identity.UpdateWorkspace"
	if to.Config != nil {
		if e := checkSlug(op, "config", *to.Config); e != nil {
			return e
		}
	}
	if to.Compat != nil {
		if e := gateway.CheckCompat(op, "compat", *to.Compat); e != nil {
			return e
		}
	}
	if to.AccessGroups != nil {
		if e := checkAccessGroups(op, "access_groups", *to.AccessGroups); e != nil {
			return e
		}
	}
	if err := gateway.Require(op, by, gateway.WorkspacesUpdate); err != nil {
		return err
	}
	s.write.Lock()
	defer s.write.Unlock()
	x, err := s.beginChange(ctx, op)
	if err != nil {
		return err
	}
	known, err := visibleWorkspace(op, x, by, ref)
	if err != nil {
		return err
	}
	w := *known
	if to.AccessGroups != nil {
		if known.AccessGroupsFromFile {
			return conflict(op, "access_groups", "The access groups of the workspace '"+known.Name+"' are declared in the server's file. Change them there.")
		}
		if w.AccessGroups = *to.AccessGroups; len(w.AccessGroups) == 0 {
			w.AccessGroups = nil
		}
	}
	if to.Config != nil {
		if known.ConfigFromFile {
			return conflict(op, "config", "The default config of the workspace '"+known.Name+"' is declared in the server's file. Change it there.")
		}
		w.Config = *to.Config
	}
	if to.Compat != nil {
		if known.CompatFromFile {
			return conflict(op, "compat", "The field 'compat' of the workspace '"+known.Name+"' is declared in the server's file. Change it there.")
		}
		w.Compat = *to.Compat
	}
	return s.putWorkspace(ctx, w)
}

// checkAccessGroups refuses named lists of models that cannot be meant.
func checkAccessGroups(op, param string, groups map[string][]string) *gateway.Error {
	ok := len(groups) <= access.MaxListed
	for name, models := range groups {
		ok = ok && access.Listable(name, access.MaxListText) && len(models) <= access.MaxListed
		for _, m := range models {
			ok = ok && access.Listable(m, access.MaxListText)
		}
	}
	if ok {
		return nil
	}
	return gateway.InvalidField(op, param, fmt.Sprintf("The field '"+param+"' must hold at most %d lists of at most %d models, all names printable.", access.MaxListed, access.MaxListed))
}

// CreateWorkspace creates a workspace of the organisation.
func (s *Service) CreateWorkspace(ctx context.Context, by *gateway.Principal, name string) (Workspace, error) {
	const op = "identity.CreateWorkspace"
	if err := gateway.Require(op, by, gateway.WorkspacesCreate); err != nil {
		return Workspace{}, err
	}
	if e := gateway.CheckName(op, "name", name); e != nil {
		return Workspace{}, e
	}
	s.write.Lock()
	defer s.write.Unlock()
	x, err := s.beginChange(ctx, op)
	if err != nil {
		return Workspace{}, err
	}
	if x.workspaceNamed(name) != nil {
		return Workspace{}, conflict(op, "name", "There is already a workspace '"+name+"'.")
	}
	w, err := s.ensureWorkspace(ctx, name)
	if err != nil {
		return Workspace{}, err
	}
	return *w, nil
}

// DeleteWorkspace removes a workspace that holds nothing any more, with the roles and sessions in
// it. What it returns is the workspace as it was. The default workspace, and what the server's file
// declares, stay.
func (s *Service) DeleteWorkspace(ctx context.Context, by *gateway.Principal, ref string) (Workspace, error) {
	const op = "identity.DeleteWorkspace"
	if err := gateway.Require(op, by, gateway.WorkspacesDelete); err != nil {
		return Workspace{}, err
	}
	s.write.Lock()
	defer s.write.Unlock()
	x, err := s.beginChange(ctx, op)
	if err != nil {
		return Workspace{}, err
	}
	w, err := visibleWorkspace(op, x, by, ref)
	if err != nil {
		return Workspace{}, err
	}
	if w.Name == gateway.DefaultWorkspace {
		return Workspace{}, conflict(op, "workspace", "The workspace '"+w.Name+"' is the first one and cannot be deleted.")
	}
	if w.ConfigFromFile || w.CompatFromFile || w.AccessGroupsFromFile {
		return Workspace{}, conflict(op, "workspace", "The workspace '"+w.Name+"' is declared in the server's file. Remove it there.")
	}
	return *w, s.deleteWorkspace(ctx, w.ID)
}
