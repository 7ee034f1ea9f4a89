package keys

import (
	"context"
	"maps"
	"sort"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/sluicegate/sluice/gateway"
)

var noTime time.Time

// workspaceNamed finds a workspace or creates it. The caller holds write and reloads.
func (s *Service) workspaceNamed(ctx context.Context, b *book, name string) (*Workspace, error) {
	if name == "" {
		name = DefaultWorkspace
	}
	if w := b.workspaceNamed(name); w != nil {
		return w, nil
	}
	w := Workspace{ID: ulid.Make().String(), Organisation: b.organisation.ID, Name: name, CreatedAt: s.cfg.Now().UTC()}
	return &w, s.store.PutWorkspace(ctx, w)
}

// memberIn finds or creates a member and sees that it belongs to the workspace. An empty
// role keeps the one it has; an owner stays one, whatever role a key of it asks for. The
// caller holds write and reloads.
func (s *Service) memberIn(ctx context.Context, b *book, workspace, name string, role gateway.Role) (*Member, error) {
	m := Member{ID: ulid.Make().String(), Organisation: b.organisation.ID, Name: name, CreatedAt: s.cfg.Now().UTC()}
	known := b.memberNamed(name)
	if known != nil {
		m = *known
	}
	has := m.role(workspace)
	if role == "" || has == gateway.RoleOwner {
		role = has
	}
	if role == "" {
		role = gateway.RoleMember
	}
	if known != nil && role == has {
		return known, nil
	}
	roles := map[string]gateway.Role{}
	for w, r := range m.Roles {
		roles[w] = r
	}
	if role == gateway.RoleOwner {
		m.Owner = true
	} else {
		roles[workspace] = role
	}
	m.Roles = roles
	return &m, s.store.PutMember(ctx, m)
}

// Workspace finds a workspace by id or name.
func (s *Service) Workspace(_ context.Context, organisation, ref string) (id string, err error) {
	b := s.book.Load()
	if b != nil && b.organisation.ID == organisation {
		if w := b.workspace[ref]; w != nil {
			return w.ID, nil
		}
		if w := b.workspaceNamed(ref); w != nil {
			return w.ID, nil
		}
	}
	return "", absent("keys.Workspace", "workspace", "There is no workspace '"+ref+"'.")
}

// WorkspaceNamed gives the id of a workspace, creating it if there is none: the server's
// file may name workspaces that are not there yet.
func (s *Service) WorkspaceNamed(ctx context.Context, name string) (id string, err error) {
	const op = "keys.WorkspaceNamed"
	if name == "" {
		name = DefaultWorkspace
	}
	if e := gateway.CheckName(op, "workspace", name); e != nil {
		return "", e
	}
	s.write.Lock()
	defer s.write.Unlock()
	b, err := s.opened(op)
	if err != nil {
		return "", err
	}
	if w := b.workspaceNamed(name); w != nil {
		return w.ID, nil
	}
	w, err := s.workspaceNamed(ctx, b, name)
	if err != nil {
		return "", err
	}
	return w.ID, s.reload(ctx)
}

// Workspaces lists those that by may see, by name.
func (s *Service) Workspaces(_ context.Context, by *gateway.Principal) ([]Workspace, error) {
	b, err := s.opened("keys.Workspaces")
	if err != nil {
		return nil, err
	}
	var out []Workspace
	for _, w := range b.workspaces {
		if sees(by, w.ID) {
			out = append(out, w)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out, nil
}

// SetWorkspaceConfig makes a saved config the default of a workspace; "" takes it away.
func (s *Service) SetWorkspaceConfig(ctx context.Context, by *gateway.Principal, ref, slug string) error {
	const op = "keys.SetWorkspaceConfig"
	if e := checkSlug(op, "config", slug); e != nil {
		return e
	}
	s.write.Lock()
	defer s.write.Unlock()
	b, err := s.opened(op)
	if err != nil {
		return err
	}
	w, err := s.reach(op, b, by, ref)
	if err != nil {
		return err
	}
	if w.ConfigFromFile {
		return conflict(op, "config", "The default config of the workspace '"+w.Name+"' is declared in the server's file. Change it there.")
	}
	c := *w
	c.Config = slug
	if err := s.store.PutWorkspace(ctx, c); err != nil {
		return err
	}
	return s.reload(ctx)
}

// PutMember creates a member of a workspace, or changes its role there. Only owners make
// owners, and only owners take it from others; nobody takes it from itself, so that one
// is always left.
func (s *Service) PutMember(ctx context.Context, by *gateway.Principal, workspace, name string, role gateway.Role) (Member, error) {
	const op = "keys.PutMember"
	if e := checkMember(op, "member", name); e != nil {
		return Member{}, e
	}
	if e := checkRole(op, role); e != nil {
		return Member{}, e
	}
	s.write.Lock()
	defer s.write.Unlock()
	b, err := s.opened(op)
	if err != nil {
		return Member{}, err
	}
	w, err := s.reach(op, b, by, workspace)
	if err != nil {
		return Member{}, err
	}
	if err := mayGrant(op, b, by, name, role); err != nil {
		return Member{}, err
	}
	if known := b.memberNamed(name); known != nil && known.Owner && role != "" && role != gateway.RoleOwner {
		if known.ID == by.Member {
			return Member{}, conflict(op, "role", "An owner cannot take the ownership from itself.")
		}
		m := *known
		m.Owner, m.Roles = false, maps.Clone(known.Roles)
		if m.Roles == nil {
			m.Roles = map[string]gateway.Role{}
		}
		m.Roles[w.ID] = role
		if err := s.store.PutMember(ctx, m); err != nil {
			return Member{}, err
		}
		return m, s.reload(ctx)
	}
	m, err := s.memberIn(ctx, b, w.ID, name, role)
	if err != nil {
		return Member{}, err
	}
	return *m, s.reload(ctx)
}
