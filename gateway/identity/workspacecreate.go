package identity

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
)

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
